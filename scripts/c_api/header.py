"""The C header and the export map."""

from .lines import COLUMNS, GENERATED, call_lines, comment
from .model import Api, Callback, Function, Struct, constants_of


def header_constants(api: Api) -> list[str]:
    out = []
    for group in api.constants:
        out += comment(group["doc"]) + ["enum {"]
        named = list(constants_of(group))
        rows: list[tuple[str, str]] = []  # since the last note, so that their comments stand in line
        for value in [*group["values"], {"note": ""}]:
            if "note" not in value:
                name, number, doc = named.pop(0)
                rows.append((f"  GUANXI_{name.upper()} = {number}{',' if named else ''}", doc))
                continue
            width = max((len(row) for row, doc in rows if doc), default=0)
            out += [f"{row.ljust(width)} /* {doc} */" if doc else row for row, doc in rows]
            rows = []
            if value["note"]:
                out.append(f"  /* {value['note']} */")
        out += ["};", ""]
    return out


def header_callback(told: Callback) -> list[str]:
    arguments = [f"{kind}{name}" for kind, name in told.c_arguments()]
    head = f"typedef {told.c_return()} (*guanxi_{told.name}_callback)"
    return comment(told.doc) + call_lines(head, arguments, ";")


def header_struct(struct: Struct) -> list[str]:
    rows = [("uint32_t struct_size;", f"sizeof(guanxi_{struct.name})")]
    for name, kind, doc in struct.fields:
        if kind == "text":
            length = "bytes, or GUANXI_NTS" if struct.given and not struct.asked else "its bytes"
            rows += [(f"const char *{name};", doc), (f"size_t {name}_length;", length)]
        else:
            rows.append((f"{struct.c_type(kind)}{name};", doc))
    width = max(len(row) for row, _ in rows)
    out = comment(struct.doc) + [f"typedef struct guanxi_{struct.name} {{"]
    for row, doc in rows:
        line = f"  {row.ljust(width)} /* {doc} */"
        if len(line) <= COLUMNS:
            out.append(line)
        else:
            out += [f"  {line}" for line in comment(doc)] + [f"  {row}"]
    return [*out, f"}} guanxi_{struct.name};"]


def header_function(f: Function) -> list[str]:
    text = f"{f.doc} Errors: {f.errors}" if f.errors else f.doc
    arguments = [f"{kind}{name}" for kind, name in f.c_arguments()] or ["void"]
    out = comment(text) + call_lines(f"GUANXI_API {f.c_return()}{f.c_name}", arguments, ";")
    return out if f.stable else ["#ifdef GUANXI_UNSTABLE", *out, "#endif"]


def header(api: Api) -> str:
    major, minor, patch = api.version.split(".")
    out = ["/*"] + [f" * {line}".rstrip() for line in api.preamble.rstrip().splitlines()] + [
        " *", f" * This file is {GENERATED}.", " */",
        "#ifndef GUANXI_H", "#define GUANXI_H", "", "#include <stddef.h>", "#include <stdint.h>", "",
        f"#define GUANXI_VERSION_MAJOR {major}", f"#define GUANXI_VERSION_MINOR {minor}",
        f"#define GUANXI_VERSION_PATCH {patch}", f'#define GUANXI_VERSION_STRING "{api.version}"', "",
        "/* A text's length: it ends at its NUL. */", "#define GUANXI_NTS SIZE_MAX", "",
        "#ifndef GUANXI_API", "#if defined(__GNUC__)",
        '#define GUANXI_API __attribute__((visibility("default")))', "#else", "#define GUANXI_API",
        "#endif", "#endif", "", "#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    out += header_constants(api)
    out += [f"typedef struct guanxi_{name} guanxi_{name};" for name in api.handles]
    out += [f"{name.removeprefix('const ')};" for name in api.foreign.values()]
    out += ["struct ArrowArrayStream;", ""]
    for struct in api.first_structs:
        out += [*header_struct(struct), ""]
    for told in api.callbacks.values():
        out += header_callback(told)
    for title, items in api.groups:
        out += ["", f"/* ---- {title} ".ljust(COLUMNS - 5, "-") + " */"]
        for item in items:
            out.append("")
            if isinstance(item, str):
                out += comment(item)
            elif isinstance(item, Struct):
                out += header_struct(item)
            else:
                out += header_function(item)
    out += ["", "#ifdef __cplusplus", "}", "#endif", "", ARROW.strip(), "", "#endif /* GUANXI_H */"]
    return "\n".join(out) + "\n"


ARROW = """
/* ---- the Arrow C interfaces, as their specification gives them ----------------------------- */

#ifdef __cplusplus
extern "C" {
#endif

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
  const char *format;
  const char *name;
  const char *metadata;
  int64_t flags;
  int64_t n_children;
  struct ArrowSchema **children;
  struct ArrowSchema *dictionary;
  void (*release)(struct ArrowSchema *);
  void *private_data;
};

struct ArrowArray {
  int64_t length;
  int64_t null_count;
  int64_t offset;
  int64_t n_buffers;
  int64_t n_children;
  const void **buffers;
  struct ArrowArray **children;
  struct ArrowArray *dictionary;
  void (*release)(struct ArrowArray *);
  void *private_data;
};

#endif /* ARROW_C_DATA_INTERFACE */

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
  int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
  int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
  const char *(*get_last_error)(struct ArrowArrayStream *);
  void (*release)(struct ArrowArrayStream *);
  void *private_data;
};

#endif /* ARROW_C_STREAM_INTERFACE */

#ifdef __cplusplus
}
#endif
"""


def export_map(api: Api) -> str:
    minor = api.version.rpartition(".")[0]
    out = [f"# {GENERATED[0].upper()}{GENERATED[1:]}.", f"GUANXI_{minor} {{", "  global:"]
    out += [f"    {name};" for name in api.stable()] + ["  local:", "    *;", "};"]
    if api.unstable():
        out += ["", "GUANXI_UNSTABLE {", "  global:"]
        out += [f"    {name};" for name in api.unstable()] + ["};"]
    return "\n".join(out) + "\n"
