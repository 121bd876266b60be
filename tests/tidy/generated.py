"""What is generated from capi/api.yaml is current, and api.yaml says nothing that it must not.

generated.py             checks the project
generated.py --self-test   proves that it can complain
"""

import sys
from pathlib import Path

from checker import Planted, run

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT / "scripts"))

from c_api.model import Api, Fault  # noqa: E402
from c_api.sqlite_header import SOURCE as SQLITE_FUNCTIONS, sqlite_header  # noqa: E402
from generate_c_api import FILES, stale  # noqa: E402

HEADER = "capi/include/guanxi.h"


def check(root: Path) -> list[str]:
    try:
        return [f"{path} is not what capi/api.yaml says; run scripts/generate_c_api.py"
                for path in stale(root)]
    except Fault as fault:
        return [f"capi/api.yaml: {fault}"]


def current(told: str) -> dict[str, str]:
    api = Api(told)
    functions = (PROJECT / SQLITE_FUNCTIONS).read_text(encoding="utf-8")
    return {"capi/api.yaml": told, SQLITE_FUNCTIONS: functions,
            "capi/include/guanxi_sqlite.h": sqlite_header(PROJECT)} | \
        {path: write(api) for path, write in FILES.items()}


def cases() -> list[Planted]:
    told = (PROJECT / "capi/api.yaml").read_text(encoding="utf-8")
    tree = current(told)

    def saying(old: str, new: str) -> dict[str, str]:
        assert old in told, old
        return tree | {"capi/api.yaml": told.replace(old, new, 1)}

    return [
        Planted("current files", tree, None),
        *(Planted(f"a changed {path}", tree | {path: tree[path] + "\n"}, f"{path} is not what")
          for path in FILES),
        Planted("a missing file", {path: text for path, text in tree.items() if path != HEADER},
                f"{HEADER} is not what"),
        Planted("a changed word", saying("Makes the open transaction permanent.", "Commits."),
                f"{HEADER} is not what"),
        Planted("an unknown kind", saying("tenant: out tenant", "tenant: out tenat"),
                "there is no kind `tenat`"),
        Planted("an unknown code", saying("errors: GUANXI_MISUSE if none", "errors: GUANXI_MISUS_E if none"),
                "there is no GUANXI_MISUS_E"),
        Planted("an unknown call", saying("as for\n          guanxi_create.", "as for\n          guanxi_creat."),
                "there is no guanxi_creat"),
        Planted("no word about Python", saying("        python: Session.interrupt\n", ""),
                "guanxi_interrupt: needs `python` or `not_python`"),
        Planted("a handle that nobody releases", saying("      - release: result\n", ""),
                "the handle `result` has no release"),
    ]


if __name__ == "__main__":
    run(check, cases() if "--self-test" in sys.argv else [])
