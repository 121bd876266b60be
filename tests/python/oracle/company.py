"""A company by chance: entities, people in a tree of roles, and what happened to its records.

The same seed makes the same company, in every store and in the interpreter's world.
"""

import datetime
import random
import unicodedata
import zoneinfo
from decimal import Decimal

from oracle.interpreter import UTC, Field, User, World

ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "America/Sao_Paulo",
         "Pacific/Chatham", "Asia/Kathmandu", "Pacific/Kiritimati", "Etc/GMT+12", "America/Havana",
         "Australia/Lord_Howe"]
TEXTS = ["", "a", "A", "Ab", "ab%", "b_c", "a\\b", "张三", "张三丰", "科技", "é", "É", "ß", "ss", "ＡＢ",
         "İx", "z'q", "𝒯e", "ΣΑΣ", "\n", " a ", "null", "ﬁn", "%", "ab", "B", "zz"]
DATES = ["2024-02-29", "2000-02-29", "2023-02-28", "2025-12-31", "2026-01-01", "2026-03-29",
         "1999-12-31", "2027-01-03", "2026-12-28", "2024-12-30", "2028-02-29"]
FISCAL = ["", "", '{"kind": "shifted", "start_month": 4}',
          '{"kind": "shifted", "start_month": 10, "named_by": "start"}',
          '{"kind": "weeks", "ends": "nearest", "weekday": "saturday", "month": 1, '
          '"pattern": "4-5-4", "named_by": "start"}',
          '{"kind": "weeks", "ends": "last", "weekday": "friday", "month": 9, "pattern": "4-4-5"}',
          '{"kind": "weeks", "ends": "last", "weekday": "sunday", "month": 12, '
          '"pattern": "13 periods"}',
         '{"kind": "custom", "years": [{"year": 2026, "starts": ["2025-12-29", "2026-03-30", '
         '"2026-06-29", "2026-09-28"], "ends": "2027-01-03"}, {"year": 2027, "starts": ['
         '"2027-01-04", "2027-03-01", "2027-07-05", "2027-10-04", "2027-11-01"], '
         '"quarters": [2, 1, 1, 1], "ends": "2028-01-02"}]}']
KINDS = {"text": 2, "choice": 1, "integer": 2, "decimal": 2, "money": 1, "date": 2, "instant": 1,
         "boolean": 1, "reference": 2}
ODD_NAMES = ["limit", "group", "order", "select", "today", "is", "count", "per"]
CHOICES = ["new", "old", "x9"]
STANDARD = {"user": {"id": Field("reference", target="user"), "login": Field("text"),
                     "name": Field("text"), "role": Field("reference", target="role")},
            "role": {"id": Field("reference", target="role"), "name": Field("text"),
                     "parent": Field("reference", target="role")}}
WHAT = ["change", "change", "archive", "delete", "tick", "unarchive", "restore"]
FROM = {"change": ("live", "live"), "archive": ("live", "archived"), "delete": ("live", "deleted"),
        "unarchive": ("archived", "live"), "restore": ("deleted", "live")}
HIDEABLE = {"text", "integer", "decimal", "date", "boolean", "reference"}


def days_off(dice):
    """Days from today: this week and the next, this year, or farther away."""
    return dice.randrange(*dice.choice([(-9, 10), (-9, 10), (-120, 120), (-500, 500)]))


def moment(dice, zone, about):
    """An instant, likely near a midnight or a change of the clocks."""
    at = zoneinfo.ZoneInfo(zone)
    day = about + datetime.timedelta(days=days_off(dice))
    if dice.random() < 0.3:
        later = day
        for _ in range(250):
            later += datetime.timedelta(days=1)
            if later.astimezone(at).utcoffset() != day.astimezone(at).utcoffset():
                day = later
                break
    midnight = datetime.datetime.combine(day.astimezone(at).date(), datetime.time(), at)
    off = dice.choice([0, -1, 1, 3600 * 10**6, -3600 * 10**6, 3 * 3600 * 10**6 - 1,
                       dice.randrange(86400 * 10**6)])
    return midnight.astimezone(UTC) + datetime.timedelta(microseconds=off)


