"""Fills a SQLite CRM file and prints its reports: as the administrator, each manager and one agent.

    scripts/demo.sh                                   a company that the project makes up
    scripts/demo.sh --seed 7 --size 20000             another, larger one
    scripts/demo.sh --data DIR [--mapping FILE]       CSV files, by a mapping (docs/import.md)

It writes crm.gx and report.json into build/demo.
"""

import argparse
import json
import sys
import time
import unicodedata
from pathlib import Path

import guanxi
import guanxi.errors

PROJECT = Path(__file__).resolve().parent.parent
REPORT = PROJECT / "examples" / "reports" / "sales.json"
MAPPINGS = PROJECT / "examples" / "mappings"
MEASURES = ("won", "lost", "won_value", "win_rate")


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
                       help="where crm.gx and report.json go (default build/demo)")
    given = words.parse_args()
    if given.mapping and not given.data:
        words.error("--mapping says how files are read; name their folder with --data")
    return given


# ---------------------------------------------------------------------------------- text


def width(text):
    """Columns of a terminal: wide East Asian characters take two."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def digits(number):
    """How many stand after the point."""
    return len(str(number).partition(".")[2])


def shown(cell, places=None):
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    return f"{cell:,.{digits(cell) if places is None else places}f}"


def is_number(cell):
    return cell is not None and not isinstance(cell, str)


def print_table(heads, rows):
    """Texts stand left, numbers right, with as many digits after the point as the column needs."""
    columns = [[row[i] for row in rows] for i in range(len(heads))]
    right = [any(map(is_number, column)) for column in columns]
    places = [max(map(digits, filter(is_number, column)), default=0) for column in columns]
    places = [2 if n == 1 else n for n in places]  # as amounts are written
    lines = [[shown(cell, places[i]) for i, cell in enumerate(row)] for row in rows]
    widths = [max(width(line[i]) for line in [heads, *lines]) for i in range(len(heads))]

    def line(cells):
        padded = []
        for cell, size, to_right in zip(cells, widths, right):
            space = " " * (size - width(cell))
            padded.append(space + cell if to_right else cell + space)
        return "  " + "   ".join(padded).rstrip()

    print(line(heads))
    print("  " + "   ".join("─" * size for size in widths))
    for cells in lines:
        print(line(cells))


def both(label):
    """A label in English and Chinese."""
    return " ".join(label[language] for language in ("en", "zh") if language in label)


class Heads:
    """What the report calls its columns."""

    def __init__(self, definition):
        self._labels = definition.get("columns", {})

    def __call__(self, column):
        label = self._labels.get(column)
        return both(label) if label else column


def first_column(section):
    """What a map's query calls its key."""
    return section["query"].split(" as ", 1)[1].split(",")[0].split()[0]


def last_column(section):
    return section["query"].split(" from ")[0].rsplit(" as ", 1)[1].split()[0]


def print_section(section, answer, heads, level=0):
    title = both(section.get("title", {})) or section["key"]
    print(f"\n{'  ' * level}{'■' if level == 0 else '·'} {title}")
    if "sections" in section:
        for part in section["sections"]:
            print_section(part, answer[part["key"]], heads, level + 1)
    elif not isinstance(answer, (dict, list)):
        print("  " + shown(answer))
    elif isinstance(answer, list):
        names = list(answer[0]) if answer else []
        print_table([heads(n) for n in names], [list(row.values()) for row in answer])
    elif section["shape"] == "row":
        print_table([heads(n) for n in answer], [list(answer.values())])
    else:
        first = next(iter(answer.values()), None)
        names = list(first) if isinstance(first, dict) else [last_column(section)]
        rows = [[key, *(cell.values() if isinstance(cell, dict) else [cell])]
                for key, cell in answer.items()]
        print_table([heads(first_column(section)), *map(heads, names)], rows)


def to_json(x, indent=0):
    """JSON with every digit of a number as the report gave it."""
    pad = " " * (indent + 2)
    if isinstance(x, dict) and x:
        inner = ",\n".join(f"{pad}{json.dumps(k, ensure_ascii=False)}: {to_json(v, indent + 2)}"
                           for k, v in x.items())
        return "{\n" + inner + "\n" + " " * indent + "}"
    if isinstance(x, list) and x:
        inner = ",\n".join(pad + to_json(v, indent + 2) for v in x)
        return "[\n" + inner + "\n" + " " * indent + "]"
    if x is None or isinstance(x, (str, bool, dict, list)):
        return json.dumps(x, ensure_ascii=False)
    return str(x)


# ---------------------------------------------------------------------------------- filling


