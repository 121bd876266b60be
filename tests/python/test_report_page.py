"""The page of a report in a real browser: every chart draws what its table says, nothing is asked of
the network, nothing goes wrong, and it fits a phone. The checks are themselves checked: a page that
is spoilt on purpose is complained of."""

import json
import os
import re
import sys
from pathlib import Path

import guanxi
import pytest

import chromium

ROOT = Path(os.environ.get("GUANXI_SOURCE_DIR", Path(__file__).resolve().parents[2]))
REPORT = ROOT / "examples" / "reports" / "sales.json"
HOSTILE = '</script><img src=x onerror="window.struck=1">\' {a|b} 万科 🐼'

# Values below zero and above the whole, zeros, a null, and every kind of chart that takes a list.
UNUSUAL = {"guanxi_report": 1, "columns": {"part": {"unit": "percent"}}, "sections": [
    {"key": kind, "chart": {"kind": kind, "values": ["n"], **more}, "query":
        "select name, employees - 10 as n, employees / 20 as part from account order by name"}
    for kind, more in (("bar", {}), ("column", {"line": ["part"]}), ("line", {}), ("funnel", {}))]}

pytestmark = pytest.mark.skipif(chromium.program() is None,
                                reason="no Chromium; scripts/setup.sh installs it")

# Each chart's marks: filled shapes in the colours of its series, below the legend, largest first.
LOOK = """
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const probe = document.body.appendChild(document.createElement("i"));
  const shown = (colour) => (probe.style.color = colour, getComputedStyle(probe).color);
  const root = getComputedStyle(document.documentElement);
  const inks = [1, 2, 3, 4].map((n) => shown(root.getPropertyValue("--series-" + n)));
  const marks = (element) => [...element.querySelectorAll("svg path")].map((path) => {
    const box = path.getBoundingClientRect(), frame = element.getBoundingClientRect();
    return {ink: getComputedStyle(path).fill, x: box.x - frame.x, y: box.y - frame.y,
            width: box.width, height: box.height};
  }).filter((m) => m.ink !== "none" && m.width > 0.5 && m.height > 0.5);
  const luminance = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((c) => {
    const s = c / 255;
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  }).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (e) => {
    const [a, b] = [getComputedStyle(e).color, ground(e)].map(luminance).sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const out = {
    title: document.title, language: document.documentElement.lang,
    wide: document.documentElement.scrollWidth,
    faint: [...document.querySelectorAll("h1, h2, p, dt, dd, summary, th, td, .theme span")]
      .filter((e) => e.offsetParent && contrast(e) < 4.5).map((e) => e.textContent),
    headings: [...document.querySelectorAll("h2")].map((e) => e.textContent),
    charts: figures.charts.map((chart) => {
      const element = document.getElementById(chart.id);
      const svg = element.querySelector("svg");
      const box = svg ? svg.getBoundingClientRect() : {width: 0, height: 0};
      const rows = element.parentElement.querySelectorAll("details tbody tr").length;
      return {...chart, inks, rows, width: box.width, height: box.height, marks: marks(element),
              label: element.getAttribute("aria-label"), role: element.getAttribute("role")};
    }),
  };
  probe.remove();
  return out;
})()
"""


def proportional(marks, values, lying):
    """Whether the bars are as long as their values say."""
    bars = sorted(marks, key=lambda m: m["y"] if lying else m["x"])
    lengths = [m["width"] if lying else m["height"] for m in bars]
    values = [v for v in values if v]
    largest = max(values)
    scale = lengths[values.index(largest)] / largest
    return all(abs(length - v * scale) <= 1.5 for length, v in zip(lengths, values))


def faults_of_chart(chart):
    name = chart["id"]
    if chart["width"] < 200 or chart["height"] < 150:
        return [f"{name}: is {chart['width']} by {chart['height']} pixels"]
    if chart["role"] != "img" or not chart["label"]:
        return [f"{name}: says nothing to those who cannot see it"]
    if chart["rows"] != len(chart["categories"]):
        return [f"{name}: has {chart['rows']} rows for {len(chart['categories'])} categories"]
    if chart["kind"] == "funnel":
        drawn, wanted = len(chart["marks"]), len([v for v in chart["series"][0]["values"] if v])
        return [] if drawn == wanted else [f"{name}: draws {drawn} parts of {wanted}"]
    found = []
    below = [m for m in chart["marks"] if m["y"] > 22 or len(chart["series"]) == 1]
    for i, series in enumerate(chart["series"]):
        ink = chart["inks"][2 if series["line"] else i]
        marks = [m for m in below if m["ink"] == ink]
        values = series["values"]
        on_line = series["line"] or chart["kind"] == "line"
        wanted = [v for v in values if v is not None and (v != 0 or on_line)]
        if len(marks) != len(wanted):
            found.append(f"{name}: draws {len(marks)} marks of {len(wanted)}: {series['name']}")
        elif wanted and not on_line and not proportional(marks, values, chart["kind"] == "bar"):
            found.append(f"{name}: bars are not as long as their values: {series['name']}")
    return found


