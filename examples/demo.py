"""Fills a SQLite CRM file and prints its reports: as the administrator, each manager and one agent.

    scripts/demo.sh                                   a company that the project makes up
    scripts/demo.sh --seed 7 --size 20000             another, larger one
    scripts/demo.sh --data DIR [--mapping FILE]       CSV files, by a mapping (docs/import.md)
    scripts/demo.sh --language zh                     in Chinese

It writes crm.gx, report.json and pages with charts into build/demo: report.html for the
administrator, own_report.html for that agent.
"""

import argparse
import json
import locale
import sys
import time
from importlib import metadata
from pathlib import Path

import guanxi
import guanxi.errors
from guanxi import terminal

PROJECT = Path(__file__).resolve().parent.parent
REPORT = PROJECT / "examples" / "reports" / "sales.json"
MAPPINGS = PROJECT / "examples" / "mappings"
SUMS = ("won", "lost", "won_value")


class Failed(Exception):
    """What the user of the demo can mend."""


def arguments():
    words = argparse.ArgumentParser(
        prog="demo.sh", description="Fills a SQLite CRM file and prints its reports."
    )
    words.add_argument("--data", type=Path, metavar="DIR", help="a folder of CSV files to import")
    words.add_argument("--mapping", type=Path, metavar="FILE",
                       help="how its columns become fields (default: DIR/mapping.json, else the "
                            "mapping of examples/mappings whose files are all there)")
    words.add_argument("--as", dest="login", metavar="LOGIN",
                       help="whose own report comes last (default: the agent with most deals)")
    words.add_argument("--seed", type=int, default=1, help="of the made-up company (default 1)")
    words.add_argument("--size", type=int, default=2000, help="its opportunities (default 2000)")
    words.add_argument("--out", type=Path, metavar="DIR", default=PROJECT / "build" / "demo",
                       help="where all of it goes (default build/demo)")
    words.add_argument("--language", choices=("en", "zh"), default=terminal.language(),
                       help="of the reports (default: the locale's)")
    words.add_argument("--quiet", action="store_true", help="no progress bar")
    given = words.parse_args()
    if given.mapping and not given.data:
        words.error("--mapping says how files are read; name their folder with --data")
    return given


# ---------------------------------------------------------------------------------- filling


def counted(number, noun):
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def files_of(mapping):
    return [table["file"] for table in mapping.get("tables", []) if "file" in table]


def find_mapping(data, given):
    if not data.is_dir():
        raise Failed(f"there is no folder `{data}`; name one that holds CSV files")
    if given:
        if not given.is_file():
            raise Failed(f"there is no mapping `{given}`")
        return given
    if (data / "mapping.json").is_file():
        return data / "mapping.json"
    for candidate in sorted(MAPPINGS.glob("*.json")):
        files = files_of(json.loads(candidate.read_text(encoding="utf-8")))
        if files and all((data / name).is_file() for name in files):
            return candidate
    raise Failed(f"no mapping of examples/mappings fits the files in `{data}`; name one with "
                 "--mapping (docs/import.md says how to write it)")


def import_data(admin, data, mapping, given):
    print(f"Importing `{data}` by `{mapping.name}`")
    with terminal.Progress("importing", quiet=given.quiet) as progress:
        report = admin.import_files(mapping, data, progress=progress)
    words = ("created", "updated", "unchanged", "repeated", "skipped")
    for file in report["files"]:
        print(f"  {file['name']}: {counted(file['rows'], 'row')}")
        for record in file["records"]:
            counts = ", ".join(f"{record[word]:,} {word}" for word in words if record[word])
            print(f"      {record['record']}: {counts or 'none'}")


def make_sample(admin, given):
    print(f"Making up a company of {given.size:,} opportunities (seed {given.seed})")
    with terminal.Progress("making up", quiet=given.quiet) as progress:
        made = admin.generate_sample(given.seed, given.size, progress=progress)
    print("  " + ", ".join(f"{entity} {count:,}" for entity, count in made["created"].items()))


# ---------------------------------------------------------------------------------- reports


def chart_library():
    """The text of ECharts, which a package of scripts/requirements.txt carries; None without it."""
    try:
        files = metadata.files("panel") or []
    except metadata.PackageNotFoundError:
        return None
    found = [f for f in files if f.name == "echarts.min.js"]
    return found[0].read_text(encoding="utf-8") if found else None


