"""The program `guanxi`: what it answers is what the module answers on the same file, and what it
refuses it refuses with a reason and a code."""

import contextlib
import datetime
import decimal
import itertools
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import time
from pathlib import Path

import guanxi
import program
import pyarrow
import pytest
from guanxi import terminal

PROJECT = Path(os.environ.get("GUANXI_SOURCE_DIR", Path(__file__).resolve().parents[2]))
REPORT = PROJECT / "examples" / "reports" / "sales.json"
DEALS = "select name, account.name as customer, amount, close_date from opportunity order by name"


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A store that the program has made and filled, closed."""
    folder = tmp_path_factory.mktemp("sample")
    made = program.run("create", "-f", "shop.gx", "--sample", 60, "--seed", 5, "--admin", "boss",
                       "--admin-name", "老板", folder=folder)
    assert (made.returncode, made.stdout, made.stderr) == (0, "administrator: boss\n", "")
    return folder / "shop.gx"


@pytest.fixture
def shop(sample, tmp_path):
    return Path(shutil.copy(sample, tmp_path))


@pytest.fixture
def guanxi_does(tmp_path):
    """Runs the program in the test's folder, and wants it to end well; gives what it printed."""

    def does(*words, stdin="", **others):
        done = program.run(*words, folder=tmp_path, stdin=stdin, **others)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout

    return does


@pytest.fixture
def refused(tmp_path):
    """Runs the program and wants it to fail so; gives what it said, and it printed nothing."""

    def does(*words, code=1, stdin="", **others):
        done = program.run(*words, folder=tmp_path, stdin=stdin, **others)
        assert done.returncode == code, done.stderr
        assert done.stdout == ""
        assert done.stderr.startswith("guanxi: ") and done.stderr.endswith("\n")
        return done.stderr

    return does


@contextlib.contextmanager
def as_boss(path):
    with guanxi.open(path, create=False) as crm, crm.as_user("boss") as s:
        yield s


# ------------------------------------------------------------------------------------ arguments


def test_help_names_every_command_and_the_codes(guanxi_does):
    shown = guanxi_does("--help")
    for command in ("create", "import", "query", "report", "explain", "verify", "salvage", "backup",
                    "restore", "changes", "schema", "search", "info", "shell"):
        assert re.search(rf"^  {command} ", shown, re.M), command
        assert "--file" in guanxi_does(command, "--help")
    assert "130" in shown
    assert guanxi_does("--version") == f"guanxi {guanxi.__version__}\n"


@pytest.mark.parametrize("words, said", [
    ([], "subcommand is required"),
    (["qery"], "`qery` is no command; did you mean `query`?; see `guanxi --help`"),
    (["query", "select id from account"], "--file is required; see `guanxi query --help`"),
    (["query", "-f", "x.gx", "select id from account"], "give --as LOGIN, or --system CAUSE"),
    (["query", "-f", "x.gx", "--as", "a", "--system", "b", "q"], "--as excludes --system"),
    (["query", "-f", "x.gx", "--as", "a", "--format", "xml", "q"],
     "`xml` is no word for `--format`; it takes table, csv, json or jsonl"),
    (["query", "-f", "x.gx", "--as", "a", "--nonsense", "q"], "--nonsense"),
    (["query", "-f", "x.gx", "--as", "a", "--for", "b", "q"], "--explain"),
    (["search", "-f", "x.gx", "--as", "a", "--limit", "1001", "t"], "1001"),
    (["create", "-f", "x.gx", "--seed", "7"], "--sample"),
    (["changes", "-f", "x.gx", "--as", "a"], "--cursor NAME"),
    (["explain", "-f", "x.gx", "--as", "a", "see", "account", "1"], "read, create, edit"),
    (["explain", "-f", "x.gx", "--as", "a", "read", "account", "1", "name", "--for", "b"], "--as b"),
])
def test_wrong_arguments_are_code_2(refused, tmp_path, words, said):
    assert said in refused(*words, code=2)
    assert list(tmp_path.iterdir()) == []


# --------------------------------------------------------------------------------------- create


def test_a_new_store_has_its_administrator(sample):
    with as_boss(sample) as s:
        assert s.query("select name from user where login = 'boss'")[0].name == "老板"
        assert s.query("select count() as n from opportunity")[0].n == 60
        assert len(s.query("select id from user where login = 'admin'")) == 0


def test_what_is_there_stays(refused, tmp_path):
    (tmp_path / "x.gx").write_text("mine")
    assert "`x.gx` already" in refused("create", "-f", "x.gx")
    assert (tmp_path / "x.gx").read_text() == "mine"


