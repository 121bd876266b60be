"""Every query of docs/query.md runs on the sample company and has an answer."""

import re
from pathlib import Path

import guanxi
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "query.md"
QUERIES = re.findall(r"^```sql\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with guanxi.open(str(tmp_path_factory.mktemp("page") / "page.gx")) as crm:
        with crm.as_system("a page of the docs") as s:
            s.generate_sample(seed=7, opportunities=500)
            s.delete("account", s.query("select id from account order by id limit 1")[0].id)
            yield s


def test_the_page_has_queries():
    assert len(QUERIES) >= 7


@pytest.mark.parametrize("text", QUERIES)
def test_query_of_the_page_runs(company, text):
    assert len(company.query(text)) > 0, text
