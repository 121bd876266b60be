"""The smallest statement that still shows what a larger one has shown."""

from dataclasses import replace

from oracle.interpreter import Query

TRIALS = 600
SIMPLE = [("lit", "null", None, ""), ("lit", "boolean", True, ""), ("lit", "integer", 1, "")]


def is_node(part):
    return isinstance(part, tuple) and part and isinstance(part[0], str) and part[0] != "lit"


def parts_of(node):
    """The nodes directly below one, behind whatever tuples they stand in."""
    for part in node[1:]:
        if is_node(part) or (isinstance(part, tuple) and part[:1] == ("lit",)):
            yield part
        elif isinstance(part, tuple):
            yield from (one for one in part if isinstance(one, tuple))


def smaller_nodes(node):
    if not is_node(node) or node[0] in ("unit", "path"):
        return
    yield from parts_of(node)
    yield from (simple for simple in SIMPLE if node != simple)
    if node[0] == "aggregate" and node[5] is not None:
        yield (*node[:5], None)
    yield from in_place(node)


def in_place(node):
    """The node with one of its parts made smaller."""
    for n, part in enumerate(node):
        if n == 0:
            continue
        if isinstance(part, Query):
            yield from ((*node[:n], query, *node[n + 1:]) for query in smaller(part)
                        if node[0] != "figure" or query.items == part.items)
        elif is_node(part):
            yield from ((*node[:n], less, *node[n + 1:]) for less in smaller_nodes(part))
        elif isinstance(part, tuple) and part and isinstance(part[0], tuple):
            for m, one in enumerate(part):
                if len(part) > 1:
                    yield (*node[:n], part[:m] + part[m + 1:], *node[n + 1:])
                for less in smaller_nodes(one):
                    yield (*node[:n], (*part[:m], less, *part[m + 1:]), *node[n + 1:])


def without_one(listed):
    return (listed[:n] + listed[n + 1:] for n in range(len(listed)))


def smaller(query):
    """Statements with one thing less."""
    for clause, none in (("where", None), ("having", None), ("order", []), ("per", None),
                         ("limit", None), ("offset", None), ("as_of", None), ("scope", "all"),
                         ("standing", "current"), ("groups", []), ("fill", False),
                         ("funnel", []), ("pivot", None)):
        if getattr(query, clause) != none:
            yield replace(query, **{clause: none})
    for clause in ("items", "order", "groups", "funnel"):
        if len(getattr(query, clause)) > (clause == "items"):
            yield from (replace(query, **{clause: less})
                        for less in without_one(getattr(query, clause)))
    for clause in ("where", "having"):
        if getattr(query, clause) is not None:
            yield from (replace(query, **{clause: less})
                        for less in smaller_nodes(getattr(query, clause)))
    for n, (kind, keys) in enumerate(query.groups):
        less = [("plain", [key]) for key in keys] if kind != "plain" else []
        less += [(kind, some) for some in without_one(keys) if some]
        yield from (replace(query, groups=[*query.groups[:n], one, *query.groups[n + 1:]])
                    for one in less)
    for clause in ("items", "order", "funnel"):
        listed = getattr(query, clause)
        for n, (node, *rest) in enumerate(listed):
            yield from (replace(query, **{clause: [*listed[:n], (less, *rest), *listed[n + 1:]]})
                        for less in smaller_nodes(node))


def shrunk(query, still):
    """Takes the first smaller statement of which `still` holds, until there is none."""
    trials = 0
    while trials < TRIALS:
        for less in smaller(query):
            trials += 1
            if still(less):
                query = less
                break
            if trials >= TRIALS:
                break
        else:
            break
    return query
