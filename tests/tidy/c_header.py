"""The C headers compile, guanxi.h alone and guanxi_sqlite.h after SQLite's, as C99 and as C++20, with
every warning an error.

c_header.py               checks capi/include, where it exists
c_header.py --self-test   proves that it can complain
"""

import os
import subprocess
from pathlib import Path

from checker import Planted, run

STRICT = ["-Wall", "-Wextra", "-pedantic", "-Werror", "-fsyntax-only"]
PROGRAMS = {
    "guanxi.h": '#include "guanxi.h"\n',
    "guanxi_sqlite.h": '#include <sqlite3.h>\n#include "guanxi_sqlite.h"\n#include "guanxi.h"\n'
                       "guanxi_sqlite_functions f(void);\n"
                       "guanxi_sqlite_functions f(void) { return guanxi_sqlite_functions_here(); }\n",
}
LANGUAGES = {
    "C99": [os.environ.get("CC", "gcc"), "-std=c99", "-Wstrict-prototypes", "-x", "c"],
    "C++20": [os.environ.get("CXX", "g++"), "-std=c++20", "-x", "c++"],
}


def check(root: Path) -> list[str]:
    folder = root / "capi" / "include"
    if not (folder / "guanxi.h").exists():
        return []
    found = []
    for header, program in PROGRAMS.items():
        if not (folder / header).exists():
            continue
        for language, command in LANGUAGES.items():
            compiled = subprocess.run(
                [*command, *STRICT, "-I", str(folder), "-"], input=program,
                capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"})
            if compiled.returncode != 0:
                found.append(f"{header} is not good {language}:\n{compiled.stderr}")
    return found


GOOD = """
#ifndef GUANXI_H
#define GUANXI_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
typedef struct guanxi_store guanxi_store;
int32_t guanxi_open(const char* path, guanxi_store** out);
#ifdef __cplusplus
}
#endif
#endif
"""


def with_line(line: str) -> dict[str, str]:
    return {"capi/include/guanxi.h": GOOD.replace("int32_t guanxi_open", f"{line}\nint32_t guanxi_open")}


CASES = [
    Planted("no header yet", {}, None),
    Planted("a good header", {"capi/include/guanxi.h": GOOD}, None),
    Planted("a missing include", {"capi/include/guanxi.h": GOOD.replace("#include <stdint.h>", "")},
            "not good C99"),
    Planted("a line comment", with_line("// C99 has these\nint guanxi_f();"), "not good C99"),
    Planted("an unnamed union", with_line("struct guanxi_x { union { int a; int b; }; };"),
            "not good C99"),
    Planted("a zero-length array", with_line("struct guanxi_x { int n; int rest[0]; };"), "not good C"),
    Planted("a pointer of another type",
            {"capi/include/guanxi.h": GOOD,
             "capi/include/guanxi_sqlite.h":
                 "typedef struct { int (*step)(int); } guanxi_sqlite_functions;\n"
                 "static guanxi_sqlite_functions guanxi_sqlite_functions_here(void) {\n"
                 "  guanxi_sqlite_functions here;\n  here.step = sqlite3_step;\n"
                 "  return here;\n}\n"},
            "guanxi_sqlite.h is not good C99"),
    Planted("a C++ keyword", with_line("int guanxi_f(int class);"), "not good C++20"),
]

if __name__ == "__main__":
    run(check, CASES)
