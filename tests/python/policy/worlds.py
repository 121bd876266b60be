"""Small worlds as lists of operations: generated from a seed, applied to a reference world, shrunk.

An operation is a tuple that names what it is about, so that a list stays meaningful when others are
left out. `apply` does it to a dictionary of reference.py and says whether the rules allow it: True,
False (it is refused), or None (what it is about is not there, so nobody is asked).
"""

import random

from . import reference

FIELDS = {"account": ("city", "employees"), "lead": ("source", "score")}
RELATION = {"lead": "account"}  # what a lead refers to may control it, and a lead may show it
TEXTS = ("Oslo", "Bonn", "上海", "it's \"x\"", None)
NUMBERS = (0, 5, 9, None)
RIGHTS = ("create", "read", "edit", "delete", "view_all", "modify_all", "bypass_restriction")


def empty():
    return {"roles": {}, "users": {}, "sets": {}, "groups": {}, "records": {}, "named": {},
            "entities": {name: {"default": "none", "hierarchy": True, "parent_relation": RELATION.get(name)}
                         for name in FIELDS},
            "queues": {}, "territories": {}, "parent_levels": {},
            "owner_rules": [], "criteria_rules": [], "restrictions": [], "shares": [], "teams": []}


# Doing it.

def known(world, principal):
    kind, name = principal
    return kind == "everyone" or name in world[{"user": "users", "group": "groups"}.get(kind, "roles")]


def keep(world, table, name, one):
    world[table].append(one)
    world["named"][name] = (table, one)
    return True


def apply(world, op):
    return OPERATIONS[op[0]](world, *op[1:])


def add_role(world, name, parent):
    world["roles"][name] = {"parent": parent if parent in world["roles"] else None}
    return True


def move_role(world, name, parent):
    if name not in world["roles"] or parent not in world["roles"]:
        return None
    if name == parent or name in reference.ancestors(world, parent):
        return False
    world["roles"][name]["parent"] = parent
    return True


def add_user(world, name, role, sets):
    world["users"][name] = {"role": role if role in world["roles"] else None, "active": True,
                            "sets": [one for one in sets if one in world["sets"]]}
    return True


def move_user(world, name, role):
    if name not in world["users"] or (role is not None and role not in world["roles"]):
        return None
    world["users"][name]["role"] = role
    return True


def switch_user(world, name, active):
    if name not in world["users"]:
        return None
    world["users"][name]["active"] = active
    return True


def add_set(world, name, rights):
    world["sets"][name] = {"entities": rights, "fields": {}}
    return True


def assign(world, user, name):
    if user not in world["users"] or name not in world["sets"] or name in world["users"][user]["sets"]:
        return None
    world["users"][user]["sets"].append(name)
    return True


def take(world, user, name):
    if user not in world["users"] or name not in world["users"][user]["sets"]:
        return None
    world["users"][user]["sets"].remove(name)
    return True


def add_group(world, name, hierarchy):
    world["groups"][name] = {"members": [], "hierarchy": hierarchy}
    return True


def add_member(world, name, group, principal):
    if group not in world["groups"] or not known(world, principal):
        return None
    if reference.group_would_cycle(world, group, principal):
        return False
    world["groups"][group]["members"].append(principal)
    world["named"][name] = (group, principal)
    return True


def add_record(world, key, owner, values):
    if owner is not None:
        if owner not in world["users"] or not world["users"][owner]["active"]:
            return None
        if not reference.entity_rights(world, owner, key[0]).get("read"):
            return False
    if not all(one is None or live(world, one) for one in related(key[0], values)):
        return None
    world["records"][key] = {"owner": ("user", owner) if owner else ("nobody", None),
                             "deleted": False, "values": dict(values)}
    return True


def related(entity, values):
    return [values.get(RELATION[entity])] if entity in RELATION else []


def live(world, key):
    return key in world["records"] and not world["records"][key]["deleted"]


def delete_record(world, key):
    if not live(world, key):
        return None
    world["records"][key]["deleted"] = True
    for table in ("shares", "teams"):
        world[table] = [one for one in world[table] if one["record"] != key]
    return True


