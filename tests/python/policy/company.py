"""A reference world's operations done to a CRM, and what the CRM then says of it."""

import guanxi

from . import reference
from .worlds import FIELDS, RELATION

ACTIONS = ("read", "edit", "delete", "transfer", "share")


class Undo(Exception):
    """Takes back what was only tried."""


def quoted(value):
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def criteria(condition):
    """A condition of reference.py as text of the language."""
    kind = condition[0]
    if kind == "not":
        return f"not ({criteria(condition[1])})"
    if kind in ("and", "or"):
        return f" {kind} ".join(f"({criteria(part)})" for part in condition[1:])
    if kind == "null":
        return f"{condition[1]} is null"
    return f"{condition[1]} {kind} {quoted(condition[2])}"


class Company:
    def __init__(self, crm):
        self.crm = crm
        self.admin = crm.as_user("admin")
        self.system = crm.as_system("policy test")
        self.ids = {}  # by the names of operations: (entity, id)
        self.defaults = {}

    def close(self):
        self.admin.close()
        self.system.close()

    def id(self, name):
        return self.ids[name][1] if name is not None else None

    def create(self, called, table, /, **fields):
        made = self.system.create(table, {key: value for key, value in fields.items() if value is not None})
        self.ids[called] = table, made.id

    def named(self, principal, user="user", role="role", subordinates="subordinates", group="user_group"):
        """The fields that name a principal."""
        kind, name = principal
        if kind == "everyone":
            return {}
        fields = {"user": {user: self.id(name)}, "role": {role: self.id(name)},
                  "subordinates": {role: self.id(name), subordinates: True}, "group": {group: self.id(name)}}
        return fields[kind]

    def given(self, principal):
        return self.named(principal, "with_user", "with_role", "with_subordinates", "with_group")

    def apply(self, op):
        """Does it, and says whether the CRM took it."""
        try:
            getattr(self, "do_" + op[0])(*op[1:])
        except guanxi.Error:
            return False
        return True

    def do_role(self, name, parent):
        self.create(name, "role", name=name, parent=self.id(parent) if parent in self.ids else None)

    def do_move_role(self, name, parent):
        self.system.change("role", self.id(name), parent=self.id(parent))

    def do_user(self, name, role, sets):
        self.create(name, "user", login=name, name=name, role=self.id(role) if role in self.ids else None)
        for one in sets:
            if one in self.ids:
                self.do_assign(name, one)

    def do_move_user(self, name, role):
        self.system.change("user", self.id(name), role=self.id(role))

    def do_active(self, name, active):
        self.system.change("user", self.id(name), active=active)

    def do_set(self, name, rights):
        self.create(name, "permission_set", name=name)
        # An owner is written as a relation, which takes read on the user (rule 15).
        self.system.create("entity_right", {"entity": "user", "permission_set": self.id(name), "may_read": True,
                                            "view_all": True})
        for entity, given in rights.items():
            right = {"may_" + key if key in ("create", "read", "edit", "delete") else key: value
                     for key, value in given.items()}
            self.system.create("entity_right", {"entity": entity, "permission_set": self.id(name), **right})

    def do_assign(self, user, name):
        self.create((user, name), "permission_assignment", user=self.id(user), permission_set=self.id(name))

    def do_take(self, user, name):
        self.system.delete(*self.ids[user, name])

    def do_group(self, name, hierarchy):
        self.create(name, "user_group", name=name, hierarchy=hierarchy)

    def do_member(self, name, group, principal):
        self.create(name, "group_member", user_group=self.id(group),
                    **self.named(principal, group="nested_group"))

    def do_record(self, key, owner, values):
        values = {field: self.id(value) if field == RELATION.get(key[0]) else value
                  for field, value in values.items()}
        self.create(key, key[0], name=key[1], owner=self.id(owner), **values)

    def do_relate(self, key, parent):
        self.system.change(*self.ids[key], {RELATION[key[0]]: self.id(parent)})

    def do_delete(self, key):
        self.system.delete(*self.ids[key])

    def do_edit(self, key, field, value):
        self.system.change(*self.ids[key], {field: value})

    def do_owner(self, key, owner):
        self.system.change(*self.ids[key], owner=self.id(owner))

    def do_queue(self, name):
        # The holder of a queue may have what it has a right to read.
        if "holders" not in self.ids:
            self.do_set("holders", {entity: {"read": True} for entity in FIELDS})
        self.create(("holder", name), "user", login="holder of " + name, name=name)
        self.do_assign(("holder", name), "holders")
        self.create(name, "queue", name=name, holder=self.id(("holder", name)))

    def do_give(self, key, queue):
        self.system.change(*self.ids[key], owner=self.id(("holder", queue)))

    def do_queue_member(self, name, queue, principal):
        self.create(name, "queue_member", queue=self.id(queue), **self.named(principal))

    def do_territory(self, name, parent, entity, when, level):
        self.create(name, "territory", name=name, entity=entity, criteria=criteria(when), level=level,
                    parent=self.id(parent) if parent in self.ids else None)

    def do_territory_member(self, name, territory, principal):
        self.create(name, "territory_member", territory=self.id(territory), **self.named(principal))

    def do_imply_parent(self, name, entity):
        self.create(name, "implied_access", entity=entity, field=RELATION[entity])

    def do_imply_children(self, name, entity, role, level):
        self.create(name, "implied_access", entity=entity, field=RELATION[entity], kind="by_parent",
                    role=self.id(role), level=level)

    def do_owner_rule(self, name, entity, owned_by, to, level):
        owners = self.named(owned_by, None, "owned_by_role", "owned_by_subordinates", "owned_by_group")
        self.rule(name, "sharing_rule", entity, level=level, **owners, **self.given(to))

    def do_criteria_rule(self, name, entity, when, to, level):
        self.rule(name, "sharing_rule", entity, level=level, criteria=criteria(when), **self.given(to))

    def do_restriction(self, name, entity, when, bound):
        self.rule(name, "restriction_rule", entity, criteria=criteria(when),
                  **self.named(bound, "for_user", "for_role", "for_subordinates", "for_group"))

    def rule(self, name, table, entity, **fields):
        made = self.system.create(table, {"name": name, "entity": entity, **fields})
        self.ids[name] = table, made.id

    def do_share(self, name, key, to, level, cause):
        made = self.system.create("record_share", {"entity": key[0], "record": self.id(key), "level": level,
                                                   "cause": cause, **self.named(to)})
        self.ids[name] = "record_share", made.id

    def do_team(self, name, key, user, level):
        made = self.system.create("team_member", {"entity": key[0], "record": self.id(key),
                                                  "user": self.id(user), "level": level})
        self.ids[name] = "team_member", made.id

    def do_default(self, entity, level, hierarchy, cap="full", keeps=True):
        fields = {"level": {"none": "private", "parent": "controlled_by_parent"}.get(level, level),
                  "hierarchy": hierarchy, "ends_team": not keeps, "parent": None, "cap": None}
        if level == "parent":
            fields.update(parent=RELATION[entity], cap=cap if cap != "full" else None)
        if entity in self.defaults:
            self.system.change("sharing_default", self.defaults[entity], fields)
        else:
            made = self.system.create("sharing_default", {"entity": entity, **fields})
            self.defaults[entity] = made.id

    def do_drop(self, name):
        self.system.delete(*self.ids[name])

    # What it says, beside what the rules say.

    def differences(self, world, random, writes=True):
        """Every answer that is not the reference's, as sentences."""
        for user, settings in world["users"].items():
            if not settings["active"]:
                try:
                    self.crm.as_user(user).close()
                    yield f"{user} is not active and may act"
                except guanxi.Error:
                    pass
                continue
            with self.crm.as_user(user) as s:
                for entity in FIELDS:
                    yield from self.reads(world, user, s, entity)
                if writes and world["records"]:
                    yield from self.writes(world, user, s, random.choice(list(world["records"])), random)
        yield from self.explanations(world)

    def reads(self, world, user, s, entity):
        if not reference.entity_rights(world, user, entity).get("read"):
            try:
                s.query(f"select id from {entity}")
                yield f"{user} lists {entity} without the right"
            except guanxi.Error:
                pass
            return
        expected = sorted(self.id(key) for key in reference.visible(world, user, entity))
        listed = [row.id for row in s.query(f"select id from {entity} order by id")]
        if listed != expected:
            yield f"{user} lists {entity} {listed}, not {expected}"
        counted = s.query(f"select count() as n from {entity}")[0].n
        if counted != len(expected):
            yield f"{user} counts {counted} of {entity}, not {len(expected)}"
        pages = s.pages(f"select id from {entity} order by name, id limit 3 after :cursor")
        paged = [row.id for page in pages for row in page]
        if sorted(paged) != expected:
            yield f"{user} pages through {entity} {paged}, not {expected}"
        found = sorted(hit.id for hit in s.search("record of", entities=[entity]))
        if found != expected:
            yield f"{user} finds of {entity} {found}, not {expected}"
        for key in world["records"]:
            if key[0] != entity:
                continue
            try:
                s.get(*self.ids[key])
                got = True
            except guanxi.NotFound:
                got = False
            if got != (self.id(key) in expected):
                yield f"{user} gets {key}: {got}"

    def writes(self, world, user, s, key, random):
        record = reference.find(world, key)
        attempts = {"edit": lambda: s.change(*self.ids[key], phone="1"),
                    "transfer": lambda: s.change(*self.ids[key], owner=self.id(user)),
                    "delete": lambda: s.delete(*self.ids[key])}
        expected_of = {action: reference.allow(world, user, action, record) for action in attempts}
        accounts = [one for one in world["records"] if one[0] == "account"]
        if key[0] in RELATION and accounts:
            to = random.choice(accounts)
            attempts["relate"] = lambda: s.change(*self.ids[key], {RELATION[key[0]]: self.id(to)})
            expected_of["relate"] = self.may_relate(world, user, record, to)
        for action, attempt in attempts.items():
            if action == "transfer" and record["owner"] == ("user", user):
                continue
            expected = expected_of[action]
            try:
                with s.transaction():
                    attempt()
                    raise Undo
            except Undo:
                done = True
            except guanxi.Error:
                done = False
            if done != expected:
                yield f"{user} may {action} {key}: {done}"

    @staticmethod
    def may_relate(world, user, record, to):
        """Edit before and after, and read on what it then refers to, unless it does already."""
        relation = RELATION[record["entity"]]
        after = {**record, "values": {**record["values"], relation: to}}
        if not (reference.allow(world, user, "edit", record) and reference.allow(world, user, "edit", after)):
            return False
        return record["values"].get(relation) == to or reference.allow(
            world, user, "read", reference.find(world, to))

    def explanations(self, world):
        for key, stored in world["records"].items():
            if stored["deleted"]:
                continue
            record = reference.find(world, key)
            for user in world["users"]:
                for action in ACTIONS:
                    why = self.admin.explain_for(user, action, *self.ids[key])
                    expected = reference.allow(world, user, action, record)
                    granted = any(reason.grants for reason in why.reasons)
                    denied = any(not reason.grants for reason in why.reasons)
                    if why.allowed != expected or (granted and not denied) != expected:
                        reasons = [reason.code for reason in why.reasons]
                        yield f"{user} {action} {key}: {why.allowed} for {reasons}, not {expected}"
