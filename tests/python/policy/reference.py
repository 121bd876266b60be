"""The eighteen permission rules, literally: dictionaries, loops, three-valued logic.

This is the oracle of the permission model. It was written from the rules alone, before the compiler,
and shares nothing with the library: no SQL, no index, no cache. A world is a dictionary:

    roles        {role: {"parent": role or None}}
    users        {user: {"role": role or None, "active": bool, "sets": [set, ...]}}
    sets         {set: {"entities": {entity: {right: bool}}, "fields": {(entity, field): {"read", "edit"}}}}
    groups       {group: {"members": [principal, ...], "hierarchy": bool}}
    entities     {entity: {"default": level or "parent", "hierarchy": bool, "relation": field, "cap": level,
                           "fields": [...], "implies": [field, ...]}}
    records      {(entity, id): {"owner": (kind, name), "deleted": bool, "values": {field: value}}}
    owner_rules, criteria_rules, restrictions, shares, teams      lists of dictionaries
    queues, pools, territories, parent_levels                     dictionaries

A principal is a pair: ("user", u), ("role", r), ("subordinates", r) which is the role and all below it,
("group", g), or ("everyone", None).
"""

LEVELS = ("none", "read", "edit", "full")
NEED = {"read": "read", "edit": "edit", "delete": "full", "transfer": "full", "share": "full"}
RIGHT = {"read": "read", "edit": "edit", "delete": "delete", "transfer": "edit", "share": "edit",
         "create": "create"}
SYSTEM = "system"
DEEPEST_PARENT = 4


def highest(levels):
    return max(levels, key=LEVELS.index, default="none")


def lowest(one, other):
    return min(one, other, key=LEVELS.index)


def reaches(level, need):
    return LEVELS.index(level) >= LEVELS.index(need)


# Conditions: ("=", field, value), ("<", ...), (">", ...), ("null", field), ("not", c), ("and"|"or", c, c).

def holds_for(condition, values):
    """True, False or None, which is unknown: what a null operand gives."""
    kind = condition[0]
    if kind == "not":
        inner = holds_for(condition[1], values)
        return None if inner is None else not inner
    if kind in ("and", "or"):
        parts = [holds_for(part, values) for part in condition[1:]]
        decides = kind == "or"
        if decides in parts:
            return decides
        return None if None in parts else not decides
    value = values.get(condition[1])
    if kind == "null":
        return value is None
    if value is None or condition[2] is None:
        return None
    return {"=": value == condition[2], "<": value < condition[2], ">": value > condition[2]}[kind]


# The tree of roles, groups, and who belongs to a principal.

def ancestors(world, role):
    """The strict ancestors of a role, nearest first."""
    found = []
    parent = world["roles"][role]["parent"] if role is not None else None
    while parent is not None:
        found.append(parent)
        parent = world["roles"][parent]["parent"]
    return found


def role_of(world, user):
    return world["users"][user]["role"]


def superior(world, user, other):
    """Rule 6: whether a user's role is a strict ancestor of another's. Peers and nobody's role: no."""
    role = role_of(world, user)
    return role is not None and role in ancestors(world, role_of(world, other))


def belongs(world, user, principal):
    """Whether a user is one of those that a principal stands for, active or not."""
    kind, name = principal
    if kind == "everyone":
        return True
    if kind == "user":
        return user == name
    if kind == "role":
        return name is not None and role_of(world, user) == name
    if kind == "subordinates":
        role = role_of(world, user)
        return role is not None and (role == name or name in ancestors(world, role))
    return any(belongs(world, user, member) for member in world["groups"][name]["members"])


def group_would_cycle(world, group, member):
    """Whether a group would contain itself if it had this member."""
    if member[0] != "group":
        return False
    if member[1] == group:
        return True
    return any(group_would_cycle(world, group, inner)
               for inner in world["groups"][member[1]]["members"])


def subordinates(world, user):
    return [other for other in world["users"] if superior(world, user, other)]


def hierarchy_counts(world, entity, principal):
    """Rule 6: it can be switched off per entity and per group (the group that the grant names)."""
    if not world["entities"][entity].get("hierarchy", True):
        return False
    return principal[0] != "group" or world["groups"][principal[1]].get("hierarchy", True)


def granted_to(world, user, entity, principal):
    """How a grant to a principal reaches a user: "own", "hierarchy" or None."""
    if belongs(world, user, principal):
        return "own"
    if hierarchy_counts(world, entity, principal) and any(
            belongs(world, other, principal) for other in subordinates(world, user)):
        return "hierarchy"
    return None


# Rights of entities and fields (rules 1 and 11).

def entity_rights(world, user, entity):
    """Rule 1: the union over the permission sets, with what a right implies."""
    rights = {}
    for name in world["users"][user]["sets"]:
        for right, given in world["sets"][name]["entities"].get(entity, {}).items():
            rights[right] = rights.get(right, False) or given
    if rights.get("modify_all"):
        rights.update(view_all=True, create=True, edit=True, delete=True)
    if rights.get("edit") or rights.get("delete") or rights.get("view_all"):
        rights["read"] = True
    return rights


