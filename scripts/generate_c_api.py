"""Writes what follows from capi/api.yaml: the C header, the export map, the throw barriers, the
reference, and the table of exports for tests.

generate_c_api.py           writes the files that are not current
generate_c_api.py --check   writes nothing; says which are not current, and fails if any is not
"""

import sys
from pathlib import Path

from c_api.barriers import bodies, exports, table
from c_api.header import export_map, header
from c_api.model import Api, Fault
from c_api.reference import reference
from c_api.sqlite_header import sqlite_header

FILES = {
    "capi/include/guanxi.h": header,
    "capi/guanxi.map": export_map,
    "capi/bodies.hpp": bodies,
    "capi/exports.cpp": exports,
    "tests/capi/every_export.hpp": table,
    "docs/reference/c.md": reference,
}


def stale(root: Path) -> dict[str, str]:
    """The files that are not as api.yaml has them, and what they should be."""
    api = Api((root / "capi/api.yaml").read_text(encoding="utf-8"))
    wanted = {path: write(api) for path, write in FILES.items()}
    wanted["capi/include/guanxi_sqlite.h"] = sqlite_header(root)
    return {path: text for path, text in wanted.items()
            if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text}


def main() -> int:
    root = Path(__file__).resolve().parents[1]
    try:
        found = stale(root)
    except Fault as fault:
        print(f"capi/api.yaml: {fault}")
        return 1
    for path, text in found.items():
        if "--check" in sys.argv:
            print(f"{path} is not what capi/api.yaml says; run scripts/generate_c_api.py")
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text, encoding="utf-8")
            print(f"wrote {path}")
    return 1 if found and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