class Company:
    def __init__(self, seed):
        self.seed = seed
        self.dice = random.Random(f"company {seed}")
        dice = self.dice
        self.currencies = dice.choice([["USD"], ["EUR", "USD"]])
        now = datetime.datetime(2026, 1, 1, tzinfo=UTC) + datetime.timedelta(
            seconds=dice.randrange(-500 * 86400, 700 * 86400))
        self.world = World(dict(STANDARD), now=now, time_zone=dice.choice(ZONES),
                           week_start=dice.choice(["monday", "sunday", "saturday", "wednesday"]),
                           fiscal=dice.choice(FISCAL))
        self.names = [f"x_{name}" for name in dice.sample(["box", "deal", "site", "visit"], 3)]
        for name in self.names:
            self.define(name)
        self.founded = now - datetime.timedelta(days=dice.randrange(10, 90))
        self.moments = []
        self.ids = {}
        self.withdrawn = None
        self.paths = {}  # by whom what is hidden from: the generators share what they found
        self.timeline = self.plan()

    # Schema

    def define(self, name):
        dice = self.dice
        fields = {word: Field(*kind) for word, kind in {
            "id": ("reference", 0, name), "owner": ("reference", 0, "user"),
            "owner_role": ("reference", 0, "role"), "created_at": ("instant",),
            "archived": ("boolean",)}.items()}
        odd = dice.sample(ODD_NAMES, 2)
        for kind, most in KINDS.items():
            for n in range(dice.randrange(1, most + 1)):
                word = odd.pop() if odd and dice.random() < 0.06 else f"{kind[:3]}{n}"
                scale = dice.choice([1, 2, 3, 4, 8]) if kind == "decimal" else 2 * (kind == "money")
                target = dice.choice(self.names) if kind == "reference" else ""
                fields[word] = Field(kind, scale, target)
        fields["currency"] = Field("text")
        self.world.entities[name] = fields

    def definitions(self, name):
        listed = []
        for word, found in self.own_fields(name, with_currency=False):
            one = {"name": word, "type": found.kind}
            if found.kind == "decimal":
                one["scale"] = found.scale
            if found.kind == "reference":
                one["target"] = found.target
            if found.kind == "choice":
                one["choices"] = [{"code": code} for code in CHOICES]
            if found.kind in ("integer", "date", "text") and word.endswith("0"):
                one["indexed"] = True
            listed.append(one)
        return listed

    def own_fields(self, name, with_currency=True):
        system = {"id", "owner", "owner_role", "created_at", "archived"}
        if not with_currency:
            system.add("currency")
        return [(w, f) for w, f in self.world.entities[name].items() if w not in system]

    # What happens

    def value(self, found):
        dice, kind = self.dice, found.kind
        if dice.random() < 0.2:
            return None
        if kind in ("text", "choice"):
            return unicodedata.normalize("NFC", dice.choice(CHOICES if kind == "choice" else TEXTS))
        if kind == "integer":
            return dice.choice([dice.randrange(-3, 6), dice.randrange(-10**6, 10**6)])
        if kind in ("decimal", "money"):
            most = 10 ** (found.scale + dice.choice([0, 1, 4]))
            return Decimal(dice.randrange(-most, 2 * most)).scaleb(-found.scale)
        if kind == "date":
            if dice.random() < 0.25:
                return datetime.date.fromisoformat(dice.choice(DATES))
            return self.world.now.date() + datetime.timedelta(days=days_off(dice))
        if kind == "instant":
            return moment(dice, self.world.time_zone, self.world.now)
        return dice.random() < 0.5

    def values(self, name, keys):
        out = {}
        for word, found in self.own_fields(name):
            if found.kind == "reference":
                there = keys.get(found.target)
                out[word] = self.dice.choice(there) if there and self.dice.random() < 0.75 else None
            elif word != "currency":
                out[word] = self.value(found)
        amounts = [w for w, f in self.own_fields(name) if f.kind == "money" and out[w] is not None]
        out["currency"] = self.dice.choice([*self.currencies, *[None] * (not amounts)])
        return out

    def amounts_of(self, name, values):
        """Amounts and their currency, which change together."""
        return {word: value for word, value in values.items()
                if word == "currency" or self.world.entities[name][word].kind == "money"}

    def plan(self):
        """Steps (what, entity, key, values) between ticks of the clock."""
        dice, keys, steps = self.dice, {}, []
        for name in self.names * 2:
            for _ in range(dice.randrange(3, 9)):
                values = self.values(name, keys)
                values["owner"] = dice.randrange(5)
                keys.setdefault(name, []).append((name, len(keys.get(name, []))))
                steps.append(("create", name, keys[name][-1], values))
            if dice.random() < 0.5:
                steps.append(("tick",))
        for what in ["tick", *dice.choices(WHAT, k=16)]:
            name = dice.choice(self.names)
            key = dice.choice(keys[name])
            values = {}
            if what == "change":
                whole = self.values(name, keys)
                values = {word: whole[word] for word in dice.sample(sorted(whole), 3)}
                if self.amounts_of(name, values):
                    values.update(self.amounts_of(name, whole))
                if dice.random() < 0.3:
                    values["owner"] = dice.randrange(5)
            steps.append((what, name, key, values) if what != "tick" else ("tick",))
        return [*self.quotes(), *steps[:-4], *self.quotes(), *steps[-4:], ("tick",)]

    def quotes(self):
        """Exchange rates, of which the first hold from long ago; later ones are others."""
        dice, steps = self.dice, []
        for code in ("EUR", "CNY"):
            for day in (datetime.date(2000, 1, 1), self.world.now.date() - datetime.timedelta(
                    days=dice.randrange(-5, 60))):
                steps.append(("rate", code, day, Decimal(dice.randrange(10**9, 10**13)).scaleb(-12)))
        return steps

    def organise(self, session):
        """Settings, roles, people and their rights, the same in every store."""
        dice = random.Random(f"people {self.seed}")
        for name, content in (("time_zone", self.world.time_zone),
                              ("week_start", self.world.week_start),
                              ("fiscal_calendar", self.world.fiscal)):
            if content:
                session.create("setting", {"name": name}, content=content)
        self.define_in(session)
        roles = []
        for n in range(4):
            parent = dice.choice(roles) if roles and dice.random() < 0.85 else None
            name = dice.choice(["north", "south", "est"]) + str(n)
            roles.append(session.create("role", name=name, parent=parent))
        rights = self.rights(session, dice)
        people = [session.get("user", session.user)]
        for n in range(4):
            role = roles[n] if n < 3 else dice.choice([None, roles[3]])
            people.append(session.create("user", login=f"u{n}", name=dice.choice("Añ张b") + str(n),
                                         role=role))
            session.create("permission_assignment", user=people[-1], permission_set=rights)
        return roles, people

    def define_in(self, session):
        """References come last: what they lead to has to be there."""
        ties = []
        for name in self.names:
            fields = self.definitions(name)
            ties += [(name, one) for one in fields if one["type"] == "reference"]
            session.define_entity({"name": name, "label": {"en": name}, "fields": [
                one for one in fields if one["type"] != "reference"]})
        for name, one in ties:
            session.define_field(name, one)

    def rights(self, session, dice):
        """What is one's own and of roles below; a field is hidden, and at times an entity."""
        rights = session.create("permission_set", name="Some")
        hiding, *others = dice.sample(self.names, 3)
        hidden = dice.choice([w for w, f in self.own_fields(hiding) if f.kind in HIDEABLE
                              and w != "currency"])
        closed = others[0] if dice.random() < 0.3 else None
        self.hidden = frozenset({(hiding, hidden), *(
            (closed, word) for word in self.world.entities.get(closed, ()))})
        for name in self.names:
            right = session.create(
                "entity_right", {"entity": name}, permission_set=rights, may_read=True,
                may_edit=True, may_delete=True, listed_fields_only=name == hiding)
            if name == closed:
                self.withdrawn = right
        for name in ("user", "role", "exchange_rate"):
            session.create("entity_right", {"entity": name}, permission_set=rights, may_read=True,
                           view_all=True)
        for word in self.world.entities[hiding]:
            if word not in (hidden, "id"):
                session.create("field_right", {"entity": hiding, "field": word},
                               permission_set=rights, may_read=True)
        return rights

    def happen(self, session, set_clock):
        """Does all that happened; the first session also fills the interpreter's world."""
        set_clock(self.founded)
        first = not self.world.states
        roles, people = self.organise(session)
        if first:
            self.know(roles, people)
        at = self.founded
        live = {}
        for step in self.timeline:
            if step[0] == "tick":
                if first:
                    self.remember(at)
                at += datetime.timedelta(hours=7, microseconds=1)
                set_clock(at)
            elif step[0] == "rate":
                self.quote(session, *step[1:], first)
            else:
                self.do(session, step, live, at, people, first)
        if self.withdrawn:  # owners have to have the right, until all is theirs
            session.delete(self.withdrawn)
        set_clock(self.world.now)

    def do(self, session, step, live, at, people, first):
        what, name, key, values = step
        given = {word: self.there(value, live) if isinstance(value, tuple) else value
                 for word, value in values.items()}
        if "owner" in values:
            given["owner"] = people[values["owner"]].id
        if what == "create":
            made = session.create(name, given)
            assert self.ids.setdefault(key, made.id) == made.id
            live[key] = "live"
            if first:
                self.rows[name][made.id] = self.row(made.id, given, at)
            return
        before, after = FROM[what]
        if live[key] != before:
            return
        live[key] = after
        if what == "change":
            session.change(name, self.ids[key], given, expected_revision=0)
        elif what == "restore":
            session.restore(name, self.ids[key])
        else:
            getattr(session, what)(name, self.ids[key], expected_revision=0)
        if first:
            new = {**self.rows[name][self.ids[key]], **given, "deleted": after == "deleted",
                   "archived": True if after == "archived" else None}
            new["owner_role"] = self.role_of[new["owner"]]
            self.rows[name][self.ids[key]] = new

    def quote(self, session, code, day, rate, first):
        found = session.query("select id from exchange_rate where currency = :code and "
                              "valid_from = :day", code=code, day=day)
        if found:
            session.change("exchange_rate", found[0].id, {"rate": rate}, expected_revision=0)
        else:
            session.create("exchange_rate", currency=code, valid_from=day, rate=rate)
        if first:
            self.rows["exchange_rate"][code, day] = {"currency": code, "valid_from": day,
                                                     "rate": rate}

    def there(self, key, live):
        """The id behind a key; nothing is tied to what is deleted."""
        return None if live[key] == "deleted" else self.ids[key]

    # The interpreter's side

    def know(self, roles, people):
        self.role_of = {one.id: one.role for one in people}
        self.rows = {name: {} for name in [*self.world.entities, "exchange_rate"]}
        common = {"deleted": False, "archived": None}
        for role in roles:
            self.rows["role"][role.id] = {
                "id": role.id, "name": role.name, "parent": role.parent, **common}
        for one in people:
            self.rows["user"][one.id] = {"id": one.id, "login": one.login, "name": one.name,
                                         "role": one.role, **common}
        self.users = {one.login: User(one.id, one.login == "admin",
                                      self.below(one.role, roles), self.hidden,
                                      frozenset({"user", "role"})) for one in people}
        self.users["admin"].hidden = frozenset()

    def below(self, role, roles):
        found = set()
        for _ in roles:
            found |= {one.id for one in roles
                      if one.parent is not None and (one.parent == role or one.parent in found)}
        return frozenset(found)

    def row(self, id, given, at):
        return {"id": id, "created_at": at, "archived": None, "deleted": False,
                "owner_role": self.role_of[given["owner"]], **given}

    def remember(self, at):
        self.world.states.append((at, {name: dict(rows) for name, rows in self.rows.items()}))
        self.moments.append(at)