def faults_of(page, path, language):
    found = page.faults()
    found += [f"asked for {url}" for url in page.requests() if url != path.as_uri()]
    look = page.evaluate(LOOK)
    if look["wide"] > page.width:  # a phone would shrink it, or scroll sideways
        found.append(f"is {look['wide'] - page.width} pixels too wide")
    if look["language"] != {"en": "en", "zh": "zh-Hans"}[language] or not look["title"]:
        found.append("says neither its language nor its title")
    found += [f"is hard to read: {text}" for text in look["faint"]]
    if not look["charts"]:
        found.append("has no charts")
    for chart in look["charts"]:
        found += faults_of_chart(chart)
    return found


@pytest.fixture(scope="module")
def library():
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        import demo
    finally:
        sys.path.pop(0)
    text = demo.chart_library()
    assert text, "no chart library; scripts/setup.sh installs it"
    return text


@pytest.fixture(scope="module")
def pages(tmp_path_factory, library):
    """The report in both languages, of a company one of whose agents has a hostile name."""
    folder = tmp_path_factory.mktemp("pages")
    with guanxi.open(folder / "crm.gx") as crm, crm.as_user("admin") as s:
        s.generate_sample(seed=5, opportunities=150)
        best = s.report(REPORT)["top_agents"]
        agent = s.query("select id from user where name = :name", name=next(iter(best)))[0].id
        s.change("user", agent, name=HOSTILE)
        for language in ("en", "zh"):
            text = s.report_page(REPORT, language=language, library=library)
            (folder / f"{language}.html").write_text(text, encoding="utf-8")
        (folder / "plain.html").write_text(s.report_page(REPORT), encoding="utf-8")
    with guanxi.open(folder / "empty.gx") as crm, crm.as_user("admin") as s:
        text = s.report_page(REPORT, library=library)
        (folder / "empty.html").write_text(text, encoding="utf-8")
        for name, employees in (("a", 30), ("b", 10), ("c", None), ("d", 3)):
            s.create("account", name=name, employees=employees)
        text = s.report_page(UNUSUAL, library=library)
        (folder / "unusual.html").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium.Chromium(tmp_path_factory.mktemp("browser")) as one:
        yield one


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_draws_everything_and_asks_for_nothing(browser, pages, language, dark, width):
    path = pages / f"{language}.html"
    page = browser.open(path, width, dark, language={"en": "en-US", "zh": "zh-CN"}[language])
    try:
        assert faults_of(page, path, language) == []
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (sum(map(int, re.findall(r"\d+", ground)[:3])) < 200) == dark
        look = page.evaluate(LOOK)
        declared = json.loads(REPORT.read_text(encoding="utf-8"))["sections"]
        wanted = {s["title"][language] for s in declared if "chart" in s}
        assert wanted <= set(look["headings"])
        assert len(look["charts"]) == len([s for s in declared if "chart" in s]) - 1  # and tiles
    finally:
        page.close()


def spoilt(text, what):
    if what == "values":  # a chart's figures are gone
        return re.sub(r'("kind": "column".*?"values": \[)[^\]]*', r"\1", text, count=1)
    if what == "a script":
        return text.replace('"use strict";', '"use strict"; undefined.x();')
    if what == "figures":  # that the script cannot read
        return text.replace('"charts": [', '"charts": [,', 1)
    if what == "a request":
        return text.replace("<main>", '<main><img src="http://127.0.0.1:9/x.png" alt="">', 1)
    if what == "a style":
        return text.replace("<main>", '<main><p style="width: 900px">too wide</p>', 1)
    if what == "a colour":
        return text.replace("--muted: #566172", "--muted: #c9ced6")
    raise AssertionError(what)


@pytest.mark.parametrize(
    ("what", "words"),
    [("values", "draws 0 marks of"), ("a script", "Content Security Policy"),
     ("figures", "SyntaxError"), ("a request", "Content Security Policy"),
     ("a style", "too wide"), ("a colour", "hard to read")])