def field_right(world, user, entity, field, action):
    """Rule 11: a set gives all fields, or in allow-list mode those that it lists; what it says of one
    field takes the place of that."""
    for name in world["users"][user]["sets"]:
        rights = world["sets"][name]["entities"].get(entity)
        if rights is None:
            continue
        if action == "edit" and not (rights.get("edit") or rights.get("create") or rights.get("modify_all")):
            continue
        usual = {} if rights.get("listed_only") else {"read": True, "edit": True}
        listed = world["sets"][name].get("fields", {}).get((entity, field), usual)
        if listed.get("edit") or (action == "read" and listed.get("read")):
            return True
    return False


def masked(world, user, record, field):
    """Rules 11 and 14: the pool's mask, a case per field and row, for those who have no other path."""
    kind, name = record["owner"]
    if kind != "pool" or field not in world["pools"][name]["mask"]:
        return False
    return [cause for cause, _ in paths(world, user, record)] == ["pool"]


# Paths: each yields (cause, level). The level is their maximum (rule 2: none lowers another).

def owner_paths(world, user, record):
    entity, (kind, name) = record["entity"], record["owner"]
    if kind == "user":
        if name == user:
            yield "owner", "full"
        elif world["entities"][entity].get("hierarchy", True) and superior(world, user, name):
            yield "hierarchy", "full"
    elif kind == "queue":
        if any(granted_to(world, user, entity, member) for member in world["queues"][name]["members"]):
            yield "queue", "full"
    elif kind == "pool":
        pool = world["pools"][name]
        if any(belongs(world, user, one) for one in pool["administrators"]):
            yield "pool administrator", "full"
        elif any(belongs(world, user, one) for one in pool["members"]):
            yield "pool", "read"


def owned_by(world, record, principal):
    kind, name = record["owner"]
    return kind == "user" and belongs(world, name, principal)


def rule_paths(world, user, record):
    """Rule 7: owner rules read the current owner; criteria must be true, so null does not match."""
    entity = record["entity"]
    for rule in world.get("owner_rules", ()):
        if rule["entity"] == entity and owned_by(world, record, rule["owned_by"]) and granted_to(
                world, user, entity, rule["with"]):
            yield "owner rule", rule["level"]
    for rule in world.get("criteria_rules", ()):
        if rule["entity"] == entity and holds_for(rule["when"], record["values"]) is True and granted_to(
                world, user, entity, rule["with"]):
            yield "criteria rule", rule["level"]


def explicit_paths(world, user, record):
    key, entity = record["key"], record["entity"]
    for share in world.get("shares", ()):
        if share["record"] == key and granted_to(world, user, entity, share["with"]):
            yield "share", share["level"]
    for member in world.get("teams", ()):  # rule 16
        if member["record"] == key and granted_to(world, user, entity, ("user", member["user"])):
            yield "team", member["level"]


def territory_paths(world, user, record):
    """Rule 17: a record lies in the territories whose criteria it meets and in all above those."""
    territories = world.get("territories", {})
    for name, territory in territories.items():
        if territory["entity"] != record["entity"]:
            continue
        if holds_for(territory["when"], record["values"]) is not True:
            continue
        while name is not None:
            if any(granted_to(world, user, record["entity"], one) for one in territories[name]["members"]):
                yield "territory", territories[name]["level"]
            name = territories[name]["parent"]


def child_paths(world, user, record):
    """Rule 9: a visible child gives read on its parent, and its parent's parent nothing."""
    for entity, settings in world["entities"].items():
        for relation in settings.get("implies", ()):
            for child in records_of(world, entity):
                if child["values"].get(relation) == record["key"] and allow(
                        world, user, "read", child, implied=False):
                    yield "child", "read"


def parent_paths(world, user, record):
    """Rule 9: the owner of the parent has the level that the owner's role sets for such children."""
    relation = world["entities"][record["entity"]].get("parent_relation")
    parent = find(world, record["values"].get(relation)) if relation else None
    if parent is None or parent["deleted"] or parent["owner"] != ("user", user):
        return
    level = world.get("parent_levels", {}).get((role_of(world, user), record["entity"]), "none")
    if level != "none":
        yield "parent", level


def paths(world, user, record, implied=True):
    """Every path by which a user has a level on a record: the whole of `level`, before the gates."""
    settings = world["entities"][record["entity"]]
    if settings["default"] == "parent":  # rule 5: the level is the parent's, and no other
        parent = find(world, record["values"].get(settings["relation"]))
        if parent is None or parent["deleted"]:
            return []
        return [("controlled by parent", lowest(level, settings.get("cap", "full")))
                for _, level in paths(world, user, parent, implied)]
    found = [("default", settings["default"])] if settings["default"] != "none" else []
    for source in (owner_paths, rule_paths, explicit_paths, territory_paths, parent_paths):
        found.extend(source(world, user, record))
    if implied:
        found.extend(child_paths(world, user, record))
    return found


