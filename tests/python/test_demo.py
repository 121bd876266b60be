"""The demo, as people run it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(os.environ.get("GUANXI_SOURCE_DIR", Path(__file__).resolve().parents[2]))

PIPELINE = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
D1,Ana Ruiz,GTXPro,Orchard 果园,Won,2025-01-10,2025-02-09,4800
D2,Ana Ruiz,Van,Orchard 果园,Lost,2025-01-10,2025-04-11,0
D3,Li Na,Van,,Engaging,2025-03-01,,
D4,Li Na,Van,Orchard West,Won,2025-03-01,2025-03-02,35000.50
"""


def demo(*arguments, out):
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / "demo.py"), *map(str, arguments), "--out", str(out)],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
    )


@pytest.fixture
def company(tmp_path):
    data = tmp_path / "company"
    data.mkdir()
    (data / "products.csv").write_text("product,series,sales_price\nGTX Pro,G,4821\nVan,V,36000\n")
    (data / "accounts.csv").write_text(
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Orchard West,technolgy,2001,1.5,10,Philipines,Orchard 果园\n"
        "Orchard 果园,retail,1999,20.25,100,China,\n", encoding="utf-8")
    (data / "sales_teams.csv").write_text(
        "sales_agent,manager,regional_office\nAna Ruiz,Wei Chen,East\nLi Na,Wei Chen,East\n"
        "Tom Hill,Mia Berg,West\n")
    (data / "sales_pipeline.csv").write_text(PIPELINE, encoding="utf-8")
    return data


def test_reports_on_a_folder_of_files(company, tmp_path):
    ran = demo("--data", company, "--as", "li.na", out=tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["total"] == {
        "won": 2, "lost": 1, "won_value": 39800.5, "win_rate": 0.666667, "avg_won": 19900.25,
    }
    assert report["by_sector"]["None"]["won"] == 0
    assert report["by_sector"]["technology"]["won_value"] == 35000.5
    assert report["by_product"]["GTX Pro"]["won_value"] == 4800
    assert report["parents_rollup_won_value"] == {"Orchard 果园": 39800.5}
    assert "  Orchard 果园" in ran.stdout
    assert "The managers' parts add up to the administrator's total." in ran.stdout
    own = ran.stdout.split("As Li Na (li.na)")[1]
    assert "Ana Ruiz" not in own
    assert "35,000.5" in own and "39,800.5" not in own
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<td>39,800.50</td>" in page.replace(' class="number"', "")
    assert "Content-Security-Policy" in page and "echarts" in page
    assert len(page.encode()) < 1_500_000
    page = (tmp_path / "out" / "own_report.html").read_text(encoding="utf-8")
    assert "Li Na (li.na)" in page and "35,000.50" in page
    for others in ("Ana Ruiz", "39,800.5", "4,800", "4800"):
        assert others not in page, others


def test_replaces_the_file_of_an_earlier_run(company, tmp_path):
    for _ in range(2):
        ran = demo("--data", company, out=tmp_path / "out")
        assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "out" / "crm.gx").exists()


def test_speaks_chinese(company, tmp_path):
    ran = demo("--data", company, "--language", "zh", out=tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    assert "■ 各阶段在跟商机" in ran.stdout and "各经理之和等于总计" in ran.stdout
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "<title>销售报表</title>" in page and "Sales report" not in page


def test_makes_up_a_company(tmp_path):
    ran = demo("--size", "120", "--seed", "5", out=tmp_path / "out")
    assert ran.returncode == 0, ran.stderr
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    assert sum(report["stage_counts"].values()) == 120
    assert "The managers' parts add up" in ran.stdout


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda d: (d / "accounts.csv").unlink(), ["no mapping of examples/mappings fits"]),
        (lambda d: (d / "sales_pipeline.csv").write_text(PIPELINE.replace("Engaging", "Dreaming"),
                                                         encoding="utf-8"),
         ["`sales_pipeline.csv` line 4, column `deal_stage`, value `Dreaming`"]),
        (lambda d: (d / "sales_pipeline.csv").write_bytes(PIPELINE.encode("utf-16")),
         ["`sales_pipeline.csv`", "UTF-8"]),
        (lambda d: (d / "mapping.json").write_text("{}"), ["lacks its version"]),
    ],
)
def test_says_what_is_wrong_with_the_files(company, tmp_path, spoil, words):
    spoil(company)
    ran = demo("--data", company, out=tmp_path / "out")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    first = ran.stderr.splitlines()[0]
    assert first.startswith("demo: ")
    for word in words:
        assert word in first
    assert not (tmp_path / "out" / "report.json").exists()
    assert not (tmp_path / "out" / "report.html").exists()


def test_says_what_is_wrong_with_its_arguments(company, tmp_path):
    assert demo("--mapping", "x.json", out=tmp_path).returncode == 2
    nowhere = demo("--data", tmp_path / "nowhere", out=tmp_path / "out")
    assert nowhere.returncode == 1
    assert "there is no folder" in nowhere.stderr
    nobody = demo("--data", company, "--as", "nobody", out=tmp_path / "out")
    assert nobody.returncode == 1
    assert nobody.stderr == "demo: there is no user `nobody`; see `select login, name from user`\n"
