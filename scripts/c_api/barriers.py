"""The throw barriers: each export checks what api.yaml says of its arguments and calls its body."""

from .lines import COLUMNS, GENERATED, call_lines, wrapped
from .model import NUMBERS, Api, Function, Parameter, Release, Struct, constants_of

CPP_NUMBERS = {kind: f"std::{name}" for kind, name in NUMBERS.items()} | {"size": "std::size_t"}


def cpp(kind: str) -> str:
    """A C type as C++ of this project writes it."""
    return kind.replace(" **", "** ").replace(" *const *", "* const* ").replace(" *", "* ")


# ---- what bodies take and give ---------------------------------------------------------------


def body_parameter(p: Parameter) -> str | None:
    """How a body takes a parameter; None: the shim alone needs it."""
    handle = f"guanxi_{p.kind}"
    if p.kind == "size":
        return None
    if p.family == "callback":
        if p.direction == "kept":
            return f"{handle}_callback {p.name}, void* user, guanxi_release_callback release"
        return f"{p.kind} {p.name}"
    if p.family == "arrow_stream":
        return f"ArrowArrayStream& {p.name}"
    if p.family == "foreign":
        return f"{p.foreign}& {p.name}"
    if p.family == "word" or (p.family == "text" and p.out):
        word = f"const char** {p.name}" if p.nullable else f"const char*& {p.name}"
        return word if p.family == "word" else f"{word}, std::size_t* length"
    if p.family == "text":
        view = "std::string_view"
        return f"std::optional<{view}> {p.name}" if p.nullable else f"{view} {p.name}"
    if p.family == "number":
        kind = CPP_NUMBERS[p.kind]
        if p.count:
            return f"std::span<{kind if p.out else f'const {kind}'}> {p.name}"
        if p.out:
            return f"{kind}{'*' if p.nullable else '&'} {p.name}"
        return f"{kind} {p.name}"
    if p.count and p.family != "struct":
        return f"std::span<{f'{handle}*' if p.out else f'const {handle}* const'}> {p.name}"
    if p.out:
        return f"{handle}{'*' if p.nullable else '&'} {p.name}"
    if p.family == "struct":
        return f"strided<{handle}> {p.name}" if p.count else f"const {handle}& {p.name}"
    if p.family == "pointer":
        return f"void* {p.name}"
    const = "const " if p.const else ""
    return f"{const}{handle}{'*' if p.nullable else '&'} {p.name}"


def body_result(f: Function) -> str:
    if f.can_fail:
        product = f.product()
        if not product:
            return "void"
        if product.family == "handle":
            return f"std::unique_ptr<guanxi_{product.kind}>"
        return CPP_NUMBERS.get(product.kind, f"guanxi_{product.kind}")
    named = {"text": "std::string_view", "static text": "const char*", "nothing": "void",
             "error": "const guanxi_error*"}
    return named.get(f.returns) or CPP_NUMBERS[f.returns]


def bodies(api: Api) -> str:
    out = ["// What the exports call once their arguments are checked: written by hand, in the sources",
           "// beside this file. A body throws failure for what goes wrong, and its barrier reports it.",
           "// An out parameter holds nothing yet; one that is the only product is returned.",
           f"// This file is {GENERATED}.", "#pragma once", "", '#include "barrier.hpp"', '#include "strided.hpp"', "",
           '#include "guanxi/base/environment.hpp"', "", "#include <cstddef>", "#include <cstdint>",
           "#include <memory>", "#include <optional>", "#include <span>", "#include <string_view>", "",
           "namespace guanxi::capi::body {"]
    for title, items in api.groups:
        functions = [f for f in items if isinstance(f, Function) and not isinstance(f, Release)]
        if functions:
            out += ["", f"// {title}"]
        for f in functions:
            product = f.product() if f.can_fail else None
            taken = [body_parameter(p) for p in f.parameters if p is not product]
            pieces = [piece for t in taken if t for piece in t.split(", ")]
            out += call_lines(f"{body_result(f)} {f.cpp}", pieces, ";")
    return "\n".join([*out, "", "}  // namespace guanxi::capi::body"]) + "\n"