def edit_record(world, key, field, value):
    if not live(world, key):
        return None
    world["records"][key]["values"][field] = value
    return True


def relate(world, key, parent):
    if not live(world, key) or (parent is not None and not live(world, parent)):
        return None
    world["records"][key]["values"][RELATION[key[0]]] = parent
    return True


def change_owner(world, key, owner):
    if not live(world, key) or owner not in world["users"] or not world["users"][owner]["active"]:
        return None
    if world["records"][key]["owner"] == ("user", owner):
        return None
    return reference.change_owner(world, key, ("user", owner), keep_team(world, key))


def keep_team(world, key):
    return world["entities"][key[0]].get("keep_team", True)


def give(world, key, queue):
    """To a queue, which may have records of every entity."""
    if not live(world, key) or queue not in world["queues"]:
        return None
    if world["records"][key]["owner"] == ("queue", queue):
        return None
    return reference.change_owner(world, key, ("queue", queue), keep_team(world, key))


def add_queue(world, name):
    world["queues"][name] = {"members": []}
    return True


def add_queue_member(world, name, queue, principal):
    if queue not in world["queues"] or not known(world, principal):
        return None
    world["queues"][queue]["members"].append(principal)
    world["named"][name] = (world["queues"][queue]["members"], principal)
    return True


def add_territory(world, name, parent, entity, when, level):
    world["territories"][name] = {"parent": parent if parent in world["territories"] else None,
                                  "entity": entity, "when": when, "level": level, "members": []}
    return True


def add_territory_member(world, name, territory, principal):
    if territory not in world["territories"] or not known(world, principal):
        return None
    world["territories"][territory]["members"].append(principal)
    world["named"][name] = (world["territories"][territory]["members"], principal)
    return True


def imply_parent(world, name, entity):
    """Who sees a record sees what it refers to."""
    if world["entities"][entity].get("implies"):
        return None
    world["entities"][entity]["implies"] = [RELATION[entity]]
    world["named"][name] = (world["entities"][entity]["implies"], RELATION[entity])
    return True


def imply_children(world, name, entity, role, level):
    """Who owns what a record refers to has a level on it, by role."""
    if role not in world["roles"] or (role, entity) in world["parent_levels"]:
        return None
    world["parent_levels"][role, entity] = level
    world["named"][name] = (world["parent_levels"], (role, entity))
    return True


def owner_rule(world, name, entity, owned_by, to, level):
    if not known(world, owned_by) or not known(world, to):
        return None
    if reference.share_fault(world, entity, level):
        return False
    return keep(world, "owner_rules", name,
                {"entity": entity, "owned_by": owned_by, "with": to, "level": level})


def criteria_rule(world, name, entity, when, to, level):
    if not known(world, to):
        return None
    if reference.share_fault(world, entity, level):
        return False
    return keep(world, "criteria_rules", name,
                {"entity": entity, "when": when, "with": to, "level": level})


def restriction(world, name, entity, when, bound):
    if not known(world, bound):
        return None
    return keep(world, "restrictions", name, {"entity": entity, "when": when, "for": bound})


def share(world, name, key, to, level, cause):
    if not live(world, key) or not known(world, to):
        return None
    if reference.share_fault(world, key[0], level):
        return False
    return keep(world, "shares", name, {"record": key, "with": to, "level": level, "cause": cause})


def team(world, name, key, user, level):
    if not live(world, key) or user not in world["users"]:
        return None
    return keep(world, "teams", name, {"record": key, "user": user, "level": level})


def default(world, entity, level, hierarchy, cap="full", keeps=True):
    settings = {"default": level, "hierarchy": hierarchy, "keep_team": keeps}
    if level == "parent":
        settings.update(relation=RELATION[entity], cap=cap)
    world["entities"][entity].update(settings)
    reference.recalculate(world)
    return True


