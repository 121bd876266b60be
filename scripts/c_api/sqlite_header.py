"""The header by which a C host fills in the functions of its own SQLite: the C in a header of the
store's, which C++ hosts use as it is."""

from pathlib import Path

SOURCE = "include/guanxi/store/sqlite_functions.hpp"
HEAD = f"""/*
 * The functions of the host's own SQLite, for guanxi_open_in. Include the host's sqlite3.h first:
 *
 *   #include <sqlite3.h>
 *   #include <guanxi_sqlite.h>
 *
 *   const guanxi_sqlite_functions mine = guanxi_sqlite_functions_here();
 *   guanxi_open_in(NULL, db, &mine, NULL, &crm, &err);
 *
 * Members are named after what they point to, without `sqlite3_`, and have its type. With
 * sqlite3ext.h in place of sqlite3.h, the functions are those that SQLite gives an extension.
 *
 * This file is written by scripts/generate_c_api.py; change
 * {SOURCE}.
 */
#ifndef GUANXI_SQLITE_H
#define GUANXI_SQLITE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {{
#endif

"""
TAIL = """
#ifdef __cplusplus
}
#endif

#endif /* GUANXI_SQLITE_H */
"""


def sqlite_header(root: Path) -> str:
    lines = (root / SOURCE).read_text(encoding="utf-8").splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if line.startswith("#ifndef GUANXI_SQLITE"))
    last = next(i for i, line in enumerate(lines) if line.startswith("namespace"))
    return HEAD + "".join(lines[first:last]).rstrip() + "\n" + TAIL