# ---- the exports -----------------------------------------------------------------------------


def cleared(p: Parameter) -> list[str]:
    """Lines that make sure of an out parameter and empty it."""
    n, q = p.name, f'"{p.name}"'
    kind = f"guanxi_{p.kind}"
    if p.family == "arrow_stream":
        return [f"need({n}, {q}).release = nullptr;  // to its reader, a stream that was never made"]
    if p.family in ("text", "word"):
        if p.nullable:
            return [f"if ({n}) *{n} = nullptr;"]
        length = ["if (length) *length = 0;"] if p.family == "text" else []
        return [f"const char*& into_{n} = output({n}, {q});", *length]
    if p.family == "number":
        if p.count:
            return [f"const auto into_{n} = elements({n}, {p.count}, {q});"]
        if p.nullable:
            return [f"if ({n}) *{n} = {p.initial or 0};"]
        return [f"auto& into_{n} = output_number({n}, {q}, {p.initial or 0});"]
    if p.family == "struct":
        check = f"check_size({n}, {q});"
        return [f"if ({n}) {check}" if p.nullable else check, f"{kind} filled_{n} = {{}};"] \
            if p.nullable else [f"check_size({n}, {q});"]
    if p.count:
        return [f"const auto into_{n} = outputs({n}, {p.count}, {q});"]
    if p.nullable:
        return [f"wanted<{kind}> into_{n}({n});"]
    return [f"{kind}*& into_{n} = output({n}, {q});"]


def checked(p: Parameter) -> list[str]:
    """Lines that make sure of an argument that goes in."""
    n, q = p.name, f'"{p.name}"'
    if p.family == "text":
        return [f"const auto given_{n} = {'optional_text' if p.nullable else 'text_of'}({n}, {n}_length, {q});"]
    if p.family == "pointer":
        return [] if p.nullable else [f"need({n}, {q});"]
    if p.family == "struct" and p.count:
        return [f"const auto given_{n} = strided_of({n}, {p.count}, {q});"]
    if p.family == "struct":
        given = n if p.nullable else f"&need({n}, {q})"
        return [f"const guanxi_{p.kind} given_{n} = read({given}, {q});"]
    if p.family == "callback":
        if p.direction == "kept":
            return [f"need({n}, {q});"]
        return [] if p.nullable else [f"need({n}, {q});"]
    if p.count:
        every = f"each_needed(given_{n}, {q});"
        head = f"const auto given_{n} = elements({n}, {p.count}, {q});"
        return [head, every] if p.family == "handle" else [head]
    if p.family == "foreign":
        return [f"auto& given_{n} = need({n}, {q});"]
    if p.family == "handle":
        if p.nullable:
            return [f"if ({n}) live(*{n});"] if p.process else []
        needed = f"need({n}, {q})"
        return [f"auto& given_{n} = {f'live({needed})' if p.process else needed};"]
    return []


def argument(p: Parameter) -> list[str]:
    """What the body gets for a parameter."""
    n = p.name
    if p.kind == "size":
        return []
    if p.family == "arrow_stream":
        return [f"*{n}" if p.out else f"taken_{n}.stream"]
    if p.family == "callback":
        return [n, "user", "release"] if p.direction == "kept" else [f"{p.kind}_of({n}, user)"]
    if p.out:
        if p.family in ("text", "word"):
            word = n if p.nullable else f"into_{n}"
            return [word, "length"] if p.family == "text" else [word]
        if p.family == "struct":
            return [f"{n} ? &filled_{n} : nullptr"]
        if p.family == "handle" and not p.count:
            return [f"into_{n}.get()"]
        return [n if p.nullable else f"into_{n}"]
    if p.family in ("text", "struct", "foreign") or p.count:
        return [f"given_{n}"]
    if p.family == "handle" and not p.nullable:
        return [f"given_{n}"]
    return [n]


def finish(p: Parameter) -> list[str]:
    """Lines that hand over what the body made."""
    if p.family == "struct" and p.nullable:
        return [f"if ({p.name}) give(filled_{p.name}, *{p.name});"]
    if p.family == "handle" and p.nullable and p.out:
        return [f"into_{p.name}.hand_over();"]
    return []


