"""Tables of pyarrow, polars and pandas as records, through every rule."""

import datetime
from decimal import Decimal

import guanxi
import pandas
import polars
import pyarrow
import pytest


def count(s, entity="account"):
    return s.query(f"select count() as n from {entity}")[0].n


def test_rows_become_records_and_come_back_changed(s):
    ids = s.put_table("account", pyarrow.table({"name": ["Ahorn", "Birke"],
                                                "employees": [3, None]}))
    assert [s.get("account", i).name for i in ids] == ["Ahorn", "Birke"]
    frame = s.query("select id, revision, name, employees from account where id in :ids",
                    ids=ids).to_polars()
    frame = frame.with_columns(polars.col("name").str.to_uppercase())
    assert sorted(s.put_table("account", frame, cause="upper")) == sorted(ids)
    assert {s.get("account", i).name for i in ids} == {"AHORN", "BIRKE"}
    assert s.history("account", ids[0])[-1].cause == "upper"
    with pytest.raises(guanxi.Conflict) as caught:
        s.put_table("account", frame)
    assert caught.value.line == 1
    s.delete_many("account", ids)
    assert count(s) == 0


@pytest.mark.parametrize("as_table", [
    lambda columns: pyarrow.table(columns),
    lambda columns: pyarrow.table({name: array.dictionary_encode()
                                   if pyarrow.types.is_string(array.type) else array
                                   for name, array in columns.items()}),
    lambda columns: polars.DataFrame(pyarrow.table(columns)),
    lambda columns: pandas.DataFrame({name: pandas.Series(
        array.to_pylist(), dtype=pandas.ArrowDtype(array.type))
        for name, array in columns.items()}),
    lambda columns: pyarrow.table({name: array.cast(pyarrow.large_string())
                                   if pyarrow.types.is_string(array.type) else array
                                   for name, array in columns.items()}),
    lambda columns: pyarrow.Table.from_batches(
        [batch for batch in pyarrow.table(columns).to_batches(max_chunksize=1)]),
    lambda columns: pyarrow.concat_tables([pyarrow.table(columns)] * 2).slice(2),
], ids=["arrow", "dictionary", "polars", "pandas", "large", "batches", "sliced"])
def test_every_type_arrives_from_every_library(s, as_table):
    long = "长的名字" * 20
    table = as_table({
        "name": pyarrow.array(["Ahorn", long]),
        "employees": pyarrow.array([12, None], pyarrow.int32()),
    })
    ids = s.put_table("account", table)
    first, second = (s.get("account", i) for i in ids)
    assert (first.name, first.employees) == ("Ahorn", 12)
    assert (second.name, second.employees) == (long, None)


def test_amounts_dates_and_references_are_exact(s, pipeline):
    owner = s.put_table("account", polars.DataFrame({"name": ["Ahorn"]}))[0]
    table = pyarrow.table({
        "name": ["Bridge"],
        "account": pyarrow.array([owner], pyarrow.int64()),
        "stage": pyarrow.array([pipeline.talks.id], pyarrow.int64()),
        "amount": pyarrow.array([Decimal("1000.5")], pyarrow.decimal128(10, 1)),
        "close_date": pyarrow.array([datetime.date(2026, 3, 31)]),
    })
    made = s.get("opportunity", s.put_table("opportunity", table)[0])
    assert made.amount == Decimal("1000.50") and made.close_date == datetime.date(2026, 3, 31)
    assert made.account == owner


@pytest.mark.parametrize("column, kind, message", [
    ({"nmae": ["A"]}, guanxi.Query, "did you mean `name`"),
    ({"name": pyarrow.array([b"A"])}, guanxi.Query, "which no field takes"),
    ({"name": ["A"], "employees": pyarrow.array([1.5])}, guanxi.Query, "no exact number"),
    ({"name": ["A"], "employees": pyarrow.array([2**63], pyarrow.uint64())}, guanxi.Validation,
     "64 bits"),
    ({"name": ["A"], "id": pyarrow.array([-1])}, guanxi.Validation, "above 0"),
    ({"name": ["A"], "id": pyarrow.array([987654])}, guanxi.NotFound, "account"),
    ({"name": pyarrow.array([None], pyarrow.string())}, guanxi.Validation, "required"),
])
def test_what_cannot_be_is_refused_and_nothing_is_written(s, column, kind, message):
    with pytest.raises(kind, match=message) as caught:
        s.put_table("account", pyarrow.table(column))
    assert count(s) == 0
    if "no field" not in message and "did you" not in message:
        assert caught.value.line == 1


def test_a_float_column_may_hold_integers_with_gaps(s):
    frame = pandas.DataFrame({"name": ["A", "B"], "employees": [3.0, float("nan")]})
    ids = s.put_table("account", frame)
    assert [s.get("account", i).employees for i in ids] == [3, None]


def test_the_table_must_be_one(s):
    with pytest.raises(TypeError, match="Arrow"):
        s.put_table("account", [{"name": "A"}])
    with pytest.raises(guanxi.Validation, match="used up"):
        class Used:
            def __init__(self, capsule):
                self.capsule = capsule

            def __arrow_c_stream__(self, requested_schema=None):
                return self.capsule

        capsule = pyarrow.table({"name": ["A"]}).__arrow_c_stream__()
        assert len(s.put_table("account", Used(capsule))) == 1
        s.put_table("account", Used(capsule))
    with pytest.raises(guanxi.Validation, match="two columns"):
        s.put_table("account", pyarrow.Table.from_arrays(
            [pyarrow.array(["A"]), pyarrow.array(["B"])], names=["name", "name"]))


def test_progress_may_stop_it_and_an_open_transaction_goes_on(s):
    table = pyarrow.table({"name": [f"N{i}" for i in range(250)]})
    with pytest.raises(guanxi.Interrupted):
        s.put_table("account", table, progress=lambda done, total: done < 100)
    assert count(s) == 0
    with s.transaction():
        s.create("account", name="Before")
        with pytest.raises(guanxi.Interrupted):
            s.put_table("account", table, progress=lambda done, total: False)
        s.put_table("account", table.slice(0, 3))
    assert count(s) == 4


def test_progress_may_raise_in_its_answer(s):
    class Neither:
        def __bool__(self):
            raise ArithmeticError("neither")

    with pytest.raises(ArithmeticError, match="neither"):
        s.put_table("account", pyarrow.table({"name": ["A"]}), progress=lambda d, t: Neither())
    assert count(s) == 0


def test_tables_that_cannot_be_are_refused(s, pipeline):
    far = pyarrow.array([2**31 * 86_400_000], pyarrow.date64())
    with pytest.raises(guanxi.Validation, match="date is out of range"):
        s.put_table("opportunity", pyarrow.table(
            {"name": ["A"], "stage": pyarrow.array([pipeline.talks.id]), "close_date": far}))
    assert count(s, "opportunity") == 0


def test_a_system_session_knows_the_catalog(crm):
    with crm.as_system("test") as s:
        assert "name" in [field.name for field in s.catalog["account"].fields]


def test_a_delete_of_one_says_its_line(s):
    with pytest.raises(guanxi.NotFound) as caught:
        s.delete_many("account", [987_654])
    assert caught.value.line == 1