def print_report(title, session, language):
    print(f"\n══ {title} ══\n")
    print(session.report_text(REPORT, language=language, **terminal.style()), end="")


def print_managers(crm, admin, total, language):
    """What each manager sees, and that it adds up to what the administrator sees."""
    managers = list(admin.query(
        "select owner.manager.name as name, owner.manager.login as login from opportunity "
        "where owner.manager is not null group by owner.manager.name, owner.manager.login "
        "order by owner.manager.name, owner.manager.login"))
    definition = json.loads(REPORT.read_text(encoding="utf-8"))
    alone = {"guanxi_report": 1, "sections": [s for s in definition["sections"]
                                              if s["key"] == "total"]}
    heads = [definition["columns"][word][language] for word in SUMS]
    print("\n══ " + {"en": "As each manager", "zh": "各经理所见"}[language] + " ══\n")
    print("  " + "".join(terminal.padded(head, 16, right=True) for head in heads))
    sums = dict.fromkeys(SUMS, 0)
    for manager in managers:
        own = crm.as_user(manager.login).report(alone)["total"]
        print("  " + "".join(f"{own[word]:>16,}" for word in SUMS) + f"  {manager.name}")
        for word in sums:
            sums[word] += own[word]
    print("  " + "".join(f"{sums[word]:>16,}" for word in SUMS) + "  Σ")
    if any(sums[word] != total[word] for word in sums):
        raise Failed("the managers' parts do not add up to the administrator's total")
    print({"en": "\n  The managers' parts add up to the administrator's total.",
           "zh": "\n  各经理之和等于总计。"}[language])


def own_session(crm, admin, login):
    """A session of that user, by default of the agent with most deals; None if there is none."""
    if login is None:
        most = list(admin.query(
            "select owner.login as login, count() as deals from opportunity "
            "group by owner.login order by deals desc, owner.login limit 1"))
        if not most:
            return None
        login = most[0].login
    if len(admin.query("select id from user where login = :login", login=login)) == 0:
        raise Failed(f"there is no user `{login}`; see `select login, name from user`")
    return crm.as_user(login)


def print_own(own, language):
    found = own.query("select name from user where login = :login", login=own.login)
    name = found[0].name if len(found) else own.login
    title = {"en": f"As {name} ({own.login})", "zh": f"{name}（{own.login}）所见"}
    print_report(title[language], own, language)


def write(path, text):
    path.write_text(text, encoding="utf-8")
    print(f"Wrote `{path}`")


def run(given):
    mapping = find_mapping(given.data, given.mapping) if given.data else None
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "crm.gx"
    for old in ("crm.gx", "crm.gx-wal", "crm.gx-shm", "report.json", "report.html",
                "own_report.html"):
        (given.out / old).unlink(missing_ok=True)
    with guanxi.open(path) as crm:
        admin = crm.as_user("admin")
        started = time.monotonic()
        if mapping:
            import_data(admin, given.data, mapping, given)
        else:
            make_sample(admin, given)
        print(f"  filled `{path}` in {time.monotonic() - started:.1f} s")
        print_report({"en": "Sales report, as the administrator",
                      "zh": "销售报表 · 管理员所见"}[given.language], admin, given.language)
        print_managers(crm, admin, admin.report(REPORT)["total"], given.language)
        own = own_session(crm, admin, given.login)
        if own:
            print_own(own, given.language)
        print()
        write(given.out / "report.json", admin.report_json(REPORT))
        library = chart_library()
        for session, name in ((admin, "report.html"), (own, "own_report.html")):
            if session:
                page = session.report_page(REPORT, language=given.language, library=library)
                write(given.out / name, page)
    if library is None:
        print("The page has no charts: install scripts/requirements.txt, whose panel carries them")


def main():
    if terminal.is_ascii():
        sys.stdout.reconfigure(encoding=locale.getencoding(), errors="replace")
    given = arguments()
    try:
        run(given)
    except guanxi.errors.Error as why:
        print(f"demo: {why}", file=sys.stderr)
        for other in getattr(why, "others", ()):
            print(f"demo: also: {other}", file=sys.stderr)
        return 1
    except (Failed, OSError, ValueError) as why:
        print(f"demo: {why}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("demo: stopped; nothing of the import was kept", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