def failing(f: Function) -> list[str]:
    product = f.product()
    # Used up whatever is wrong with the other arguments.
    lines = [f'taken_stream taken_{p.name}({p.name}, "{p.name}");' for p in f.parameters
             if p.family == "arrow_stream" and not p.out]
    lines += [line for p in f.parameters if p.out for line in cleared(p)]
    lines += [line for p in f.parameters if not p.out for line in checked(p)]
    arguments = [a for p in f.parameters if p is not product for a in argument(p)]
    head, tail = f"body::{f.cpp}", ";"
    if product and product.family == "handle":
        head, tail = f"into_{product.name} = {head}", ".release();"
    elif product and product.family == "struct":
        head, tail = f"give({head}", f", *{product.name});"
    elif product:
        head = f"into_{product.name} = {head}"
    lines += [line for line in shifted(call_lines(head, arguments, tail), 4)]
    lines += [line for p in f.parameters if p.out for line in finish(p)]
    return ["  return barrier(err, [&] {", *(f"    {line}" for line in lines), "  });"]


def shifted(lines: list[str], by: int) -> list[str]:
    """Breaks again what would be too long once it is indented."""
    out = []
    for line in lines:
        if len(line) + by <= COLUMNS:
            out.append(line)
        else:
            pad = " " * (len(line) - len(line.lstrip()))
            out += wrapped(line.strip(), pad, pad or "    ", COLUMNS - by)
    return out


def accessor(f: Function) -> list[str]:
    handles = [p for p in f.parameters if p.family == "handle"]
    given = ", ".join(f"*{p.name}" if p.family == "handle" else p.name for p in f.parameters)
    call = f"body::{f.cpp}({given})"
    known = f"{handles[0].name} ? {call} : " if handles else ""
    if f.returns == "text":
        inner = f"return {known}std::string_view();" if handles else f"return {call};"
        return sheltered("return lend(length", inner)
    if f.returns == "nothing":
        condition = f"if ({handles[0].name}) " if handles else ""
        return sheltered("shelter(", f"{condition}{call};")
    fallback = nothing_of(f)
    kind = body_result(f)
    inner = f"return {known}{fallback};" if handles else f"return {call};"
    return sheltered(f"return shelter<{kind}>({fallback}", inner)


def sheltered(head: str, inner: str) -> list[str]:
    comma = "" if head.endswith("(") else ", "
    line = f"  {head}{comma}[&] {{ {inner} }});"
    return [line] if len(line) <= COLUMNS else [f"  {head}{comma}[&] {{", f"    {inner}", "  });"]


def nothing_of(f: Function) -> str:
    """What an accessor gives for NULL."""
    if f.returns == "error":
        return "nullptr"
    return f.fallback or ('""' if "text" in f.returns else "0")


def release(f: Release, api: Api) -> list[str]:
    handle = f.kind
    here = f"{handle} && is_here(*{handle})" if api.handles[handle].get("process") else ""
    guard = f"if ({here}) " if here else ""
    return sheltered("shelter(", f"{guard}delete {handle};")


def struct_lines(struct: Struct) -> list[str]:
    """How a struct that C hands in, or wants filled, is copied: field by field, as far as it goes."""
    kind = f"guanxi_{struct.name}"
    pointers = [f"&{kind}::{m}" for m in struct.members()]
    out = []
    if struct.given:
        takes = [f"const {kind}* given", "std::string_view argument"]
        out += [*call_lines(f"{kind} read", takes, " {"),
                *call_lines(f"  {kind} out = options_of", ["given", "argument", *pointers], ";")]
        for name, field, _ in struct.fields:
            if field == "text":
                out += call_lines(f"  out.{name}_length = checked_length",
                                  [f"out.{name}", f"out.{name}_length", f'"{name}"'], ";")
        out += ["  return out;", "}", ""]
    if struct.asked:
        out += [f"void give(const {kind}& from, {kind}& into) {{",
                *call_lines("  give_fields", ["from", "into", *pointers], ";"), "}", ""]
    return out