def level(world, user, record, implied=True):
    return highest(level for _, level in paths(world, user, record, implied))


# The verdict.

def unrestricted(world, user, record):
    """Rule 10: every restriction that is meant for the user is true of the record."""
    if entity_rights(world, user, record["entity"]).get("bypass_restriction"):
        return True
    return all(holds_for(rule["when"], record["values"]) is True
               for rule in world.get("restrictions", ())
               if rule["entity"] == record["entity"] and belongs(world, user, rule["for"]))


def bypasses(world, user, action, entity):
    rights = entity_rights(world, user, entity)
    return bool(rights.get("modify_all") or (action == "read" and rights.get("view_all")))


def gates(world, user, action, record):
    """The gates that fail, by name."""
    failed = []
    if not world["users"][user]["active"]:  # rule 13
        failed.append("inactive")
    if record["deleted"]:
        failed.append("deleted")
    if not entity_rights(world, user, record["entity"]).get(RIGHT[action]):
        failed.append("right")
    if not unrestricted(world, user, record):
        failed.append("restriction")
    return failed


def allow(world, user, action, record, implied=True):
    if user == SYSTEM:  # rule 18: given by the host, never by a query
        return not record["deleted"]
    if gates(world, user, action, record):
        return False
    if bypasses(world, user, action, record["entity"]):
        return True
    return reaches(level(world, user, record, implied), NEED[action])


def visible(world, user, entity):
    """What a list of the entity gives."""
    return [record["key"] for record in records_of(world, entity) if allow(world, user, "read", record)]


def records_of(world, entity):
    return [find(world, key) for key in world["records"] if key[0] == entity]


def find(world, key):
    """A record with its key beside it, or None."""
    if key is None or key not in world["records"]:
        return None
    return {"key": key, "entity": key[0], **world["records"][key]}


# Writing grants and records (rules 3, 4, 5, 8, 12, 15).

def share_fault(world, entity, level):
    """Why a share or a rule may not be written, or None."""
    default = world["entities"][entity]["default"]
    if default == "parent":
        return "controlled by parent"
    if level not in ("read", "edit"):
        return "level"
    if not reaches(default, level):
        return None
    return "not above default"


def parent_fault(world, entity):
    """Why an entity may not be controlled by its parent as the world has it, or None (rule 5)."""
    seen = [entity]
    while world["entities"][entity]["default"] == "parent":
        entity = world["entities"][entity]["parent"]
        if entity in seen:
            return "cycle"
        seen.append(entity)
    return "depth" if len(seen) > DEEPEST_PARENT + 1 else None


def recalculate(world):
    """Rule 4: drops the rules and shares that the defaults have risen to."""
    for name, entity_of in (("owner_rules", lambda one: one["entity"]),
                            ("criteria_rules", lambda one: one["entity"]),
                            ("shares", lambda one: one["record"][0])):
        world[name] = [one for one in world.get(name, ())
                       if share_fault(world, entity_of(one), one["level"]) is None]


def change_owner(world, key, owner, keep_team=True):
    """Rule 8; False if the new owner may not read the entity. Rules need no work: they are derived."""
    if owner[0] == "user" and not entity_rights(world, owner[1], key[0]).get("read"):
        return False
    world["records"][key]["owner"] = owner
    world["shares"] = [share for share in world.get("shares", ())
                       if share["record"] != key or share["cause"] != "manual"]
    if not keep_team:
        world["teams"] = [member for member in world.get("teams", ()) if member["record"] != key]
    return True


def drop_entity(world, entity):
    """Rule 12: the grants go with the entity, so that a new one of that name has none."""
    world["entities"].pop(entity)
    world["records"] = {key: one for key, one in world["records"].items() if key[0] != entity}
    for granted in world["sets"].values():
        granted["entities"].pop(entity, None)
        granted["fields"] = {key: one for key, one in granted.get("fields", {}).items()
                             if key[0] != entity}
    for name in ("owner_rules", "criteria_rules", "restrictions"):
        world[name] = [one for one in world.get(name, ()) if one["entity"] != entity]
    for name in ("shares", "teams"):
        world[name] = [one for one in world.get(name, ()) if one["record"][0] != entity]


def drop_field(world, entity, field):
    world["entities"][entity]["fields"].remove(field)
    for granted in world["sets"].values():
        granted.get("fields", {}).pop((entity, field), None)


def may_relate(world, user, record, old_target, new_target):
    """Rule 15: edit on the record that stores the relation, read on the targets, old and new."""
    return allow(world, user, "edit", record) and all(
        allow(world, user, "read", target) for target in (old_target, new_target) if target is not None)