def test_nothing_is_left_of_a_store_that_could_not_be_made(refused, tmp_path):
    assert "currency" in refused("create", "-f", "x.gx", "--currency", "EURO")
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_of_memory_is_a_file_like_others(guanxi_does, tmp_path):
    guanxi_does("create", "-f", "x.gxm", "--memory", "--currency", "CNY")
    told = json.loads(guanxi_does("info", "-f", "x.gxm", "--format", "json"))
    assert (told["store"], told["base_currency"]) == ("memory", "CNY")
    guanxi_does("changes", "-f", "x.gxm", "--as", "admin", "--cursor", "erp")
    with guanxi.open(tmp_path / "x.gxm", store="memory", create=False) as crm:
        with crm.as_user("admin") as s:
            assert list(s.cursors().values()) == [s.last_change()]


def test_ctrl_c_leaves_nothing_of_a_new_store(tmp_path):
    with program.Terminal("create", "-f", "x.gx", "--sample", 200_000, folder=tmp_path) as at:
        at.read("making up  ")
        at.type("\x03")
        shown, code = at.rest()
    assert code == 130, shown
    assert "interrupted" in shown
    assert list(tmp_path.iterdir()) == []


def test_info_tells_of_the_file(guanxi_does, shop):
    told = json.loads(guanxi_does("info", "-f", shop, "--format", "json"))
    with as_boss(shop) as s:
        assert told["last_change"] == s.last_change()
        assert told["standard_entities"] == len(s.catalog)
        assert told["standard_entities"] == len(s.catalog)
    assert told["library"] == guanxi.__version__ and told["bytes"] == shop.stat().st_size
    assert "本位币：USD\n" in guanxi_does("info", "-f", shop, "--language", "zh")


def test_a_file_of_the_first_format_opens(guanxi_does, tmp_path):
    shutil.copy(PROJECT / "tests" / "golden" / "sqlite_1.gx", tmp_path)
    shutil.copy(PROJECT / "tests" / "golden" / "memory_1.gxm", tmp_path)
    for name in ("sqlite_1.gx", "memory_1.gxm"):
        assert "last change: " in guanxi_does("info", "-f", name)
        assert guanxi_does("verify", "-f", name).startswith("sound: ")


# ---------------------------------------------------------------------------------------- query


def test_answers_are_those_of_the_module(guanxi_does, shop):
    with as_boss(shop) as s:
        wanted = s.query(DEALS)
        assert guanxi_does("query", "-f", shop, "--as", "boss", DEALS, "--format",
                           "json") == wanted.to_json() + "\n"
        csv = program.run("query", "-f", shop, "--as", "boss", DEALS, "--format", "csv",
                          folder=shop.parent).stdout
        assert csv == wanted.to_csv().replace("\r\n", "\n")  # as Python reads lines
        lines = guanxi_does("query", "-f", shop, "--as", "boss", DEALS, "--format", "jsonl")
        assert [json.loads(line) for line in lines.splitlines()] == json.loads(wanted.to_json())


def test_tables_line_up_with_wide_characters(guanxi_does, shop):
    shown = guanxi_does("query", "-f", shop, "--as", "boss", "--width", 30,
                        "select name, city, id from account order by id")
    heads, rule, *lines, last = shown.splitlines()
    assert "科技" in shown and last == f"({len(lines)} rows)" and "\x1b" not in shown
    places = [[terminal.width(line[:m.start()]) for m in re.finditer("[│┼]", line)]
              for line in (heads, rule, *lines)]
    assert len({tuple(p) for p in places}) == 1, shown
    assert all(len(p) == 2 for p in places)


@pytest.mark.parametrize("condition, words, values", [
    ("amount > :x", ["--set", "x=1200.50"], {"x": decimal.Decimal("1200.50")}),
    ("amount > :x", ["--set", "x=9000"], {"x": 9000}),
    ("close_date > :x", ["--set", "x=2025-06-01"], {"x": "2025-06-01"}),
    ("close_date > :x", ["--set", "x=date '2025-06-01'"], {"x": datetime.date(2025, 6, 1)}),
    ("created_at > :x", ["--set", "x=instant '2020-01-01T00:00:00Z'"],
     {"x": "2020-01-01T00:00:00Z"}),
    ("stage.is_won = :x", ["--set", "x=true"], {"x": True}),
    ("coalesce(amount, 0) > :x", ["--set", "x=null"], {"x": None}),
    ("number = :x", ["--set", "x='007'"], {"x": "007"}),
    ("number = :x", ["--set", "x=007"], {"x": "007"}),
    ("name != :x", ["--set", "x='it''s=4'"], {"x": "it's=4"}),
    ("stage.name in :x and name != :y", ["--list", "x=Won", "--list", "x=Lost", "--set", "y=a b"],
     {"x": ["Won", "Lost"], "y": "a b"}),
])
def test_parameters(guanxi_does, shop, condition, words, values):
    text = f"select id from opportunity where {condition} order by id"
    with as_boss(shop) as s:
        wanted = s.query(text, values).to_json()
    assert guanxi_does("query", "-f", shop, "--as", "boss", text, "--format", "json",
                       *words) == wanted + "\n"


