"""A headless Chromium, driven over the DevTools protocol on a pair of pipes: no port, no driver
program and no library are needed.

    with Chromium(folder) as browser:
        page = browser.open(path, width=360, dark=True, language="zh-CN")
        assert page.evaluate("document.title") == "…"
        assert page.faults() == []
"""

import base64
import json
import os
import select
import shutil
import subprocess
from pathlib import Path

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
         "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--hide-scrollbars", "--force-color-profile=srgb"]

PATIENCE_S = 120  # far above what an answer takes, for a machine that is busy


def program():
    """Where Chromium is; None without one."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


class Chromium:
    def __init__(self, folder):
        to_browser, self._out = os.pipe()
        self._in, from_browser = os.pipe()

        def place_pipes():
            # The browser reads from descriptor 3 and writes to 4; moved aside first, for either end
            # may stand where the other belongs.
            reading, writing = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reading, 3)
            os.dup2(writing, 4)

        # The test runner's own sanitizer runtime is none of the browser's.
        without = {k: v for k, v in os.environ.items() if k not in ("LD_PRELOAD", "ASAN_OPTIONS")}
        self._process = subprocess.Popen(
            [program(), *FLAGS, "--remote-debugging-pipe", f"--user-data-dir={folder}/profile",
             "about:blank"],
            preexec_fn=place_pipes, close_fds=False, env=without,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(to_browser)
        os.close(from_browser)
        self._last = 0
        self._text = b""
        self._events = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            self.call("Browser.close")
            self._process.wait(timeout=10)
        except (EOFError, OSError, TimeoutError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        os.close(self._out)
        os.close(self._in)

    def call(self, method, session=None, **parameters):
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self._events.append(answer)

    def events(self, session):
        """What has been told of a page so far."""
        return [e for e in self._events if e.get("sessionId") == session]

    def wait_for(self, method, session):
        while not any(e["method"] == method for e in self.events(session)):
            self._events.append(self._read())

    def _read(self):
        while b"\0" not in self._text:
            if not select.select([self._in], [], [], PATIENCE_S)[0]:
                raise TimeoutError(f"the browser has said nothing for {PATIENCE_S} seconds")
            more = os.read(self._in, 1 << 20)
            if not more:
                raise EOFError("the browser has closed its pipe")
            self._text += more
        one, _, self._text = self._text.partition(b"\0")
        return json.loads(one)

    def open(self, path, width, dark=False, height=900, language="en-US"):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(f"{domain}.enable")
        page.resize(width, height)
        page.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        page.call("Emulation.setLocaleOverride", locale=language)
        page.call("Page.navigate", url=Path(path).as_uri())
        self.wait_for("Page.loadEventFired", session)
        return page


class Page:
    def __init__(self, browser, target, session):
        self._browser, self._target, self._session = browser, target, session

    def call(self, method, **parameters):
        return self._browser.call(method, self._session, **parameters)

    def resize(self, width, height=900):
        self.width = width
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)

    def close(self):
        self._browser.call("Target.closeTarget", targetId=self._target)

    def evaluate(self, expression):
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"].get("exception", {}).get("description"))
        return answer["result"].get("value")

    def settle(self):
        """Until what waits for the next pictures has been done."""
        for _ in range(2):
            self.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))")

    def faults(self):
        """Errors of scripts, what the console was told, refusals by the content policy."""
        self.settle()
        found = []
        for event in self._browser.events(self._session):
            told = event["params"]
            if event["method"] == "Runtime.exceptionThrown":
                found.append(told["exceptionDetails"].get("exception", {}).get("description", "?"))
            elif event["method"] == "Runtime.consoleAPICalled" and told["type"] in (
                    "error", "warning", "assert"):
                found.append(" ".join(str(a.get("value", a.get("description")))
                                      for a in told["args"]))
            elif event["method"] == "Log.entryAdded" and told["entry"]["level"] == "error":
                found.append(told["entry"]["text"])
        return found

    def requests(self):
        """Addresses that the page asked for, itself among them."""
        return [e["params"]["request"]["url"] for e in self._browser.events(self._session)
                if e["method"] == "Network.requestWillBeSent"]

    def screenshot(self, path, whole=True):
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=whole)
        Path(path).write_bytes(base64.b64decode(shot["data"]))

    def print_to(self, path):
        paper = self.call("Page.printToPDF", printBackground=True, paperWidth=8.27,
                          paperHeight=11.69)
        Path(path).write_bytes(base64.b64decode(paper["data"]))
