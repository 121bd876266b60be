"""A vendor's module: visits, what follows from them, what can be done, and what falls due."""

import datetime
import pathlib

import guanxi

desk = guanxi.Module("desk")

desk.entity({"name": "x_visit", "fields": [
    {"name": "x_place", "type": "text"},
    {"name": "x_loud", "type": "text"},
    {"name": "x_due", "type": "instant"},
    {"name": "x_over", "type": "boolean"},
    {"name": "x_before", "type": "reference", "target": "x_visit"},
]})


@desk.effect("x_visit.loud", fields=["x_place"], writes=["x_loud"])
def say_loudly(reaction):
    reaction.set(x_loud=reaction.after.x_place + "!")


@desk.action("x_visit.plan", needs="create",
             parameters=[{"name": "place", "type": "text", "required": True},
                         {"name": "due", "type": "instant"}],
             results=[{"name": "visit", "type": "reference", "target": "x_visit"}])
def plan(call):
    place, due = call.arguments["place"], call.arguments["due"]
    if place == "nowhere":
        raise guanxi.Validation("there is no such place")
    first = call.create("x_visit", x_place=place)
    second = call.create("x_visit", x_place=place, x_due=due, x_before=first)
    call.answer(visit=second)


@desk.timer("x_visit.end", due="x_due", where="x_over is null")
def end(call):
    call.change(call.record, x_over=True)


if __name__ == "__main__":
    pathlib.Path("module_py.gx").unlink(missing_ok=True)
    then = datetime.datetime(2026, 1, 5, 9, 0, tzinfo=datetime.timezone.utc)
    with guanxi.open("module_py.gx", modules=[desk]) as shop, shop.as_user("admin") as s:
        made = s.actions.x_visit.plan(place="Hall 3", due=then)[0].visit
        assert shop.tick()["ran"] == 1
        visit = s.get("x_visit", made)
        print(visit.x_loud, visit.x_over)  # Hall 3! True
        assert visit.x_loud == "Hall 3!" and visit.x_over
