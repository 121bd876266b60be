"""Every query of docs/query.md and of its Chinese edition runs on the sample company and has an answer."""

import re
from pathlib import Path

import guanxi
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ["query.md", "query.zh-CN.md"]


def queries_of(page):
    return re.findall(r"^```sql\n(.*?)^```$", (DOCS / page).read_text(encoding="utf-8"),
                      re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    with guanxi.open(str(tmp_path_factory.mktemp("page") / "page.gx")) as crm:
        with crm.as_system("a page of the docs") as s:
            s.generate_sample(seed=7, opportunities=500)
            s.delete("account", s.query("select id from account order by id limit 1")[0].id)
            yield s


@pytest.mark.parametrize("page", PAGES)
def test_the_page_has_queries(page):
    assert len(queries_of(page)) >= 7


@pytest.mark.parametrize("page, text", [(page, text) for page in PAGES for text in queries_of(page)])
def test_query_of_the_page_runs(company, page, text):
    assert len(company.query(text)) > 0, text
