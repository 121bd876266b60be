"""What capi/api.yaml says, read and checked."""

import re

import yaml

NUMBERS = {"int32": "int32_t", "int64": "int64_t", "uint32": "uint32_t", "uint64": "uint64_t"}


class Fault(Exception):
    """Something that api.yaml must not say."""


def constants_of(group: dict):
    """Name, number and doc of each constant of a group."""
    for value in group["values"]:
        if "note" not in value:
            (name, number), = ((k, v) for k, v in value.items() if k not in ("doc", "same_as"))
            yield name, number, value.get("doc", "")


class Parameter:
    """A parameter as api.yaml has it: `name: [out|inout|kept] [const] kind[count][ = initial][, nullable]`."""

    pattern = re.compile(r"(?:(out|inout|kept) )?(const )?(callback )?(\w+)(?:\[(\w+)\])?"
                         r"(?: = (-?\d+))?(, nullable)?$")

    def __init__(self, name: str, text: str, api: "Api") -> None:
        match = self.pattern.match(text)
        if not match:
            raise Fault(f"`{name}: {text}` is no kind of parameter")
        direction, const, callback, self.kind, self.count, self.initial, nullable = match.groups()
        self.name, self.text = name, text
        self.direction = direction or "in"
        self.const, self.nullable = bool(const), bool(nullable)
        self.family = self.family_of(callback, api)
        self.process = self.family == "handle" and bool(api.handles[self.kind].get("process"))

    def family_of(self, callback: str | None, api: "Api") -> str:
        if callback:
            if self.kind not in api.callbacks:
                raise Fault(f"there is no callback `{self.kind}`")
            return "callback"
        if self.kind in NUMBERS or self.kind == "size":
            return "number"
        if self.kind in ("text", "word", "arrow_stream", "pointer"):
            return self.kind
        if self.kind in api.foreign:
            self.foreign = api.foreign[self.kind]
            return "foreign"
        if self.kind in api.structs:
            return "struct"
        if self.kind in api.handles:
            return "handle"
        raise Fault(f"there is no kind `{self.kind}`")

    @property
    def out(self) -> bool:
        return self.direction in ("out", "inout")

    def c_arguments(self) -> list[tuple[str, str]]:
        """Type and name of each C argument that it becomes."""
        name, const = self.name, "const " if self.const else ""
        if self.family == "text":
            if self.out:
                return [("const char **", name), ("size_t *", "length")]
            return [("const char *", name), ("size_t ", f"{name}_length")]
        if self.family == "callback":
            kept = [("guanxi_release_callback ", "release")] if self.direction == "kept" else []
            return [(f"guanxi_{self.kind}_callback ", name), ("void *", "user"), *kept]
        if self.family == "word":
            return [("const char **", name)]
        if self.family == "arrow_stream":
            return [("struct ArrowArrayStream *", name)]
        if self.family == "foreign":
            return [(f"{self.foreign} *", name)]
        if self.family == "pointer":
            return [("void **" if self.out else "void *", name)]
        if self.family == "number":
            kind = NUMBERS.get(self.kind, "size_t")
            if self.count and not self.out:
                return [(f"const {kind} *", name)]
            return [(f"{kind} *" if self.out else f"{kind} ", name)]
        if self.family == "struct":
            return [(f"guanxi_{self.kind} *" if self.out else f"const guanxi_{self.kind} *", name)]
        if self.count and not self.out:
            return [(f"const guanxi_{self.kind} *const *", name)]
        return [(f"guanxi_{self.kind} **" if self.out else f"{const}guanxi_{self.kind} *", name)]


class Callback:
    """A function of the host's. Its first argument is the host's own: `user`, or `self` for one that
    stands in a struct of functions."""

    def __init__(self, name: str, told: dict, api: "Api") -> None:
        self.name, self.doc, self.returns = name, told["doc"], told["returns"]
        self.first = "self" if told.get("self") else "user"
        self.parameters = [Parameter(n, text, api)
                           for n, text in told.get("parameters", {}).items()]

    def c_return(self) -> str:
        return "void" if self.returns == "nothing" else NUMBERS[self.returns]

    def c_arguments(self) -> list[tuple[str, str]]:
        found = [("void *", self.first)]
        for p in self.parameters:
            # An array of structs goes out by pointers, since a host may know shorter structs.
            found += [(f"const guanxi_{p.kind} *const *", p.name)] \
                if p.family == "struct" and p.count else p.c_arguments()
        return found


