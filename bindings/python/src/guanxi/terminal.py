"""What a program that people run at a terminal shows them: how far long work has come, and reports.

    from guanxi import terminal

    with terminal.Progress("importing") as progress:
        session.import_files(mapping, folder, progress=progress)
    print(session.report_text(definition, **terminal.style()))

Nothing here is needed by a program without a terminal; the library itself never prints.
"""

import locale
import os
import shutil
import sys
import time
import unicodedata
from types import TracebackType
from typing import Any, Callable, TextIO

_WORDS = {"en": ("{}/s", "{} left"), "zh": ("{} 条/秒", "剩余 {}")}
_EIGHTHS = " ▏▎▍▌▋▊▉"


def width(text: str) -> int:
    """Columns of a terminal: wide East Asian characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def fitted(text: str, columns: int) -> str:
    """The text, cut to as many columns and ended by "…" where it is too long."""
    if width(text) <= columns:
        return text
    while text and width(text) >= columns:
        text = text[:-1]
    return text + "…" if columns > 0 else ""


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """The text with spaces to fill as many columns, before it if it stands right."""
    spaces = " " * max(0, columns - width(text))
    return spaces + text if right else text + spaces


def language() -> str:
    """What the user's locale speaks, of the languages that the library speaks: "zh" or "en"."""
    named = (os.environ.get(word) for word in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh" if next(filter(None, named), "").lower().startswith("zh") else "en"


def is_ascii() -> bool:
    """Whether lines and bars are to be of ASCII signs, since the user's locale is not UTF-8."""
    return locale.getencoding().lower().replace("-", "") != "utf8"


def style(stream: TextIO | None = None) -> dict[str, Any]:
    """How a report goes to a stream (default: standard output): arguments of report_text().

    Its width is the terminal's, 40 to 120 columns, and 80 where there is no terminal. It is coloured
    on a terminal, unless the environment has NO_COLOR or TERM=dumb.
    """
    to = stream or sys.stdout
    shown = to.isatty()
    columns = shutil.get_terminal_size((80, 24)).columns if shown else 80
    colour = shown and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return {"width": max(40, min(columns, 120)), "ascii": is_ascii(), "colour": colour}


def _duration(seconds: float) -> str:
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _bar(share: float, columns: int, ascii: bool) -> str:
    eighths = int(share * columns * 8)
    if ascii:
        return ("#" * (eighths // 8)).ljust(columns, "-")
    full, rest = divmod(eighths, 8)
    return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(columns)


class Progress:
    """One line on a terminal with count, rate and time left; what `progress=` takes.

    It says nothing where the stream (default: standard error) is no terminal, or if `quiet`. Used as
    a context manager it takes its line away at the end. Ctrl-C during a call that reports progress
    stops the call, which keeps nothing of its work, and comes back from it as KeyboardInterrupt.
    """

    def __init__(
        self,
        label: str,
        *,
        language: str = "en",
        quiet: bool = False,
        stream: TextIO | None = None,
        columns: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._label = label
        self._rate, self._left = _WORDS[language]
        self._stream = stream or sys.stderr
        self._shown = not quiet and self._stream.isatty()
        self._columns = columns
        self._ascii = is_ascii()
        self._clock = clock
        self._started = clock()
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        now = self._clock()
        if not self._shown or (now < self._next and done != total):
            return
        self._next = now + 0.1
        self._stream.write("\r" + self.line(done, total, now - self._started) + "\x1b[K")
        self._stream.flush()

    def line(self, done: int, total: int, seconds: float) -> str:
        """What the line shows, within the terminal's width; a total of 0 is unknown."""
        columns = (self._columns or shutil.get_terminal_size((80, 24)).columns) - 1
        parts = [f"{done:,} / {total:,}" if total else f"{done:,}"]
        if total:
            parts.append(f"{100 * done // total}%")
        if seconds > 0 and done:
            parts.append(self._rate.format(f"{done / seconds:,.0f}"))
            if total:
                parts.append(self._left.format(_duration((total - done) * seconds / done)))
        while len(parts) > 1 and width(self._label) + 2 + width("  ".join(parts)) > columns:
            parts.pop()
        figures = "  ".join(parts)
        room = columns - width(self._label) - width(figures) - 4
        if total and room >= 8:
            figures = _bar(done / total, min(room, 30), self._ascii) + "  " + figures
        return fitted(f"{self._label}  {figures}", columns)

    def __enter__(self) -> "Progress":
        self._started = self._clock()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        thrown: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._shown and self._next:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