def test_complains_of_a_spoilt_page(browser, pages, tmp_path, what, words):
    text = (pages / "en.html").read_text(encoding="utf-8")
    path = tmp_path / "spoilt.html"
    path.write_text(spoilt(text, what), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    page = browser.open(path, 360)
    try:
        wanted = json.loads(re.search(r'id="figures">(.*?)</script>', text, re.DOTALL)[1])
        if what == "values":
            # The checker goes by what the page was given, so it is told what that was.
            page.evaluate("document.getElementById('figures').textContent = "
                          + json.dumps(json.dumps(wanted)))
        try:
            found = faults_of(page, path, "en")
        except RuntimeError as refused:
            found = [str(refused)]
        assert any(words in fault for fault in found), found
    finally:
        page.close()


def test_complains_of_bars_of_another_length():
    bars = [{"x": 0, "y": 10 * i, "width": w, "height": 8} for i, w in enumerate((100, 50, 25))]
    assert proportional(bars, [4, 2, 1], lying=True)
    assert not proportional(bars, [4, 3, 1], lying=True)


def test_a_hostile_name_is_only_text(browser, pages):
    page = browser.open(pages / "en.html", 1280)
    try:
        # The pointer passes over each chart, so that its tooltip shows.
        shown = page.evaluate("""(() => {
          let shown = "";
          for (const element of document.querySelectorAll(".chart")) {
            const chart = echarts.getInstanceByDom(element);
            for (let i = 0; i < 20; ++i) {
              chart.dispatchAction({type: "showTip", seriesIndex: 0, dataIndex: i});
              shown += element.innerText;
            }
          }
          return shown;
        })()""")
        assert HOSTILE in shown
        assert HOSTILE in page.evaluate("document.body.textContent")
        assert page.evaluate("document.images.length") == 0
        assert page.evaluate("window.struck === undefined")
        assert page.faults() == []
    finally:
        page.close()


def test_appearance_is_switched_by_the_keyboard(browser, pages):
    page = browser.open(pages / "en.html", 1280)
    try:
        text = "getComputedStyle(document.querySelector('.chart svg text')).fill"
        light = page.evaluate(text)
        page.evaluate("document.querySelector('.theme input:checked').focus()")
        for _ in range(2):  # from the system's to light to dark
            for kind in ("rawKeyDown", "keyUp"):
                page.call("Input.dispatchKeyEvent", type=kind, key="ArrowRight", code="ArrowRight",
                          windowsVirtualKeyCode=39)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate(text) != light
        assert faults_of(page, pages / "en.html", "en") == []
    finally:
        page.evaluate("localStorage.clear()")
        page.close()


def test_follows_its_window(browser, pages):
    page = browser.open(pages / "en.html", 1280)
    try:
        for width in (360, 800, 1280):
            page.resize(width)
            page.settle()
            assert faults_of(page, pages / "en.html", "en") == []
            widest = page.evaluate("Math.max(...[...document.querySelectorAll('.chart svg')]"
                                   ".map((s) => s.getBoundingClientRect().right))")
            assert widest <= width
    finally:
        page.close()


def test_prints_with_every_table_and_is_as_before(browser, pages, tmp_path):
    page = browser.open(pages / "zh.html", 1280, dark=True)
    try:
        open_tables = "document.querySelectorAll('details[open]').length"
        before = page.evaluate(open_tables)
        page.print_to(tmp_path / "report.pdf")
        assert (tmp_path / "report.pdf").read_bytes().count(b"/Type /Page\n") >= 3
        assert page.evaluate(open_tables) == before
        assert page.evaluate("document.documentElement.dataset.theme") == "system"
        assert faults_of(page, pages / "zh.html", "zh") == []
    finally:
        page.close()


@pytest.mark.parametrize("name", ["empty", "unusual"])
def test_draws_unusual_figures(browser, pages, name):
    page = browser.open(pages / f"{name}.html", 360)
    try:
        assert page.faults() == []
        assert page.evaluate("document.querySelectorAll('.chart.failed').length") == 0
        assert page.evaluate("document.querySelectorAll('.chart svg').length") == {
            "empty": 1, "unusual": 4}[name]
    finally:
        page.close()


def test_without_a_library_there_are_tables(browser, pages):
    page = browser.open(pages / "plain.html", 360)
    try:
        assert page.faults() == []
        assert page.evaluate("document.querySelectorAll('figure details[open] table').length") == 6
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
    finally:
        page.close()