def test_parameters_that_are_none(refused, shop):
    ask = ("query", "-f", shop, "--as", "boss", "select id from account where name = :n")
    assert "write name=value" in refused(*ask, "--set", "n")
    assert "given twice" in refused(*ask, "--set", "n=a", "--set", "n=b")
    assert "64 bits" in refused(*ask, "--set", "n=99999999999999999999")
    assert "no value given for parameter `:n`" in refused(*ask, "--set", "m=a")
    assert "date" in refused(*ask, "--set", "n=date '2026-02-30'")


def test_a_statement_from_standard_input(guanxi_does, shop):
    text = "select count() as n -- all of them; really\nfrom account\nwhere name != ';';\n"
    assert "(1 row)" in guanxi_does("query", "-f", shop, "--as", "boss", "-", stdin=text)


def test_an_answer_goes_into_a_file_whole_or_not_at_all(guanxi_does, refused, shop, tmp_path):
    ask = ("query", "-f", shop, "--as", "boss", DEALS)
    assert guanxi_does(*ask, "--format", "csv", "-o", "deals.csv") == ""
    with as_boss(shop) as s:
        assert (tmp_path / "deals.csv").read_bytes() == s.query(DEALS).to_csv().encode()
    assert guanxi_does(*ask, "-o", "deals.txt") == ""
    assert (tmp_path / "deals.txt").read_text(encoding="utf-8") == guanxi_does(*ask)
    before = shop.read_bytes()
    shutil.copy(shop, tmp_path / "other.gx")
    for form in ("table", "json"):
        for store in (shop.name, "other.gx"):
            assert "(duplicate)" in refused(*ask, "--format", form, "-o", store)
        assert "(store_io)" in refused(*ask, "--format", form, "-o", "no/folder.txt")
    assert shop.read_bytes() == before == (tmp_path / "other.gx").read_bytes()
    assert {p.name for p in tmp_path.iterdir()} <= {
        "shop.gx", "shop.gx-wal", "shop.gx-shm", "other.gx", "deals.csv", "deals.txt"}