def same_constants(api: Api) -> list[str]:
    out = []
    for group in api.constants:
        told = {k: v.get("same_as") for v in group["values"] for k in v}
        for name, _, _ in constants_of(group):
            word = told[name] or name.removeprefix(group.get("prefix", ""))
            head, tail = f"static_assert(GUANXI_{name.upper()} ==", \
                f"static_cast<int>(guanxi::{group['same_as']}::{word}));"
            fits = len(head) + 1 + len(tail) <= COLUMNS
            out += [f"{head} {tail}"] if fits else [head, f"              {tail}"]
    return out


def exports(api: Api) -> str:
    out = ["// The exports: each makes sure of its arguments and calls its body, and lets nothing that is",
           "// thrown past.",
           f"// This file is {GENERATED}.", '#include "arguments.hpp"', '#include "bodies.hpp"', "",
           '#include "guanxi/base/config.hpp"', '#include "guanxi/edge/report_page.hpp"',
           '#include "guanxi/edge/table.hpp"', '#include "guanxi/session/own_store.hpp"', "",
           "using namespace guanxi::capi;", "",
           "// Both sides write the version and the constants; a difference does not compile.",
           *same_constants(api), "", "namespace {", ""]
    for struct in api.structs.values():
        out += struct_lines(struct)
    out.append("}  // namespace")
    for f in api.functions:
        arguments = [f"{cpp(kind)}{name}" for kind, name in f.c_arguments()]
        out += ["", *call_lines(f"{cpp(f.c_return())}{f.c_name}", arguments, " {")]
        if isinstance(f, Release):
            out += release(f, api)
        else:
            out += failing(f) if f.can_fail else accessor(f)
        out.append("}")
    return "\n".join(out) + "\n"


# ---- the table for tests ---------------------------------------------------------------------


def empty_argument(kind: str) -> str:
    return "nullptr" if "*" in kind or kind.endswith("_callback ") else "0"


def table_row(f: Function) -> list[str]:
    arguments = [(kind, name) for kind, name in f.c_arguments() if name != "err"]
    nothing = [empty_argument(kind) for kind, _ in arguments]
    takes = "true" if any(p.family == "handle" and not p.out for p in f.parameters) else "false"
    head = f'    {{"{f.c_name}", {takes},'
    if f.can_fail:
        call = call_lines(f"       return {f.c_name}", [*nothing, "err"], "; },")
        return [f"{head} [](guanxi_error** err) {{", *call, "     nullptr},"]
    if f.returns == "text":
        given = ", ".join([*nothing[:-1], "&length"])
        return [f"{head} nullptr, [] {{", "       std::size_t length = 1;",
                f"       return is_empty({f.c_name}({given})) && length == 0; }}}},"]
    given = ", ".join(nothing)
    if f.returns == "nothing":
        return [f"{head} nullptr, [] {{", f"       {f.c_name}({given});", "       return true; }},"]
    same = f"is_text({f.c_name}({given}), {nothing_of(f)})" if "text" in f.returns else \
        f"{f.c_name}({given}) == {nothing_of(f)}"
    return [f"{head} nullptr, [] {{", f"       return {same}; }}}},"]


def table(api: Api) -> str:
    out = ["// Every export, called with nothing in its hands: for tests that hold for all of them.",
           f"// This file is {GENERATED}.", "#pragma once", "", '#include "guanxi.h"', "",
           "#include <cstddef>", "#include <string_view>", "", "namespace every_export {", "",
           "inline bool is_text(const char* given, std::string_view text) { return given && given == text; }",
           'inline bool is_empty(const char* given) { return is_text(given, ""); }', "",
           "struct exported {", "  const char* name;", "  bool takes_handle;",
           "  std::int32_t (*fails)(guanxi_error** err);  ///< of a call that can fail; else NULL",
           "  bool (*gives_nothing)();  ///< of one that cannot: whether it gave what it gives for NULL",
           "};", "", "inline constexpr exported all[] = {"]
    for f in api.functions:
        out += table_row(f)
    return "\n".join([*out, "};", "", "}  // namespace every_export"]) + "\n"
