"""The real portal for a browser: `ferag up` on embedded parts or on servers, and Chromium before it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
SECONDS = 120  # the slowest thing a person waits for, on a busy machine
SHOTS = os.environ.get("FERAG_SCREENSHOTS") == "1"  # read before the tests clean the environment
expect.set_options(timeout=SECONDS * 1000)


@contextmanager
def running(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """`ferag up` with its data in `folder`; its address."""
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FERAG_")}
    environment = {
        **clean,
        "OMP_NUM_THREADS": "1",
        "FERAG_DATA_DIR": str(folder / "data"),
        "FERAG_WORKERS": "1",
        "FERAG_PORT": str(port),
        **settings,
    }
    log = folder / "up.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "up"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < until:
        try:
            if httpx.get(f"{address}/healthz", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.3)
    pytest.fail(f"the portal did not start: {log.read_text(errors='replace')[-3000:]}")


@dataclass
class Visitor:
    """A person with a browser of their own language. What the page did wrong is kept in `wrong`."""

    address: str
    page: Page
    wrong: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.set_default_timeout(SECONDS * 1000)
        self.page.on("pageerror", lambda e: self.wrong.append(f"script error: {e}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        place = message.location.get("url", "")
        if "/_stcore/" in place and "404" in message.text:
            return  # how Streamlit's page finds out below which path it is served
        if message.type == "error":
            self.wrong.append(f"console: {message.text} {place}")

    def _request(self, request: Request) -> None:
        own = (self.address, self.address.replace("http", "ws"), "data:", "blob:")
        if not request.url.startswith(own):
            self.wrong.append(f"left for another host: {request.url}")

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def shot(self, name: str) -> None:
        """A screenshot for docs/screenshots, if they are being made."""
        text = self.page.locator("body").inner_text()
        if "Traceback" in text or "Error:" in text:
            self.wrong.append(f"{name}: {text[:500]}")
        if SHOTS:
            folder = ROOT / "docs" / "screenshots"
            folder.mkdir(parents=True, exist_ok=True)
            self.page.wait_for_timeout(1200)  # what fades in is in
            self.page.screenshot(path=str(folder / f"{name}.png"))


def visitor(browser: Browser, address: str, locale: str) -> Visitor:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=locale)
    made = Visitor(address, context.new_page())
    made.watch()
    return made
