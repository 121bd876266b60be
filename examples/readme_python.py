"""The Python lines of the README, run as they stand there."""

import pathlib

pathlib.Path("readme_py.gx").unlink(missing_ok=True)
# [readme]
import guanxi

with guanxi.open("readme_py.gx") as shop, shop.as_user("admin") as s:
    sales = s.create("pipeline", name="Sales")
    talks = s.create("stage", name="Talks", pipeline=sales.id, probability=40)
    won = s.create("stage", name="Won", pipeline=sales.id, **{"class": "won"})
    acme = s.create("account", name="Acme")
    s.create("contact", name="李雷", account=acme.id)
    deal = s.create("opportunity", name="New tills", account=acme.id, stage=talks.id, amount=1200)
    deal = s.change(deal, stage=won.id)  # 100 %, closed, history kept
    r = s.query("select account.name as account, sum(amount) as won from opportunity "
                "where stage.is_won group by account.name")
    frame = r.to_pandas()  # or polars.DataFrame(r), or any Arrow consumer
    print(frame)
# [/readme]
assert deal.probability == 100 and len(frame) == 1
