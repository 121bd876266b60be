"""An analyst's report: what one user may see of the pipeline, as a data frame."""

import guanxi

with guanxi.open("analyst.gxm", store="memory") as crm:
    with crm.as_system("sample") as s:
        s.generate_sample(seed=7, opportunities=300)
        who = s.query("select owner.login as login, count() as deals from opportunity "
                      "group by owner.login order by deals desc limit 1")[0].login

    with crm.as_user(who) as s:
        pipeline = s.query(
            "select stage.name as stage, count() as deals, sum(amount) as amount "
            "from opportunity where stage.class = 'open' "
            "group by stage.name order by amount desc").to_pandas()
    print(pipeline)

    with crm.as_user("admin") as s:
        everybody = s.query("select count() as deals from opportunity "
                            "where stage.class = 'open'")[0].deals

assert 0 < pipeline["deals"].sum() < everybody
