"""One Chromium for all tests of a file; of a test that fails, what stood on its pages."""

import shutil
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.conftest import absent

QUIET = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync --disable-quic"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = shutil.which("chromium")
    if not found:
        absent("Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=QUIET.split(" "))
        yield started
        started.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    opened = getattr(item, "funcargs", {}).get("browser")
    if isinstance(opened, Browser) and report.when == "call":
        for context in opened.contexts:
            if report.failed:
                report.sections += [(f"page {p.url}", _shown(p)) for p in context.pages]
            context.close()
    return report


def _shown(page: Page) -> str:
    """As a screen reader would read it."""
    try:
        return page.locator("body").aria_snapshot(timeout=5000)
    except Error as e:
        return str(e)
