"""A whole review by keyboard alone: settle, keep apart, rename, accept the rest, publish, return, compare."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.portal import ROOT, running, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1200)]
STEPS = 400  # of Tab: past every button of a page of changes


def test_a_review_without_a_mouse(tmp_path: Path, browser: Browser, shared: Path) -> None:
    corpus = shared / "corpora" / "ferag"
    notes = tmp_path / "notes.txt"  # spelt almost as somebody who is approved: is it the same person?
    notes.write_text("Notes of the Berlin visit\n\nAlice Smyth works at ACME Corporation in Berlin.\n")
    with running(tmp_path, {}) as address:
        command = Command(tmp_path / "data")
        password = command("user", "create", "ann@example.org", "--admin")["password"]
        command("rag", "create", "FERAG", "--owner", "ann@example.org")
        command("ingest", *sorted((corpus / "cycle1" / "input").glob("*.txt")), "--rag", "FERAG", "--wait")
        command("approve", "--rag", "FERAG", "--cycle", "1", "--all")
        command(
            "ingest", *sorted((corpus / "cycle2" / "input").glob("*.txt")), notes, "--rag", "FERAG", "--wait"
        )
        me = visitor(browser, address, "en-GB")
        page = me.page
        me.open("/review?rag=1&cycle=2")
        page.wait_for_url("**/auth/login**")
        reach(page, "E-mail address")
        page.keyboard.type("ann@example.org")
        reach(page, "Password")
        page.keyboard.type(password)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Review of cycle 2")).to_be_visible()
        expect(page.locator(".st-key-accept-matching")).to_be_visible()
        settle_the_contradiction(page)
        keep_apart(page)
        rename(page)
        accept_the_rest(page)
        publish(page)
        go_back(page)
        compare(page)
        assert not [w for w in me.wrong if "404" not in w]
        page.context.close()


class Command:
    """`ferag … --json` on the running portal's data."""

    def __init__(self, data: Path) -> None:
        self.environment = {**os.environ, "FERAG_DATA_DIR": str(data), "OMP_NUM_THREADS": "1"}

    def __call__(self, *words: object) -> dict[str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "portal.cli", *map(str, words), "--json"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=600,
        )
        found: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
        return found


FOCUSED = """() => {
  const e = document.activeElement;
  const ids = (e.getAttribute("aria-labelledby") || "").split(" ");
  const by = ids.map(i => document.getElementById(i)?.innerText || "");
  const own = [...(e.labels || [])].map(l => l.innerText);
  return [e.getAttribute("aria-label") || "", ...by, ...own, e.innerText || ""].join(" | ");
}"""


def reach(page: Page, name: str) -> None:
    """Tab until the focus is on what has this name, if it is not there already."""
    seen = [page.evaluate(FOCUSED)]
    for _ in range(STEPS):
        lines = seen[-1].splitlines() or [""]
        if name in lines[0] or (
            len(lines) < 4 and name in lines[-1]
        ):  # an icon's name comes before a button's
            return
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    pytest.fail(f"no way to {name!r} by keyboard: {seen[-40:]}")


def tab(page: Page, number: str) -> None:
    chosen = page.locator("[class*='st-key-tab-'] button").nth(int(number) - 1)
    for _ in range(20):  # the keys are listened to a moment after the page is drawn
        page.keyboard.press(number)
        page.wait_for_timeout(1500)
        if chosen.evaluate(
            "e => e.matches('[aria-checked=true], [aria-pressed=true], [data-selected=true]')"
        ):
            return
    pytest.fail(f"the key {number} chooses nothing: {chosen.evaluate('e => e.outerHTML')[:400]}")


def step_to(page: Page, words: str) -> None:
    """j down the page, then the page after, until the change with these words is what keys are about."""
    for _ in range(4):
        last = ""
        for _ in range(20):
            page.keyboard.press("j")
            page.wait_for_timeout(200)
            now = page.evaluate(FOCUSED)
            if words in now:
                return
            if now == last:
                break
            last = now
        page.keyboard.press("n")
        page.wait_for_timeout(1500)
    pytest.fail(f"{words} is not among these changes: {page.evaluate(FOCUSED)}")


def decided(page: Page, words: str, how: str) -> None:
    row = page.locator("[class*='st-key-row-']", has_text=words)
    expect(row.locator(".f-chip", has_text=how).first).to_be_visible()


def settle_the_contradiction(page: Page) -> None:
    tab(page, "4")
    step_to(page, "Bob Johnson")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    reach(page, "The approved one held until")
    page.keyboard.type("2025-04")
    reach(page, "The new one holds since")
    page.keyboard.type("2025-05")
    reach(page, "Keep both with these dates")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    decided(page, "Bob Johnson", "Corrected and accepted")


def keep_apart(page: Page) -> None:
    tab(page, "2")
    step_to(page, "the same")
    page.keyboard.press("r")
    decided(page, "Are Alice Smyth and Alice Smith the same?", "Rejected")
    page.keyboard.press("u")
    expect(page.locator("[class*='st-key-do-r-merge']")).to_be_visible()
    page.wait_for_timeout(500)
    page.keyboard.press("r")
    decided(page, "Are Alice Smyth and Alice Smith the same?", "Rejected")


def rename(page: Page) -> None:
    tab(page, "1")
    step_to(page, "mentors")
    page.keyboard.press("e")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    reach(page, "Its name")
    page.keyboard.press("Control+A")
    page.keyboard.type("advises")
    page.keyboard.press("Tab")
    reach(page, "Accept it so")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    decided(page, "advises", "Corrected and accepted")


def accept_the_rest(page: Page) -> None:
    for number in "123":
        tab(page, number)
        page.keyboard.press("A")
        expect(page.locator(".f-chip", has_text="Accepted").first).to_be_visible()
    decided_already = page.locator("[role=progressbar]").first
    assert int(decided_already.get_attribute("aria-valuenow") or 0) > 90


def publish(page: Page) -> None:
    reach(page, "Approve…")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    reach(page, "Publish version 2")
    page.keyboard.press("Enter")
    expect(page.get_by_text("This cycle is approved and part of the knowledge base.")).to_be_visible()


def go_back(page: Page) -> None:
    reach(page, "Versions")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Versions", exact=True)).to_be_visible()
    expect(page.get_by_text("Version 2", exact=True).first).to_be_visible()
    reach(page, "Return to this version")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Return to version 1")).to_be_visible()
    reach(page, "Return to version 1")
    page.keyboard.press("Enter")
    # the page says that it is being published, and shows by itself when it is
    expect(page.locator(".f-name", has_text="Version 3")).to_be_visible()
    expect(page.get_by_text("The new version is being published…")).to_be_hidden()


def compare(page: Page) -> None:
    """Since version 2 what it brought is gone; the renamed relation among it."""
    reach(page, "Show what changed")
    page.keyboard.press("Space")
    expect(page.get_by_text("Facts that are gone")).to_be_visible()
    gone = page.locator("li")
    expect(gone.filter(has_text="advises").first).to_be_visible()
    expect(gone.filter(has_text="Alice Smyth").first).to_be_visible()
    expect(gone.filter(has_text="Bob Johnson").first).to_be_visible()