def test_a_full_disk_is_told(shop):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([program.path(), "query", "-f", shop, "--as", "boss", DEALS],
                              stdout=full, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 1 and "could not write standard output" in done.stderr


def test_an_error_shows_its_place(refused, shop):
    said = refused("query", "-f", shop, "--as", "boss",
                   "select name from account\nwhere name = '万科' and nmae = 'x'")
    assert said == ("guanxi: no field `nmae` on `account`; did you mean `name`? (unknown_name)\n"
                    "  where name = '万科' and nmae = 'x'\n"
                    "                          ^\n")
    assert "(limit)" in refused("query", "-f", shop, "--as", "boss", "--max-rows", 2, DEALS)
    assert "no active user `nobody`" in refused("query", "-f", shop, "--as", "nobody", DEALS)
    assert "(file_missing)" in refused("query", "-f", "none.gx", "--as", "boss", DEALS)
    assert not (shop.parent / "none.gx").exists()


def test_how_a_query_is_answered(guanxi_does, refused, crm, people, tmp_path):
    text = "select name from account where name = :x"
    words = ("query", "-f", "crm.gx", text, "--set", "x=A", "--explain")
    shape = json.loads(guanxi_does(*words, "--as", "admin", "--format", "json", "--for", "li"))
    with crm.as_user("admin") as s:
        assert shape == s.explain_query(text, x="A", login="li")
    shown = guanxi_does(*words, "--as", "admin")
    assert "division: store\n" in shown and "guard: account: all\n" in shown
    assert "(permission)" in refused(*words, "--as", "li")


# ---------------------------------------------------------------------------- what a user may see


def test_a_hidden_field_is_no_field(guanxi_does, refused, crm, s, reader):
    s.create("account", name="Acme", city="Wuhan")
    asked = guanxi_does("query", "-f", "crm.gx", "--as", "reader", "select * from account",
                        "--format", "json")
    with crm.as_user("reader") as theirs:
        assert asked == theirs.query("select * from account").to_json() + "\n"
    assert "Wuhan" not in asked
    hidden = refused("query", "-f", "crm.gx", "--as", "reader", "select city from account")
    unknown = refused("query", "-f", "crm.gx", "--as", "reader", "select cizy from account")
    assert hidden == unknown.replace("cizy", "city")
    assert "city" not in guanxi_does("schema", "-f", "crm.gx", "--as", "reader", "account")
    hidden = refused("schema", "-f", "crm.gx", "--as", "reader", "lead")
    assert hidden == refused("schema", "-f", "crm.gx", "--as", "reader", "leaf").replace("leaf",
                                                                                         "lead")


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("login", ["admin", "reader"])
def test_the_schema_is_that_of_the_module(guanxi_does, crm, reader, login, language):
    words = ("schema", "-f", "crm.gx", "--as", login, "--format", "json", "--language", language)
    entities = json.loads(guanxi_does(*words))
    with crm.as_user(login) as theirs:
        assert entities == [
            {"entity": e.name, "label": e.label(language), "plural": e.plural(language),
             "fields": len(e), "custom": e.custom} for e in theirs.catalog]
        known = [(e.name, f.name, f.kind, f.label(language), f.target or None, f.initial,
                  [f"{c.code} {c.label(language)}" for c in f.choices] or None, f.required)
                 for e in theirs.catalog for f in e]
    fields = json.loads(guanxi_does(*words, *(e["entity"] for e in entities)))
    assert known == [
        (f["entity"], f["field"], f["kind"], f["label"], f["target"], f["default"],
         f["choices"] and f["choices"].split(", "), "required" in (f["rules"] or "").split(", "))
        for f in fields]


def test_why_a_user_may_or_may_not(guanxi_does, refused, crm, s, people):
    acme = s.create("account", name="Acme", owner=people.wang)

    def explained(*words, login="admin", language="en"):
        text = guanxi_does("explain", "-f", "crm.gx", "--as", login, *words, "--format", "json",
                           "--language", language)
        told = json.loads(text)
        return told["allowed"], [(r["grants"], r["code"], r["text"]) for r in told["reasons"]]

    def known(why, language="en"):
        return why.allowed, [(r.grants, r.code, r.text(language)) for r in why.reasons]

    assert explained("edit", "account", acme.id) == known(s.explain("edit", acme))
    assert explained("edit", "account", acme.id, "city", language="zh") == known(
        s.explain("edit", acme, "city"), "zh")
    why = s.explain_for("li", "edit", acme)
    assert explained("edit", "account", acme.id, "--for", "li") == known(why) and not why.allowed
    shown = guanxi_does("explain", "-f", "crm.gx", "--as", "admin", "edit", "account", acme.id,
                        "--for", "li", "--language", "zh")
    assert shown.startswith("拒绝\n") and why.reasons[0].text("zh") in shown
    assert "(not_found)" in refused("explain", "-f", "crm.gx", "--as", "admin", "read", "account",
                                    999)
    assert "(permission)" in refused("explain", "-f", "crm.gx", "--as", "wang", "read", "account",
                                     acme.id, "--for", "li")


def test_search_finds_what_the_module_finds(guanxi_does, refused, shop):
    with as_boss(shop) as s:
        wanted = s.search("zhang", entities=["contact", "account"], limit=5)
        assert len(wanted) > 0
        assert guanxi_does("search", "-f", shop, "--as", "boss", "zhang", "--entity", "contact",
                           "--entity", "account", "--limit", 5,
                           "--format", "json") == wanted.to_json() + "\n"
    assert "did you mean `contact`" in refused("search", "-f", shop, "--as", "boss", "zhang",
                                               "--entity", "contakt")


def test_system_sight_is_nobody(guanxi_does, crm, s, tmp_path):
    s.create("account", name="Acme")
    (tmp_path / "a.csv").write_text("Name\n明湖科技\n", encoding="utf-8")
    (tmp_path / "m.json").write_text(json.dumps({"guanxi_mapping": 1, "tables": [
        {"file": "a.csv", "records": [
            {"entity": "account", "key": ["name"], "fields": {"name": "Name"}}]}]}))
    guanxi_does("import", "-f", "crm.gx", "--system", "nightly", "-m", "m.json")
    found = s.query("select id from account where name = '明湖科技'")[0].id
    assert [e.user for e in s.history("account", found)] == [None]


# --------------------------------------------------------------------------------------- report


def test_a_report_in_each_form(guanxi_does, refused, shop, tmp_path):
    words = ("report", "-f", shop, "--as", "boss", REPORT)
    with as_boss(shop) as s:
        assert guanxi_does(*words, "--format", "json") == s.report_json(REPORT) + "\n"
        for language in ("en", "zh"):
            assert guanxi_does(*words, "--format", "text", "--language",
                               language) == s.report_text(REPORT, language=language, width=80)
    assert guanxi_does(*words, "-o", "sales.html", "--language", "zh", "--title", "季报") == ""
    page = (tmp_path / "sales.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans"' in page and "<title>季报" in page and page.endswith("</html>\n")
    assert "在跟商机" in guanxi_does(*words, "--language", "zh")
    assert "(file_missing)" in refused("report", "-f", shop, "--as", "boss", "none.json")
    assert "(duplicate)" in refused(*words, "-o", shop.name)


def test_a_report_is_coloured_at_a_terminal_alone(shop):
    for others, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        with program.Terminal("report", "-f", shop, "--as", "boss", REPORT, "--format", "text",
                              folder=shop.parent, **others) as at:
            shown, code = at.rest()
        assert code == 0 and ("\x1b[" in shown) is coloured


# -------------------------------------------------------------------------------------- keeping


def test_a_damaged_store_is_found_out_and_rescued(guanxi_does, shop, tmp_path):
    with as_boss(shop) as s:
        acme = s.create("account", name="Acme of Lisbon")
    with guanxi.open(shop) as crm:
        assert crm.verify() == []
    assert guanxi_does("verify", "-f", shop, "--language", "zh").startswith("完好：")
    assert json.loads(guanxi_does("verify", "-f", shop, "--format", "json"))["sound"] is True
    shop.write_bytes(shop.read_bytes().replace(b"Acme of Lisbon", b"Acme of Risbon"))
    found = program.run("verify", "-f", shop, folder=tmp_path)
    assert (found.returncode, found.stderr) == (1, "")
    assert re.search(rf"^record +│ account +│ +{acme.id} │", found.stdout, re.M)
    assert "\ndamaged: " in found.stdout
    told = program.run("verify", "-f", shop, "--format", "json", folder=tmp_path)
    assert told.returncode == 1
    with guanxi.open(shop) as crm:
        assert [f["text"] for f in json.loads(told.stdout)["findings"]] == [
            f.text for f in crm.verify()]
    made = json.loads(guanxi_does("salvage", "-f", shop, "rescued.gx", "--format", "json"))
    assert made["lost"] == 0 and made["doubtful"] > 0
    shown = guanxi_does("salvage", "-f", shop, "again.gx")
    assert re.search(r"^account +│ +\d+ │ +1 │ +0$", shown, re.M) and "Risbon" not in shown
    with as_boss(tmp_path / "rescued.gx") as s:
        assert len(s.query("select id from account where name = 'Acme of Risbon'")) == 1


def test_a_backup_and_the_way_back(guanxi_does, refused, shop, tmp_path):
    made = json.loads(guanxi_does("backup", "-f", shop, "monday.gx", "--format", "json"))
    with as_boss(shop) as s:
        assert made["sequence"] == s.last_change()
        s.create("account", name="After")
    assert "(duplicate)" in refused("restore", "-f", shop, "monday.gx")
    shown = guanxi_does("restore", "-f", shop, "monday.gx", "--overwrite")
    assert shown.endswith(f"up to change {made['sequence']}\n")
    with as_boss(shop) as s:
        assert s.last_change() == made["sequence"]
    guanxi_does("restore", "-f", "new.gx", "monday.gx", "--language", "zh")
    assert (tmp_path / "new.gx").exists()
    assert "(file_missing)" in refused("restore", "-f", "other.gx", "none.gx")
    (tmp_path / "letter.gx").write_text("dear all")
    assert "(duplicate)" in refused("backup", "-f", shop, "letter.gx")
    assert "(not_a_database)" in refused("verify", "-f", "letter.gx")
    assert refused("query", "-f", tmp_path, "--as", "boss", DEALS)
    guanxi_does("create", "-f", "x.gxm", "--memory")
    assert "(unsupported)" in refused("salvage", "-f", "x.gxm", "rescued.gx")


def test_a_store_that_is_open_elsewhere_is_checked_and_copied(guanxi_does, crm, s, tmp_path):
    s.create("account", name="Acme")
    assert guanxi_does("verify", "-f", "crm.gx").startswith("sound: ")
    made = json.loads(guanxi_does("backup", "-f", "crm.gx", "copy.gx", "--format", "json"))
    assert made["sequence"] == s.last_change()
    s.create("account", name="Bolt")


# ---------------------------------------------------------------------------- import and changes


def page_blocks(page):
    text = (PROJECT / "docs" / page).read_text(encoding="utf-8")
    return {name: body for name, body in
            re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.M | re.S)}


@pytest.fixture
def exports(tmp_path):
    for name, text in page_blocks("import.md").items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def counts_of(path):
    with guanxi.open(path, create=False) as crm, crm.as_user("admin") as s:
        return ({e.name: s.query(f"select count() as n from {e.name}")[0].n for e in s.catalog},
                "x_since" in s.catalog["account"], s.last_change())


def test_an_import_accounts_for_each_row(guanxi_does, exports, tmp_path):
    guanxi_does("create", "-f", "here.gx")
    shutil.copy(tmp_path / "here.gx", tmp_path / "there.gx")
    before = counts_of(tmp_path / "here.gx")
    words = ("import", "-f", "here.gx", "--as", "admin", "--mapping", "mapping.json", ".",
             "--format", "json")
    tried = program.run(*words, "--dry-run", folder=tmp_path)
    assert tried.returncode == 0 and "dry run, and nothing was written" in tried.stderr
    assert counts_of(tmp_path / "here.gx") == before  # not even the field
    done = json.loads(guanxi_does(*words))
    with guanxi.open(tmp_path / "there.gx") as crm, crm.as_user("admin") as s:
        assert done == s.import_files(tmp_path / "mapping.json", tmp_path)
    assert json.loads(tried.stdout) == done
    assert counts_of(tmp_path / "here.gx")[:2] == counts_of(tmp_path / "there.gx")[:2]
    shown = guanxi_does(*words[:-2])
    assert re.search(r"^companies\.csv +│ +4 │ account +│ +0 │ +0 │ +4 │", shown, re.M), shown


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_rows_that_are_rejected_are_told(guanxi_does, refused, exports, tmp_path, dry):
    guanxi_does("create", "-f", "here.gx")
    before = counts_of(tmp_path / "here.gx")[0]
    deals = (tmp_path / "deals.csv").read_text(encoding="utf-8")
    (tmp_path / "deals.csv").write_text(deals.replace("21000", "much").replace("lost", "gone"),
                                        encoding="utf-8")
    said = refused("import", "-f", "here.gx", "--as", "admin", "-m", "mapping.json", *dry)
    assert "deals.csv" in said and "`much`" in said and "`gone`" in said
    assert said.endswith("no row was written\n")
    assert counts_of(tmp_path / "here.gx")[0] == before


def test_an_answer_shows_how_far_it_is(shop):
    ask = ("query", "-f", shop, "--as", "boss", DEALS, "--format", "csv", "-o", "a.csv")
    for more, shown in (([], True), (["--quiet"], False)):
        with program.Terminal(*ask, *more, folder=shop.parent) as at:
            said, code = at.rest()
        assert code == 0 and ("writing  " in said) is shown


def test_an_import_shows_how_far_it_is(exports, guanxi_does, tmp_path):
    guanxi_does("create", "-f", "here.gx")
    with program.Terminal("import", "-f", "here.gx", "--as", "admin", "-m", "mapping.json",
                          "--language", "zh", folder=tmp_path) as at:
        shown, code = at.rest()
    assert code == 0 and "正在导入  " in shown and "条/秒" in shown
    assert "\r\x1b[K" in shown  # and takes its line away


def changes(text):
    return [json.loads(line) for line in text.splitlines()]


def test_changes_are_given_once(guanxi_does, refused, crm, s):
    acme = s.create("account", name="明湖科技")
    s.change(acme, city="Wuhan")
    words = ("changes", "-f", "crm.gx", "--as", "admin", "--cursor", "erp")
    peeked = changes(guanxi_does(*words, "--entity", "account", "--peek"))
    given = changes(guanxi_does(*words, "--entity", "account"))
    assert peeked == given
    known = s.changes("other", entities=["account"]).take()
    assert [(e["sequence"], e["batch"], e["action"], e["entity"], int(e["record"]), e["cause"],
             {k: (f["before"], f["after"]) for k, f in e["fields"].items() if k in ("name", "city")})
            for e in given] == [
        (e.sequence, e.batch, e.action, e.entity, e.record, e.cause,
         {k: f for k, f in e.fields.items() if k in ("name", "city")}) for e in known]
    assert [e["at"] for e in given] == ["2026-01-05T09:00:00Z"] * 2
    assert given[1]["fields"]["city"] == {"before": None, "after": "Wuhan"}
    assert guanxi_does(*words, "--entity", "account") == ""
    s.create("lead", name="A", company="B")
    s.delete("account", acme.id)
    assert [e["action"] for e in changes(guanxi_does(*words, "--action", "delete"))] == ["delete"]
    assert "erp" in guanxi_does("changes", "-f", "crm.gx", "--as", "admin", "--cursors")
    guanxi_does(*words, "--drop")
    assert "(unknown_name)" in refused(*words, "--drop")
    assert "erp" not in guanxi_does("changes", "-f", "crm.gx", "--as", "admin", "--cursors")
    assert len(changes(guanxi_does(*words, "--limit", 3))) == 3
    start = s.last_change()
    assert guanxi_does("changes", "-f", "crm.gx", "--as", "admin", "--cursor", "late",
                       "--start-after", start) == ""


def test_changes_that_nobody_took_come_again(shop):
    words = ["changes", "-f", shop, "--as", "boss", "--cursor", "erp"]
    with open("/dev/full", "wb") as full:
        failed = subprocess.run([program.path(), *words], stdout=full, stderr=subprocess.PIPE)
    assert failed.returncode == 1
    first = changes(program.run(*words, folder=shop.parent).stdout)[0]
    assert first["sequence"] == 1


def test_changes_are_trimmed(guanxi_does, crm, s, reader):
    s.create("account", name="Acme", city="Wuhan")
    s.create("lead", name="A", company="B")
    given = changes(guanxi_does("changes", "-f", "crm.gx", "--as", "reader", "--cursor", "mine"))
    assert [(e["entity"], list(e["fields"])) for e in given] == [("account", ["name"])]
    assert given[0]["user"] is None  # `modified_by` is hidden, too


# ---------------------------------------------------------------------------------------- shell


@pytest.fixture
def shell(shop, tmp_path):
    made = []

    def opened(*words, login="boss", **others):
        at = program.Terminal("shell", "-f", shop, "--as", login, "--language", "en", *words,
                              folder=tmp_path, XDG_STATE_HOME=str(tmp_path / "state"), **others)
        made.append(at)
        at.read(f"{login}> ")
        return at

    yield opened
    for at in made:
        at.close()


def test_a_shell_answers_statements_of_several_lines(shell, shop):
    at = shell()
    at.type("select count() as n\n")
    at.read(" ...> ")
    at.type("from account where name != ';'; select 1 from account;\n")
    shown = at.read("1 row)")
    with as_boss(shop) as s:
        assert f"\r\n{s.query('select count() as n from account')[0].n}\r\n" in shown
    at.read("boss> ")
    at.type("select nmae from account;\n")
    assert "did you mean `name`?" in at.read("boss> ")
    at.type("\x04")
    assert at.rest()[1] == 0


def test_a_shell_takes_chinese(shell):
    at = shell()
    at.type("select '万科' as x, 长 from account;\n")
    assert "万科" in at.read("boss> ")
    at.type("select count() as n from account where name like '%科技%';\n")
    assert "(1 row)" in at.read("boss> ")
    at.type(".language zh\n.entities\n")
    assert "联系人" in at.read("rows)")


def test_a_shell_completes(shell):
    at = shell()
    at.type("sel\t")
    at.read("ect ")
    at.type("owner.ro\t")  # unknown until there is an entity
    at.read("\x07")
    at.type("\x15select owner. from opportunity\x1bb\x1bb\x02\t\t")
    assert "manager" in at.read("region")
    at.type("\x15select count() as n from acc\t")
    at.read("ount ")
    at.type(";\n")
    assert "(1 row)" in at.read("boss> ")
    at.type(".fie\tacti\t\n")
    assert "subject" in at.read("rows)")


def test_completion_knows_no_hidden_name(shell, shop):
    with as_boss(shop) as s:
        some = s.create("permission_set", name="Names only")
        s.create("entity_right", {"entity": "account"}, permission_set=some, may_read=True,
                 view_all=True, listed_fields_only=True)
        s.create("field_right", {"entity": "account", "field": "name"}, permission_set=some,
                 may_read=True)
        user = s.create("user", login="reader", name="Reader")
        s.create("permission_assignment", user=user, permission_set=some)
    at = shell(login="reader")
    at.type("select  from account\x1bb\x1bb\x02ci\t")
    at.read("\x07")
    at.type("\x15select id from con\t")
    at.read("\x07")
    at.type("\x15.as boss\nselect ci\t")
    at.read("ty ")


def test_a_shell_remembers(shell, tmp_path):
    at = shell()
    at.type("select count() as n -- all\nfrom account;\n")
    at.read("(1 row)")
    at.type(".timer on\n select 'secret' as x from account limit 1;\n")
    at.read("took ")
    at.read("boss> ")
    at.type("\x04")
    assert at.rest()[1] == 0
    kept = tmp_path / "state" / "guanxi" / "history"
    assert kept.read_text(encoding="utf-8").splitlines() == [
        "select count() as n from account;", ".timer on"]
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    again = shell()
    again.type("\x12count\n\n")
    assert "(1 row)" in again.read("(1 row)")
    quiet = shell("--no-history")
    quiet.type("select name from account limit 2;\n")
    quiet.read("(2 rows)")
    assert "limit 2" not in kept.read_text(encoding="utf-8")


SLOW = "select count() as n from account where " + "\nor ".join(
    f"search('shanghai dianqi {n}x', {', '.join(['name'] * 20)})" for n in range(12))


@pytest.fixture
def crowded(shop):
    """The store with so many accounts that SLOW takes seconds."""
    with as_boss(shop) as s:
        s.put_table("account", pyarrow.table(
            {"name": [f"Firma {n} 上海长城电器有限公司" for n in range(10_000)]}))
    return shop


def test_ctrl_c_stops_a_query_and_not_the_shell(crowded, shell):
    at = shell()
    for line in SLOW.split("\n"):
        at.type(line + "\n")
        at.read("...> ")
    at.type(";\n")
    time.sleep(0.3)
    at.type("\x03")
    assert "(interrupted)" in at.read("boss> ")
    at.type("select half of \x03")
    at.read("^C\r\nboss> ")
    at.type("select\n")
    at.read("...> ")
    at.type("\x03")
    at.read("^C\r\nboss> ")
    at.type("select count() as n from account;\n")
    assert "(1 row)" in at.read("boss> ")


def test_ctrl_c_stops_a_command(crowded):
    running = subprocess.Popen(
        [program.path(), "query", "-f", crowded, "--as", "boss", "-"], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    running.stdin.write(SLOW)
    running.stdin.close()
    running.stdin = None
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    shown, said = running.communicate(timeout=60)
    assert (running.returncode, shown) == (130, "") and "(interrupted)" in said


def test_a_shell_reads_a_file(guanxi_does, refused, shop, tmp_path):
    lines = (".format json\n.width 20\n"
             "select count() as n from account; -- and\n\n"
             ".as boss\nselect count() as n from contact")
    shown = guanxi_does("shell", "-f", shop, "--system", "a look", stdin=lines)
    assert len(re.findall(r'\{"n": \d+\}', shown)) == 2 and "> " not in shown
    assert not (tmp_path / ".local").exists()
    failed = program.run("shell", "-f", shop, "--as", "boss", folder=tmp_path,
                         stdin="select count() as n from lead;\n\nselect x\nfrom lead;\n"
                               "select count() as m from lead;")
    assert failed.returncode == 1 and " m\n" not in failed.stdout and "(1 row)" in failed.stdout
    assert failed.stderr == ("guanxi: line 3: no field `x` on `lead` (unknown_name)\n"
                             "  select x\n         ^\n")
    for line, said in ((".fromat json", "did you mean `.format`?"), (".format xml", "csv"),
                       (".timer maybe", "on or off"), (".width 1", "2 to 100,000"),
                       (".language de", "en or zh"), (".fields led", "did you mean `lead`"),
                       (".as nobody", "no active user"), (".explain selct", "expected")):
        assert said in refused("shell", "-f", shop, "--as", "boss", stdin=line + "\n")


def test_dot_words(guanxi_does, shop):
    shown = guanxi_does("shell", "-f", shop, "--as", "boss", "--language", "zh",
                        stdin=".help\n.fields lead\n.explain select name from lead;\n.quit\nselect")
    assert "Ctrl-C 中断查询" in shown and "公司" in shown and "division: store" in shown


# ----------------------------------------------------------------------------------------- docs


def sessions():
    text = (PROJECT / "docs" / "command_line.md").read_text(encoding="utf-8")
    return re.findall(r"^```console\n(.*?)^```$", text, re.M | re.S)


def commands_of(block):
    """Each command of a block, its further lines behind `> `, and what it prints."""
    for part in re.split(r"^\$ ", block, flags=re.M)[1:]:
        first, *lines = part.splitlines()
        more = list(itertools.takewhile(lambda line: line.startswith("> "), lines))
        yield "\n".join([first, *(line[2:] for line in more)]), lines[len(more):]


def says(shown, wanted):
    """Whether this is what the page says: `…` is any part of a line, alone on a line any lines."""
    pattern = "\n".join("(?s:.*)" if line == "…" else re.escape(line).replace("…", ".*")
                        for line in wanted)
    return re.fullmatch(pattern, shown.rstrip("\n")) is not None


def test_the_sessions_of_the_page_run(exports, tmp_path):
    blocks = sessions()
    assert len(blocks) >= 8
    shutil.copy(REPORT, tmp_path)
    for name in page_blocks("command_line.md"):
        (tmp_path / name).write_text(page_blocks("command_line.md")[name], encoding="utf-8")
    folder = program.path().resolve().parent
    for block in blocks:
        for command, wanted in commands_of(block):
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, text=True, stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT, timeout=120,
                env=program.environment(PATH=f"{folder}:{os.environ['PATH']}"))
            assert says(done.stdout, wanted), f"$ {command}\n{done.stdout}"


def test_a_page_that_says_something_else_is_noticed():
    block = "$ ls \\\n> -a\n.\n…\nb\n$ true\n"
    (first, wanted), (second, nothing) = commands_of(block)
    assert (first, second) == ("ls \\\n-a", "true")
    assert says(".\n..\na\nb\n", wanted) and says("", nothing)
    for other in ("", ".\n..\na\n", ".\nb\n\nc\n", "x\nb\n"):
        assert not says(other, wanted), other
    assert not says("x\n", nothing)


def test_the_page_names_every_command_and_option():
    page = (PROJECT / "docs" / "command_line.md").read_text(encoding="utf-8")
    listed = program.run("--help", folder=".").stdout.split("Subcommands:")[1].split("Exit")[0]
    for command in re.findall(r"^  (\w+) ", listed, re.M):
        assert f"`{command}`" in page, command
        for option in re.findall(r"(--[\w-]+)", program.run(command, "--help", folder=".").stdout):
            assert f"`{option}" in page or option in ("--help",), f"{command} {option}"
