"""The reference page of the C interface."""

from .lines import GENERATED, call_lines
from .model import NUMBERS, Api, Function, Parameter, Release, Struct, constants_of


def what_it_is(p: Parameter) -> str:
    """A parameter's kind, ownership and what may be NULL, in words."""
    kind = f"`guanxi_{p.kind}`"
    if p.family == "callback":
        words = f"a {kind[:-1]}_callback` with its `user`"
        words += ", kept; `release` is called when nothing needs it any more" \
            if p.direction == "kept" else ", for this call"
    elif p.kind == "size":
        words = "a number of elements"
    elif p.family == "pointer":
        words = "the host's own, handed to its functions"
    elif p.family == "struct" and p.count:
        words = f"read: `{p.count}` {kind}, as far apart as the first one's struct_size says"
    elif p.family == "arrow_stream":
        words = "filled; the caller owns it" if p.out else "used up and released"
    elif p.family == "foreign":
        words = f"borrowed: a `{p.foreign}`"
    elif p.family == "word":
        words = "out: a borrowed text"
    elif p.family == "text":
        words = "out: a borrowed text and its length, which may be NULL" if p.out else "UTF-8 text"
    elif p.family == "number":
        kind = f"`{NUMBERS[p.kind]}`"
        words = f"out: {kind}" if p.out else kind
        if p.count:
            words = f"{'read and written' if p.out else 'read'}: `{p.count}` {kind}"
        if p.initial:
            words += f"; {p.initial} after a failure"
    elif p.family == "struct":
        words = f"out: a {kind}, with its struct_size set" if p.out else f"a {kind}"
    elif p.count:
        words = f"{'out, owned' if p.out else 'borrowed'}: `{p.count}` {kind}"
    else:
        words = f"out, owned: a {kind}" if p.out else f"borrowed: a {'const ' if p.const else ''}{kind}"
    return words + ("; may be NULL" if p.nullable else "")


def refusals(f: Function) -> list[str]:
    """What the kinds of its parameters alone may be refused with."""
    out = []
    if any(not p.nullable and p.kind != "size" and (p.out or p.family != "number")
           for p in f.parameters):
        out.append("GUANXI_INVALID_ARGUMENT")
    if any(p.family == "text" and not p.out for p in f.parameters):
        out.append("GUANXI_INVALID_TEXT")
    if any(p.process for p in f.parameters if not p.out):
        out.append("GUANXI_MISUSE")
    return [*out, "GUANXI_OUT_OF_MEMORY"]


def function_lines(f: Function, api: Api) -> list[str]:
    arguments = [f"{kind}{name}" for kind, name in f.c_arguments()] or ["void"]
    out = [f"### {f.c_name}", "", "```c",
           *call_lines(f"{f.c_return()}{f.c_name}", arguments, ";"), "```", "", f.doc, ""]
    out += [f"- `{p.name}`: {what_it_is(p)}" for p in f.parameters]
    if f.can_fail:
        out.append(f"- refused with: {', '.join(f'`{code}`' for code in refusals(f))}"
                   + (f"; {f.errors.rstrip('.')}" if f.errors else ""))
    elif isinstance(f, Release):
        out.append("- NULL is ignored" + ("; in a forked child nothing is released"
                                          if api.handles[f.kind].get("process") else ""))
    python = f"`{python_name(f)}`" if f.python else f"none: {f.not_python}"
    return [*out, f"- threads: {f.thread()}; since {f.since}, {'stable' if f.stable else 'unstable'}; "
                  f"in Python {python}", ""]


def python_name(f: Function) -> str:
    return f"guanxi.{f.python}"


def struct_lines(struct: Struct) -> list[str]:
    out = [f"### struct guanxi_{struct.name}", "", struct.doc, "", "| field | type | what |",
           "| --- | --- | --- |", "| `struct_size` | `uint32_t` | set by the caller to sizeof |"]
    for name, kind, doc in struct.fields:
        if kind == "text":
            out.append(f"| `{name}`, `{name}_length` | text | {doc} |")
        else:
            out.append(f"| `{name}` | `{struct.c_type(kind).rstrip()}` | {doc} |")
    return [*out, ""]


def constant_lines(api: Api) -> list[str]:
    out = ["## Constants", ""]
    for group in api.constants:
        out += [group["doc"], "", "| name | number | what |", "| --- | --- | --- |"]
        out += [f"| `GUANXI_{name.upper()}` | {number} | {doc} |"
                for name, number, doc in constants_of(group)]
        out.append("")
    return out


def handle_lines(api: Api) -> list[str]:
    out = ["## Handles", "", "| handle | keeps alive | in a forked child |", "| --- | --- | --- |"]
    for name, told in api.handles.items():
        child = "refuses to work" if told.get("process") else "usable: it is memory alone"
        if told.get("lent"):
            child = "lent for one call, never released"
        out.append(f"| `guanxi_{name}` | {told.get('retains', '')} | {child} |")
    return [*out, ""]


def reference(api: Api) -> str:
    count = len(api.functions)
    out = [f"<!-- This page is {GENERATED}. -->", "# The C interface, call by call", "",
           f"{count} functions of version {api.version}, as `guanxi.h` declares them. "
           "[c.md](../c.md) is the way in.", "", "## Rules", ""]
    for line in api.preamble.rstrip().splitlines():
        out.append(f"  {line}" if line.startswith("  ") else line)  # four make a block of code
    out += ["", *constant_lines(api), *handle_lines(api)]
    for struct in api.first_structs:
        out += struct_lines(struct)
    for title, items in api.groups:
        out += [f"## {title.capitalize()}", ""]
        for item in items:
            if isinstance(item, str):
                out += [item, ""]
            else:
                out += struct_lines(item) if isinstance(item, Struct) else function_lines(item, api)
    return "\n".join(out).rstrip() + "\n"