class Function:
    def __init__(self, item: dict, api: "Api") -> None:
        self.name = item["function"]
        self.c_name = f"guanxi_{self.name}"
        self.cpp = item.get("cpp", self.name)
        self.doc, self.errors = item["doc"], item.get("errors")
        self.stable = item.get("stability", "stable") == "stable"
        self.since = item.get("since", api.since)
        self.parameters = [Parameter(name, text, api)
                           for name, text in item.get("parameters", {}).items()]
        returns, _, fallback = str(item.get("returns", "")).partition(" = ")
        self.returns = returns or None
        self.fallback = fallback
        self.python, self.not_python = item.get("python"), item.get("not_python")
        self.check()

    def check(self) -> None:
        if bool(self.python) == bool(self.not_python):
            raise Fault(f"{self.c_name}: needs `python` or `not_python`, and not both")
        counts = {p.name for p in self.parameters if p.kind == "size"}
        for p in self.parameters:
            if p.count and p.count not in counts:
                raise Fault(f"{self.c_name}: `{p.name}` counts by `{p.count}`, which is no parameter")
        arguments = [name for p in self.parameters for _, name in p.c_arguments()]
        if len(set(arguments)) != len(arguments):
            raise Fault(f"{self.c_name}: two arguments of one name")

    @property
    def can_fail(self) -> bool:
        return self.returns is None

    def c_return(self) -> str:
        if self.can_fail:
            return "int32_t "
        if self.returns in ("text", "static text"):
            return "const char *"
        if self.returns == "nothing":
            return "void "
        return "const guanxi_error *" if self.returns == "error" else f"{NUMBERS[self.returns]} "

    def c_arguments(self) -> list[tuple[str, str]]:
        found = [argument for p in self.parameters for argument in p.c_arguments()]
        if self.returns == "text":
            found.append(("size_t *", "length"))
        if self.can_fail:
            found.append(("guanxi_error **", "err"))
        return found

    def thread(self) -> str:
        handles = [p for p in self.parameters if p.family == "handle" and not p.out]
        if not handles:
            return "any thread"
        if all(p.const for p in handles):
            return "several threads at once"
        return "one thread at a time"

    def product(self) -> Parameter | None:
        """The one thing that it gives, which its body returns."""
        given = [p for p in self.parameters if p.out]
        if len(given) != 1 or given[0].nullable or given[0].count:
            return None
        return given[0] if given[0].family in ("handle", "number", "struct") else None


class Release(Function):
    """Generated to the last line: there is nothing to write by hand."""

    def __init__(self, kind: str, api: "Api") -> None:
        self.kind = kind
        super().__init__({"function": f"{kind}_release", "doc": api.handles[kind]["released"],
                          "returns": "nothing", "parameters": {kind: kind},
                          "not_python": "Python releases what nothing needs any more"}, api)


class Struct:
    def __init__(self, item: dict, callbacks: dict) -> None:
        self.name, self.doc = item["struct"], item["doc"]
        self.given = self.asked = False  # a struct of options, one that is filled, or both
        self.fields: list[tuple[str, str, str]] = []
        for field in item["fields"]:
            (name, kind), = ((k, v) for k, v in field.items() if k != "doc")
            callback = kind.removeprefix("callback ")
            if callback != kind and callback not in callbacks:
                raise Fault(f"guanxi_{self.name}: there is no callback `{callback}`")
            if callback == kind and kind not in NUMBERS and kind not in ("text", "pointer"):
                raise Fault(f"guanxi_{self.name}: `{name}` is of no kind that a struct may hold")
            self.fields.append((name, kind, field.get("doc", "")))

    @staticmethod
    def c_type(kind: str) -> str:
        """The C type of a field that is no text."""
        if kind.startswith("callback "):
            return f"guanxi_{kind.removeprefix('callback ')}_callback "
        return "void *" if kind == "pointer" else f"{NUMBERS[kind]} "

    def members(self) -> list[str]:
        return [m for name, kind, _ in self.fields
                for m in ([name, f"{name}_length"] if kind == "text" else [name])]


class Api:
    def __init__(self, text: str) -> None:
        told = yaml.safe_load(text)
        self.version, self.since = told["version"], told["since"]
        self.preamble = told["preamble"]
        self.constants = told["constants"]
        self.handles = told["handles"]
        self.foreign = told.get("foreign", {})
        found = told["structs"] + [item for group in told["groups"] for item in group["items"]
                                   if "struct" in item]
        self.callbacks: dict[str, Callback] = dict.fromkeys(told["callbacks"])
        self.structs = {item["struct"]: Struct(item, self.callbacks) for item in found}
        self.callbacks = {name: Callback(name, item, self)
                          for name, item in told["callbacks"].items()}
        self.first_structs = [self.structs[item["struct"]] for item in told["structs"]]
        self.groups = [(group["group"], [self.item(i) for i in group["items"]])
                       for group in told["groups"]]
        self.functions = [i for _, items in self.groups for i in items if isinstance(i, Function)]
        for p in (p for f in self.functions for p in f.parameters if p.family == "struct"):
            if p.out:
                self.structs[p.kind].asked = True
            else:
                self.structs[p.kind].given = True
        self.check()

    def item(self, told: dict) -> "Function | Struct | str":
        if "note" in told:
            return told["note"]
        if "struct" in told:
            return self.structs[told["struct"]]
        return Release(told["release"], self) if "release" in told else Function(told, self)

    def check(self) -> None:
        names = [f.name for f in self.functions]
        for name in {n for n in names if names.count(n) > 1}:
            raise Fault(f"guanxi_{name} is told twice")
        for handle in self.handles:
            if f"{handle}_release" not in names and not self.handles[handle].get("lent"):
                raise Fault(f"the handle `{handle}` has no release")
        known = {f"GUANXI_{name.upper()}" for name, _, _ in self.named_constants()}
        known |= {"GUANXI_NTS", "GUANXI_UNSTABLE"}
        for f in self.functions:
            for word in re.findall(r"GUANXI_\w+", f"{f.doc} {f.errors or ''}"):
                if word not in known and not any(k.startswith(word) for k in known):
                    raise Fault(f"{f.c_name}: there is no {word}")
            for word in re.findall(r"\bguanxi_\w+", f"{f.doc} {f.errors or ''}"):
                if word[7:] not in names:
                    raise Fault(f"{f.c_name}: there is no {word}")

    def named_constants(self):
        return (named for group in self.constants for named in constants_of(group))

    def stable(self) -> list[str]:
        return sorted(f.c_name for f in self.functions if f.stable)

    def unstable(self) -> list[str]:
        return sorted(f.c_name for f in self.functions if not f.stable)
