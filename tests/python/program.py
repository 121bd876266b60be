"""Where the built program `guanxi` is, and how tests run it: as a command, and at a terminal."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import guanxi
import pytest


def path():
    """GUANXI_PROGRAM, else beside the module in its build folder; skips where there is none."""
    named = os.environ.get("GUANXI_PROGRAM")
    found = Path(named) if named else Path(guanxi.__file__).parents[2] / "bin" / "guanxi"
    if not named and not found.exists():
        pytest.skip("there is no built program; GUANXI_PROGRAM names it")
    return found


def environment(**others):
    """That of the tests, without what a person has set for terminals."""
    kept = {k: v for k, v in os.environ.items()
            if k not in ("NO_COLOR", "COLUMNS", "LANG", "LC_MESSAGES", "XDG_STATE_HOME")}
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm", **others}


def run(*words, folder, stdin="", **others):
    """What it did: returncode, stdout and stderr."""
    return subprocess.run([path(), *map(str, words)], cwd=folder, input=stdin, text=True,
                          capture_output=True, timeout=300, encoding="utf-8",
                          env=environment(**others))


class Terminal:
    """The program at a terminal of its own, which Ctrl-C reaches as it does a person's."""

    def __init__(self, *words, folder, columns=100, **others):
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))

        def take_terminal():
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            signal.signal(signal.SIGINT, signal.SIG_DFL)

        self._running = subprocess.Popen(
            [path(), *map(str, words)], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
            env=environment(**others), start_new_session=True, preexec_fn=take_terminal)
        os.close(theirs)
        self._shown = b""

    def type(self, keys):
        os.write(self._ours, keys.encode())

    def ready(self, within=60):
        """Waits until the line editor has the keys: before, the terminal itself takes some."""
        end = time.monotonic() + within
        while termios.tcgetattr(self._ours)[3] & termios.ICANON:
            assert time.monotonic() < end, "the terminal still reads lines"
            time.sleep(0.01)

    def read(self, until, within=60):
        """What is shown since the last reading, up to the end of this text."""
        wanted, end = until.encode(), time.monotonic() + within
        while wanted not in self._shown and time.monotonic() < end and self._listen():
            pass
        assert wanted in self._shown, f"`{until}` did not come: {self._shown.decode()!r}"
        shown, self._shown = self._shown.split(wanted, 1)
        if until.endswith("> "):
            self.ready()
        return shown.decode("utf-8", "replace") + until

    def rest(self, within=60):
        """What is still shown, and how it ends."""
        end = time.monotonic() + within
        while time.monotonic() < end and self._listen():
            pass
        return self._shown.decode("utf-8", "replace"), self._running.wait(timeout=within)

    def _listen(self):
        """Takes what there is; false when the program has ended."""
        if not select.select([self._ours], [], [], 0.1)[0]:
            return True
        try:
            self._shown += os.read(self._ours, 1 << 16)
        except OSError:  # the other end is closed
            return False
        return True

    def close(self):
        if self._running.poll() is None:
            self._running.kill()
        self._running.wait()
        os.close(self._ours)

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self.close()
