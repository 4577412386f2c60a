"""Correcting what is approved in a real browser, by mouse and by keyboard: reviewed, published, answered."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal import i18n
from portal.i18n import gettext as _
from tests.e2e.portal import Visitor, running, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PASSWORD = "a long enough secret"
EMAIL = "ann@example.org"
HOSTILE = "<img src=x onerror=alert(1)> **Ann** said"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("edits")
    with running(folder, {}) as address:
        text = folder / "team.txt"
        text.write_text("Bob Johnson works at ACME Corporation. ACME Corporation was founded in 1999.")
        ferag(
            folder,
            f"user create {EMAIL} --admin --password-stdin",
            f"rag create Team --owner {EMAIL}",
            f"ingest {text} --rag Team --wait",
            "approve --rag Team --cycle 1 --all",
        )
        yield address


def ferag(folder: Path, *commands: str) -> None:
    """In one process: each start of Python takes its time."""
    run = "import sys; from portal.cli import main; assert not any(main(c.split()) for c in sys.argv[1:])"
    subprocess.run(
        [sys.executable, "-c", run, *commands],
        env={**os.environ, "FERAG_DATA_DIR": str(folder / "data"), "OMP_NUM_THREADS": "1"},
        input=PASSWORD.encode(),
        check=True,
        capture_output=True,
        timeout=180,
    )


def logged_in(address: str, browser: Browser, locale: str) -> Visitor:
    me = visitor(browser, address, locale)
    me.open("/auth/login")
    me.page.locator("input[name=email]").fill(EMAIL)
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.locator("input[name=password]").press("Enter")
    expect(me.page.get_by_text("Team").first).to_be_visible()
    return me


def thing(me: Visitor, name: str) -> None:
    """Its page, by way of the search."""
    me.open(f"/search?rag=1&q={name}")
    link = me.page.get_by_role("link", name=name, exact=True).first
    expect(link).to_be_visible()
    iri = link.get_attribute("href") or ""
    me.open(f"/entity?rag=1&entity={iri.rpartition('%2F')[2].rpartition('entity=')[2]}")
    expect(me.page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_a_fact_is_corrected_by_mouse(portal: str, browser: Browser) -> None:
    i18n.use("en")
    me = logged_in(portal, browser, "en-GB")
    page = me.page
    thing(me, "Bob Johnson")
    page.get_by_role("button", name=_("Correct"), exact=True).nth(1).click()
    window = page.get_by_role("dialog")
    window.get_by_label(_("Holds since")).fill("03.2015")
    window.get_by_label(_("Held until")).fill("2020")
    keep = window.get_by_role("button", name=_("Keep this correction"))
    keep.click()
    why = _("Say in a few words how you know: it stands where others have a quote.")
    expect(window.get_by_text(why)).to_be_visible()
    window.get_by_label(_("How do you know?")).fill(HOSTILE)
    keep.click()
    expect(page.get_by_text(_("My corrections: {n}").format(n=1))).to_be_visible()
    me.shot("entity-corrected-en")
    page.get_by_role("link", name=_("My corrections: {n}").format(n=1)).click()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    me.shot("corrections-en")
    page.get_by_role("button", name=_("Send to review")).click()
    page.get_by_role("link", name=_("Review of cycle {n}").format(n=2)).click()
    corrected = _("Corrected by {who}: {reason}").format(who="ann", reason=HOSTILE)
    expect(page.get_by_text(corrected)).to_be_visible()
    me.shot("review-correction-en")
    publish(page)
    me.open("/chat?rag=1")
    box = page.get_by_placeholder(_("Ask a question about what your documents say"))
    box.fill("Where did Bob Johnson work?")
    box.press("Enter")
    answer = page.get_by_test_id("stChatMessage").last
    expect(answer.get_by_text("2020").first).to_be_visible()
    expect(answer.get_by_text("ACME Corporation").first).to_be_visible()
    answer.get_by_role("button", name="[1] ann").click()
    expect(page.get_by_text(HOSTILE)).to_be_visible()
    me.shot("answer-correction-en")
    assert not me.wrong
    page.context.close()


def test_a_thing_is_renamed_by_keyboard_alone(portal: str, browser: Browser) -> None:
    i18n.use("ru")
    me = logged_in(portal, browser, "ru-RU")
    page = me.page
    thing(me, "ACME Corporation")
    to(page, _("Correct"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=_("Name and description"))).to_be_visible()
    to(page, _("Name and description"))
    page.keyboard.press("Enter")
    window = page.get_by_role("dialog").filter(has_text=_("Its name"))
    expect(window.get_by_label(_("Its name"), exact=True)).to_be_visible()
    to(page, _("Its name"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Акме")
    page.keyboard.press("Tab")
    to(page, _("How do you know?"))
    page.keyboard.type("Я там работаю")
    page.keyboard.press("Tab")
    to(page, _("Keep this correction"))
    page.keyboard.press("Enter")
    mine = _("My corrections: {n}").format(n=1)
    expect(page.get_by_text(mine)).to_be_visible()
    me.shot("entity-corrected-ru")
    to(page, _("Send to review"))
    page.keyboard.press("Enter")
    sent = page.get_by_text(_("Your corrections were sent to review."))
    expect(sent).to_be_visible()
    expect(page.get_by_text(mine)).to_have_count(0)
    review = page.get_by_role("link", name=_("Review of cycle {n}").partition("{")[0])
    to(page, review.inner_text().splitlines()[-1])
    page.keyboard.press("Enter")
    said = _("Corrected by {who}: {reason}").format(who="ann", reason="Я там работаю")
    expect(page.get_by_text(said)).to_be_visible()
    to(page, _("Approve…"))
    page.keyboard.press("Enter")
    button = page.get_by_role("dialog").get_by_role("button", name=_("Publish version {n}").partition("{")[0])
    expect(button).to_be_visible()
    to(page, button.inner_text().splitlines()[-1])
    page.keyboard.press("Enter")
    expect(page.get_by_text(_("This cycle is approved and part of the knowledge base."))).to_be_visible()
    thing(me, "Акме")
    assert not me.wrong
    page.context.close()


def to(page: Page, name: str) -> None:
    """Tab on to the control of this name."""
    for _step in range(80):
        held = page.evaluate(
            "() => { const e = document.activeElement; const own = e.matches('button, input, textarea, a');"
            "return own ? (e.getAttribute('aria-label') || e.innerText || '').trim() : '' }"
        )
        if name in held.split("\n"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no way to {name} by keyboard")


def publish(page: Page) -> None:
    page.get_by_role("button", name=_("Approve…")).click()
    window = page.get_by_role("dialog")
    window.get_by_role("button", name=_("Publish version {n}").format(n=2)).click()
    expect(page.get_by_text(_("This cycle is approved and part of the knowledge base."))).to_be_visible()
