"""Queries, rows, and what can be made of a result."""

import csv
import io
import json
import sys
from decimal import Decimal

import guanxi
import pytest


@pytest.fixture
def shop(s):
    for name, city, revenue in (("Acme", "Paris", "10.50"), ("万科", "深圳", "20.00"),
                                ("Nil", None, None)):
        s.create("account", name=name, city=city,
                 annual_revenue=None if revenue is None else Decimal(revenue))
    return s


def test_rows_are_like_tuples_with_names(shop):
    result = shop.query("select name, city, annual_revenue as revenue from account order by name")
    assert len(result) == 3
    assert result.columns == ("name", "city", "revenue")
    name, city, revenue = result[0]
    assert (name, city, revenue) == ("Acme", "Paris", Decimal("10.50"))
    row = result[-1]
    assert row.name == row["name"] == row[0] == row[-3] == "万科"
    assert row[1:] == ("深圳", Decimal("20.00"))
    assert row == ("万科", "深圳", Decimal("20.00")) and row != ("万科",)
    assert row == result[2] and hash(row) == hash(result[2])
    assert row.to_dict() == {"name": "万科", "city": "深圳", "revenue": Decimal("20.00")}
    assert len(row) == 3 and "city" in dir(row)
    assert [r.name for r in result] == ["Acme", "Nil", "万科"]
    assert [r.name for r in result[::-2]] == ["万科", "Acme"]
    for ask, kind in ((lambda: row.nam, AttributeError), (lambda: row["nam"], KeyError),
                      (lambda: row[3], IndexError), (lambda: result[3], IndexError),
                      (lambda: result["a"], TypeError)):
        with pytest.raises(kind):
            ask()


def test_a_row_outlives_its_session(tmp_path):
    with guanxi.open(tmp_path / "a.gx") as crm, crm.as_user("admin") as s:
        s.create("account", name="Acme")
        row = s.query("select name from account")[0]
    assert row.name == "Acme"


def test_parameters_are_values_and_lists(shop):
    one = shop.query("select name from account where name = :name", name="万科")
    assert [r.name for r in one] == ["万科"]
    import pandas
    for names in (["Acme", "Nil"], ("Acme", "Nil"), {"Acme", "Nil"}, pandas.Series(["Acme", "Nil"]),
                  (name for name in ("Acme", "Nil"))):
        some = shop.query("select name from account where name in :names order by name",
                          names=names)
        assert [r.name for r in some] == ["Acme", "Nil"]
    assert len(shop.query("select name from account where name in :names", names=[])) == 0
    ids = shop.query("select id from account").to_pandas()["id"]
    assert len(shop.query("select name from account where id in :ids", ids=ids)) == 3
    with pytest.raises(TypeError, match="`names` is a float"):
        shop.query("select name from account where name in :names", names=[1.5])
    given = shop.query("select name from account where name = :text", {"text": "Nil"})
    assert [r.name for r in given] == ["Nil"]


def test_a_faulty_query_says_where(shop):
    for text, name in (("select nmae from account", "unknown_name"), ("select from", "parse"),
                       ("select name from account where name > 3", "type_mismatch")):
        with pytest.raises(guanxi.Query) as refusal:
            shop.query(text)
        assert refusal.value.name == name
        assert 0 <= refusal.value.offset <= len(text)
    with pytest.raises(guanxi.Query, match="did you mean `industry`"):
        shop.query("select industri from account")
    with pytest.raises(guanxi.Error, match="missing"):
        shop.query("select name from account where name = :missing")


def test_pandas_and_polars_take_a_result(shop):
    import pandas
    import polars
    result = shop.query("select name, annual_revenue as revenue, created_at, owner "
                        "from account order by name")
    frame = result.to_pandas()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame.columns) == ["name", "revenue", "created_at", "owner"]
    assert frame["revenue"].dropna().sum() == Decimal("30.50")
    assert str(frame["created_at"].dt.tz) == "UTC"
    assert frame["name"].tolist() == ["Acme", "Nil", "万科"]
    for made in (polars.DataFrame(result), result.to_polars()):
        assert made.schema["revenue"] == polars.Decimal(38, 2)
        assert made["revenue"].sum() == Decimal("30.50")
        assert made["name"].to_list() == ["Acme", "Nil", "万科"]
        assert made["revenue"].null_count() == 1
    empty = shop.query("select name, annual_revenue from account where name = 'x'")
    assert polars.DataFrame(empty).shape == (0, 2)
    assert empty.to_pandas().shape == (0, 2)


def test_any_arrow_consumer_takes_a_result(shop):
    import pyarrow
    result = shop.query("select * from account order by name")
    table = pyarrow.table(result)
    table.validate(full=True)
    assert table.column("name").to_pylist() == ["Acme", "Nil", "万科"]
    assert result.to_arrow().equals(table)
    capsule = result.__arrow_c_stream__()
    del result
    reader = pyarrow.RecordBatchReader._import_from_c_capsule(capsule)
    assert reader.read_all().equals(table)
    shop.query("select name from account").__arrow_c_stream__(None)  # released, never read


def test_missing_packages_are_named_with_their_extra(shop, monkeypatch):
    result = shop.query("select name from account")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ImportError, match=r"to_pandas\(\) needs pyarrow; .*guanxi\[pandas\]"):
        result.to_pandas()
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(ImportError, match=r"guanxi\[polars\]"):
        result.to_polars()


def test_json_and_csv_hold_every_row(shop):
    result = shop.query("select id, name, annual_revenue as revenue from account order by name")
    rows = json.loads(result.to_json(), parse_float=Decimal)
    assert [r["name"] for r in rows] == ["Acme", "Nil", "万科"]
    assert rows[0]["revenue"] == Decimal("10.50") and rows[1]["revenue"] is None
    assert rows[0]["id"] == str(result[0].id)
    lines = list(csv.reader(io.StringIO(result.to_csv(), newline="")))
    assert lines[0] == ["id", "name", "revenue"]
    assert lines[3][1:] == ["万科", "20.00"]


def test_a_spreadsheet_runs_nothing(s):
    s.create("account", name='=HYPERLINK("http://x")')
    text = s.query("select name from account").to_csv()
    assert list(csv.reader(io.StringIO(text)))[1] == ["'=HYPERLINK(\"http://x\")"]


def test_a_result_shows_itself_in_bounds(s):
    with s.transaction():
        for i in range(30):
            s.create("account", name=f"<b>{i}</b>" + "x" * 500)
    result = s.query("select name, city from account order by id")
    text = repr(result)
    assert len(text) < 3000 and "30 rows" in text and text.count("\n") < 25
    assert "name" in text.splitlines()[0]
    page = result._repr_html_()
    assert "<b>" not in page and "&lt;b&gt;0&lt;/b&gt;" in page and len(page) < 10_000
    assert len(repr(result[0])) < 200