def drop(world, name):
    if name not in world["named"]:
        return None
    table, one = world["named"].pop(name)
    if isinstance(table, list):
        table.remove(one)
        return True
    if isinstance(table, dict):
        del table[one]
        return True
    if table in world["groups"]:
        world["groups"][table]["members"].remove(one)
        return True
    if not any(other is one for other in world[table]):
        return None
    world[table] = [other for other in world[table] if other is not one]
    return True


OPERATIONS = {"role": add_role, "move_role": move_role, "user": add_user, "move_user": move_user,
              "active": switch_user, "set": add_set, "assign": assign, "take": take,
              "group": add_group, "member": add_member, "record": add_record,
              "delete": delete_record, "edit": edit_record, "owner": change_owner,
              "owner_rule": owner_rule, "criteria_rule": criteria_rule, "restriction": restriction,
              "share": share, "team": team, "default": default, "drop": drop, "relate": relate,
              "give": give, "queue": add_queue, "queue_member": add_queue_member,
              "territory": add_territory, "territory_member": add_territory_member,
              "imply_parent": imply_parent, "imply_children": imply_children}


# Making it up.

class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.made = {"role": [], "user": [], "set": [], "group": [], "record": [], "named": [],
                     "account": [], "lead": [], "queue": [], "territory": []}

    def name(self, kind):
        self.count += 1
        name = f"{kind}{self.count}"
        if kind in self.made:
            self.made[kind].append(name)
        return name

    def any(self, kind):
        return self.random.choice(self.made[kind])

    def chance(self, share):
        return self.random.random() < share

    def principal(self, *kinds):
        kind = self.random.choice(kinds or ("user", "role", "subordinates", "group"))
        return kind, self.any({"user": "user", "group": "group"}.get(kind, "role"))

    def level(self):
        return self.random.choice(("read", "edit"))

    def named(self, kind):
        name = self.name(kind)
        self.made["named"].append(name)
        return name

    def value(self, field):
        return self.random.choice(NUMBERS if field in ("employees", "score") else TEXTS)

    def condition(self, entity, depth=2):
        if depth and self.chance(0.45):
            kind = self.random.choice(("and", "or", "not"))
            parts = 1 if kind == "not" else 2
            return (kind, *(self.condition(entity, depth - 1) for _ in range(parts)))
        field = self.random.choice(FIELDS[entity])
        if self.chance(0.15):
            return "null", field
        value = self.value(field)
        while value is None:
            value = self.value(field)
        return self.random.choice("==<>"), field, value

    def key(self):
        return self.any("record")

    def role(self):
        # Deep rather than wide, so that trees of eight levels are common.
        roles = self.made["role"]
        parent = None if not roles or self.chance(0.15) else roles[-1] if self.chance(0.6) else self.any("role")
        return "role", self.name("role"), parent

    def user(self):
        role = None if self.chance(0.2) else self.any("role")
        return "user", self.name("user"), role, self.random.sample(self.made["set"], 2)

    def permissions(self):
        def rights():
            return {right: self.chance({"read": 0.9, "view_all": 0.12, "modify_all": 0.08,
                                        "bypass_restriction": 0.2}.get(right, 0.6)) for right in RIGHTS}
        return "set", self.name("set"), {entity: rights() for entity in FIELDS if self.chance(0.85)}

    def record(self):
        entity = self.random.choice(tuple(FIELDS))
        key = entity, self.name("record-of-" + entity)
        self.made["record"].append(key)
        self.made[entity].append(key)
        owner = None if self.chance(0.1) else self.any("user")
        values = {field: self.value(field) for field in FIELDS[entity]}
        if entity in RELATION:
            values[RELATION[entity]] = self.parent()
        return "record", key, owner, values

    def parent(self):
        return None if not self.made["account"] or self.chance(0.15) else self.any("account")

    def relate(self):
        return "relate", self.any("lead"), self.parent()

    def rule(self):
        entity = self.random.choice(tuple(FIELDS))
        kind = self.random.choice(("owner_rule", "criteria_rule", "restriction"))
        name = self.named(kind)
        if kind == "owner_rule":
            return (kind, name, entity, self.principal("role", "subordinates", "group"),
                    self.principal(), self.level())
        if kind == "criteria_rule":
            return kind, name, entity, self.condition(entity), self.principal(), self.level()
        bound = ("everyone", None) if self.chance(0.2) else self.principal()
        return kind, name, entity, self.condition(entity), bound

    def member(self):
        return "member", self.named("member"), self.any("group"), self.principal()

    def grant(self):
        if self.chance(0.3):
            return "team", self.named("team"), self.key(), self.any("user"), self.level()
        cause = "manual" if self.chance(0.6) else "territory"
        return "share", self.named("share"), self.key(), self.principal(), self.level(), cause

    def derived(self):
        """What goes by other records, or by what a record says."""
        return self.random.choice((
            lambda: ("queue_member", self.named("queue-member"), self.any("queue"), self.principal()),
            lambda: ("give", self.key(), self.any("queue")),
            self.territory,
            lambda: ("territory_member", self.named("territory-member"), self.any("territory"),
                     self.principal()),
            lambda: ("imply_parent", self.named("implied"), "lead"),
            lambda: ("imply_children", self.named("implied"), "lead", self.any("role"), self.level()),
            lambda: ("default", "lead", "parent", self.chance(0.8),
                     self.random.choice(("full", "edit", "read"))),
            lambda: ("default", "lead", "none", True, "full", self.chance(0.5))))()

    def territory(self):
        above = self.random.choice([None, *self.made["territory"]])
        entity = self.random.choice(tuple(FIELDS))
        return ("territory", self.name("territory"), above, entity, self.condition(entity),
                self.random.choice(("read", "edit", "full")))

    def change(self):
        key = self.key()
        field = self.random.choice(FIELDS[key[0]])
        return self.random.choice((
            lambda: ("move_role", self.any("role"), self.any("role")),
            lambda: ("move_user", self.any("user"), None if self.chance(0.2) else self.any("role")),
            lambda: ("active", self.any("user"), self.chance(0.7)),
            lambda: ("assign", self.any("user"), self.any("set")),
            lambda: ("take", self.any("user"), self.any("set")),
            lambda: ("delete", key),
            lambda: ("edit", key, field, self.value(field)),
            lambda: ("owner", key, self.any("user")),
            lambda: ("default", self.random.choice(tuple(FIELDS)),
                     self.random.choice(("none", "none", "read", "edit")), self.chance(0.8)),
            lambda: ("drop", self.any("named")),
            self.member, self.rule, self.grant, self.rule, self.grant, self.relate, self.derived,
            self.derived))()

    def operations(self, changes):
        yield from (self.role() for _ in range(self.random.randint(2, 9)))
        yield from (self.permissions() for _ in range(3))
        yield from (self.user() for _ in range(self.random.randint(3, 6)))
        yield from (("group", self.name("group"), self.chance(0.75)) for _ in range(3))
        yield from (self.member() for _ in range(6))
        yield from (("queue", self.name("queue")) for _ in range(2))
        yield from (self.territory() for _ in range(3))
        yield from (self.record() for _ in range(9))
        # So that there is something to refer to, and something that does.
        for entity in FIELDS:
            while not self.made[entity]:
                yield self.record()
        yield from (self.derived() for _ in range(6))
        yield from (self.rule() for _ in range(5))
        yield from (self.grant() for _ in range(5))
        for _ in range(changes // 2):
            yield self.change()
        # A default that rises and falls again, and one that keeps superiors out.
        entity = self.random.choice(tuple(FIELDS))
        for level, hierarchy in (("none", False), (self.level(), True), ("none", True)):
            yield "default", entity, level, hierarchy
        for _ in range(changes - changes // 2):
            yield self.change()


def generate(seed, changes=12):
    return list(Maker(seed).operations(changes))


def shrink(operations, fails):
    """Leaves out whatever a failure does not need; `fails` runs a list of operations."""
    step = max(1, len(operations) // 2)
    while True:
        at = 0
        while at < len(operations):
            fewer = operations[:at] + operations[at + step:]
            if fails(fewer):
                operations = fewer
            else:
                at += step
        if step == 1:
            return operations
        step //= 2