def progress(verb):
    """A line that counts up, where there is a terminal to show it."""
    started = time.monotonic()
    last = [0.0]

    def told(done, total):
        now = time.monotonic()
        if sys.stderr.isatty() and (now - last[0] > 0.1 or done == total):
            last[0] = now
            sys.stderr.write(f"\r{verb}: {done:,} of {total:,} ({now - started:.1f} s) ")
            if done == total:
                sys.stderr.write("\n")
            sys.stderr.flush()
        return True

    return told


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


def import_data(admin, data, mapping):
    print(f"Importing `{data}` by `{mapping.name}`")
    report = admin.import_files(mapping.read_text(encoding="utf-8"), str(data),
                                progress=progress("importing"))
    words = ("created", "updated", "unchanged", "repeated", "skipped")
    for file in report["files"]:
        print(f"  {file['name']}: {counted(file['rows'], 'row')}")
        for record in file["records"]:
            counts = ", ".join(f"{record[word]:,} {word}" for word in words if record[word])
            print(f"      {record['record']}: {counts or 'none'}")


def make_sample(admin, seed, size):
    print(f"Making up a company of {size:,} opportunities (seed {seed})")
    made = admin.generate_sample(seed=seed, opportunities=size, progress=progress("making"))
    print("  " + ", ".join(f"{entity} {count:,}" for entity, count in made["created"].items()))


# ---------------------------------------------------------------------------------- reports


def print_report(title, definition, answers):
    print(f"\n══ {title} ══")
    heads = Heads(definition)
    for section in definition["sections"]:
        print_section(section, answers[section["key"]], heads)


def print_managers(crm, admin, definition, total):
    """What each manager sees, and that it adds up to what the administrator sees."""
    managers = list(admin.query(
        "select owner.manager.name as name, owner.manager.login as login from opportunity "
        "where owner.manager is not null group by owner.manager.name, owner.manager.login "
        "order by owner.manager.name, owner.manager.login"))
    alone = {**definition, "sections": [s for s in definition["sections"] if s["key"] == "total"]}
    heads = Heads(definition)
    rows, sums = [], dict.fromkeys(MEASURES[:3], 0)
    for manager in managers:
        sees = crm.as_user(manager.login)
        own = sees.report(alone)["total"]
        deals = sees.query("select count() as deals from opportunity")[0].deals
        rows.append([manager.name, deals, *(own[m] for m in MEASURES)])
        for measure in sums:
            sums[measure] += own[measure]
    print("\n══ As each manager 各经理所见 ══\n")
    rows.append(["Σ", sum(row[1] for row in rows), *(sums[m] for m in MEASURES[:3]), None])
    print_table([heads("manager"), heads("deals"), *map(heads, MEASURES)], rows)
    if all(sums[m] == total[m] for m in sums):
        print("\n  The managers' parts add up to the administrator's total. 各经理之和等于总计。")
    else:
        raise Failed("the managers' parts do not add up to the administrator's total")


def print_own(crm, admin, definition, login):
    if login is None:
        most = list(admin.query(
            "select owner.login as login, count() as deals from opportunity "
            "group by owner.login order by deals desc, owner.login limit 1"))
        if not most:
            return
        login = most[0].login
    name = admin.query("select name from user where login = :login", login=login)
    if len(name) == 0:
        raise Failed(f"there is no user `{login}`; see `select login, name from user`")
    print_report(f"As {name[0].name} ({login}) 所见", definition,
                 crm.as_user(login).report(definition))


def run(given):
    mapping = find_mapping(given.data, given.mapping) if given.data else None
    given.out.mkdir(parents=True, exist_ok=True)
    path = given.out / "crm.gx"
    for old in (path, path.with_name("crm.gx-wal"), path.with_name("crm.gx-shm")):
        old.unlink(missing_ok=True)
    definition = json.loads(REPORT.read_text(encoding="utf-8"))
    with guanxi.open(str(path)) as crm:
        admin = crm.as_user("admin")
        started = time.monotonic()
        if mapping:
            import_data(admin, given.data, mapping)
        else:
            make_sample(admin, given.seed, given.size)
        print(f"  filled `{path}` in {time.monotonic() - started:.1f} s")
        answers = admin.report(definition)
        print_report(f"{both(definition['title'])} · as the administrator 管理员所见",
                     definition, answers)
        print_managers(crm, admin, definition, answers["total"])
        print_own(crm, admin, definition, given.login)
    written = given.out / "report.json"
    written.write_text(to_json(answers) + "\n", encoding="utf-8")
    print(f"\nWrote `{written}`")


def main():
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
        print("\ndemo: stopped; nothing of the import was kept", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
