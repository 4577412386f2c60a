"""What is measured in a browser: Chromium, logged in; the median of a few rounds."""

import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, expect, sync_playwright

from tests.e2e.conftest import QUIET

EMAIL, PASSWORD = "ann@example.org", "a long enough secret"


@contextmanager
def logged_in(address: str) -> Iterator[Page]:
    chromium = shutil.which("chromium")
    assert chromium, "apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET.split(" "))
        page = browser.new_context(viewport={"width": 1400, "height": 1000}, locale="en-GB").new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}/")
        page.get_by_label("E-mail address").fill(EMAIL)
        page.locator("input[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Knowledge bases")).to_be_visible()
        yield page
        browser.close()


def median(act: Callable[[], object], rounds: int) -> float:
    """Milliseconds."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append(1000 * (time.perf_counter() - began))
    return statistics.median(times)
