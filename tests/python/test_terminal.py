"""What a person at a terminal sees: a progress bar of one line, Ctrl-C that keeps nothing, colour and
signs as the terminal has them."""

import fcntl
import io
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import guanxi
import pytest
from guanxi import terminal

ROOT = Path(os.environ.get("GUANXI_SOURCE_DIR", Path(__file__).resolve().parents[2]))


class Screen(io.StringIO):
    def isatty(self):
        return True


def bar(columns=80, **others):
    return terminal.Progress(others.pop("label", "importing"), columns=columns, stream=Screen(),
                             **others)


def test_the_line_has_count_share_rate_and_time_left(monkeypatch):
    monkeypatch.setattr(terminal, "is_ascii", lambda: False)
    line = bar().line(2_200, 8_800, 2.0)
    assert line.startswith("importing  ████") and "▏" not in line
    assert line.endswith("  2,200 / 8,800  25%  1,100/s  0:06 left")
    assert len(line) == 79
    assert bar(language="zh", label="正在导入").line(50, 100, 10).endswith("50%  5 条/秒  剩余 0:10")
    assert bar().line(500, 0, 2.0) == "importing  500  250/s"  # nobody knows how much there is
    assert bar().line(1, 36_001, 1.0).endswith("10:00:00 left")


@pytest.mark.parametrize("columns", [12, 20, 30, 40, 60, 80, 200])
@pytest.mark.parametrize("label", ["importing", "正在导入客户与商机"])
def test_the_line_fits(columns, label):
    for done in (0, 1, 4_321, 8_800):
        line = bar(columns, label=label, language="zh").line(done, 8_800, 3.3)
        assert terminal.width(line) < columns, line


def test_ascii_signs_where_the_locale_has_no_others(monkeypatch):
    monkeypatch.setattr(terminal, "is_ascii", lambda: True)
    line = bar().line(50, 100, 1.0)
    assert line.isascii() and "#####-----" in line


def test_draws_seldom_and_takes_its_line_away():
    now = [0.0]
    with bar(clock=lambda: now[0]) as progress:
        for done in range(1001):
            now[0] = done / 1000  # a thousand calls in a second
            progress(done, 1000)
        drawn = progress._stream.getvalue()
    assert 10 <= drawn.count("\r") <= 12
    assert "\n" not in drawn and "1,000 / 1,000" in drawn
    assert progress._stream.getvalue().endswith("\r\x1b[K")


def test_is_silent_without_a_terminal_and_when_it_is_told_to():
    nowhere = io.StringIO()
    quiet = bar(quiet=True)
    for progress in (terminal.Progress("importing", stream=nowhere), quiet):
        with progress:
            progress(1, 2)
            progress(2, 2)
    assert nowhere.getvalue() == quiet._stream.getvalue() == ""


def test_style_is_that_of_the_terminal(monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    assert terminal.style(Screen()) == {"width": 100, "ascii": terminal.is_ascii(), "colour": True}
    assert terminal.style(io.StringIO())["colour"] is False
    assert terminal.style(io.StringIO())["width"] == 80
    monkeypatch.setenv("NO_COLOR", "1")
    assert terminal.style(Screen())["colour"] is False
    monkeypatch.setenv("COLUMNS", "10")
    assert terminal.style(Screen())["width"] == 40


def test_language_is_that_of_the_locale(monkeypatch):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert terminal.language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert terminal.language() == "zh"
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert terminal.language() == "en"


# ------------------------------------------------------------------------ the demo on a terminal


def demo_on_a_terminal(folder, *arguments, columns=80, interrupt_at=None, **environment):
    """What it shows on a terminal of so many columns, and how it ends."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    without = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    running = subprocess.Popen(
        [sys.executable, str(ROOT / "examples" / "demo.py"), *arguments, "--out", str(folder)],
        stdin=theirs, stdout=theirs, stderr=theirs,
        env={**without, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment},
        # As a terminal would start it: whoever runs the tests in the background ignores Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    os.close(theirs)
    shown, until = b"", time.monotonic() + 300
    while time.monotonic() < until:
        if select.select([ours], [], [], 1)[0]:
            try:
                shown += os.read(ours, 1 << 16)
            except OSError:  # the other end is closed
                break
        if interrupt_at and interrupt_at in shown:
            running.send_signal(signal.SIGINT)
            interrupt_at = None
    os.close(ours)
    return shown.decode("utf-8"), running.wait(timeout=60)


def test_the_demo_shows_a_bar_and_colours(tmp_path):
    shown, code = demo_on_a_terminal(tmp_path, "--size", "200", "--language", "zh")
    assert code == 0, shown
    assert "making up" in shown and "200 / 200" in shown
    assert "\x1b[36m█" in shown and "\x1b[1m总计\x1b[0m" in shown
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans"' in page and "在跟商机" in page


def test_the_demo_fits_its_terminal_and_does_without_colour(tmp_path):
    shown, code = demo_on_a_terminal(tmp_path, "--size", "120", "--quiet", columns=80, NO_COLOR="1")
    assert code == 0, shown
    assert "\x1b" not in shown and "making up" not in shown
    tables = shown.split("══\r\n", 1)[1].split("Wrote")[0]
    assert max(terminal.width(line) for line in tables.splitlines()) <= 80


def test_the_demo_has_ascii_signs_where_the_locale_has_no_others(tmp_path):
    shown, code = demo_on_a_terminal(tmp_path, "--size", "120", LC_ALL="C", PYTHONUTF8="0",
                                     PYTHONCOERCECLOCALE="0", NO_COLOR="1")
    assert code == 0, shown
    assert shown.isascii() and "# In total" in shown and "######" in shown


def test_ctrl_c_keeps_nothing(tmp_path):
    shown, code = demo_on_a_terminal(tmp_path, "--size", "20000", interrupt_at=b"making up  ")
    assert code == 130, shown
    assert "nothing of the import was kept" in shown and "Traceback" not in shown
    assert not (tmp_path / "report.json").exists()
    with guanxi.open(tmp_path / "crm.gx") as crm, crm.as_user("admin") as s:
        assert s.query("select count() as n from opportunity")[0].n == 0
        assert s.query("select count() as n from account")[0].n == 0
