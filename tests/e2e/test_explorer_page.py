"""Exploring and correcting with a mouse and with the keyboard alone, in names full of markup; and every page
before axe."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, expect

from portal import accounts, i18n, logins, rags
from portal.explore import address as addresses
from portal.i18n import gettext as _
from portal.settings import Settings
from portal.wiring import wire
from portal.work_queue import QUEUES
from tests import explorer_world
from tests.e2e.gestures import choose, edge, node, picture, reach, serious, settled
from tests.e2e.portal import ROOT, Visitor, running, visitor
from tests.explorer_world import HOSTILE, iri

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
EMAIL, PASSWORD = "ann@example.org", "a long enough secret"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of a portal with a town, and the one of a hostile thing's page."""
    folder = tmp_path_factory.mktemp("town")
    with running(folder, {"FERAG_WORKERS": "0"}) as address:
        parts = wire(Settings(data_dir=folder / "data", _env_file=None))  # type: ignore[call-arg]
        explorer_world.without_vectors(parts)
        signed = logins.who(parts, accounts.register(parts, EMAIL, PASSWORD, name="Ann"))
        assert signed is not None
        rag = rags.create(parts, signed.actor, f"Town {HOSTILE}").id or 0
        dataset = parts.dataset(rag)
        told = explorer_world.told(parts, signed.actor, rag)
        explorer_world.publish(parts, signed.actor, rag, explorer_world.town(dataset, told), told)
        parts.index.summarise(dataset, 1)
        hostile = addresses.of(dataset, iri(dataset, HOSTILE))
        parts.close()
        with working(folder / "data"):  # from now on: the town's document is of no text that could be read
            yield address, f"/entity?rag={rag}&entity={hostile}"


@contextmanager
def working(data: Path) -> Iterator[None]:
    """A worker of each queue, for what is sent to review and published."""
    environment = {**os.environ, "FERAG_DATA_DIR": str(data), "OMP_NUM_THREADS": "1"}
    workers = [
        subprocess.Popen(
            [sys.executable, "-m", "jobs.worker", "--queue", queue],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for queue in QUEUES
    ]
    try:
        yield
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.wait(60)


def logged_in(browser: Browser, address: str, language: str) -> Visitor:
    i18n.use(language)
    me = visitor(browser, address, {"en": "en-GB", "ru": "ru-RU"}[language])
    me.page.on("dialog", lambda d: _opened(me, d))
    me.open("/auth/login")
    me.page.get_by_label(_("E-mail address")).fill(EMAIL)
    me.page.get_by_label(_("Password")).fill(PASSWORD)
    me.page.get_by_role("button", name=_("Log in")).click()
    expect(me.page.get_by_role("heading", name=_("Knowledge bases"), exact=True)).to_be_visible()
    return me


def test_with_a_mouse(browser: Browser, town: tuple[str, str]) -> None:
    me = logged_in(browser, town[0], "en")
    main = me.page.get_by_test_id("stMain")
    me.open("/graph?rag=1")
    find = main.get_by_label(_("Find a thing"), exact=True)
    find.fill("Bob Jonson")
    find.press("Enter")
    main.get_by_role("radio", name="Bob Johnson").click()
    expect(main.get_by_role("heading", name="Bob Johnson")).to_be_visible()
    picture(me)
    # a thing in the picture, which something above it has moved meanwhile
    above = "'<div style=height:70px></div>'"
    me.page.evaluate(f"document.querySelector('.f-picture').insertAdjacentHTML('beforebegin', {above})")
    node(me, "Northwind")
    expect(main.get_by_role("heading", name="Northwind")).to_be_visible()
    main.get_by_role("button", name=_("Expand"), exact=True).click()
    expect(main.get_by_text("Showing all 4 things")).to_be_visible()
    picture(me)
    # only people
    main.get_by_text(_("Only some of it")).click()
    settled(me)
    kinds = main.get_by_role("combobox", name=_("Kinds"), exact=True)
    kinds.click()
    settled(me)
    me.page.get_by_role("option", name="company").click()
    me.page.keyboard.press("Escape")  # the list of kinds lies over the picture
    expect(main.get_by_text("Showing all 2 things")).to_be_visible()
    # what a fact in the picture was read from
    edge(me)
    expect(main.get_by_text("“Bob Johnson works at Northwind.”").first).to_be_visible()
    me.shot("explorer-en")
    # correct it here, see it in the review, publish it
    main.get_by_role("button", name=_("Correct"), exact=True).click()
    window = me.page.get_by_role("dialog")
    window.get_by_label(_("Held until")).fill("2025-06")
    window.get_by_label(_("How do you know?")).fill(f"He told me. {HOSTILE}")
    window.get_by_role("button", name=_("Keep this correction")).click()
    expect(main.get_by_role("link", name=_("My corrections: {n}").format(n=1))).to_be_visible()
    main.get_by_role("button", name=_("Send to review")).click()
    main.get_by_role("link", name=cycle()).click()
    main.get_by_role("button", name=_("Approve…")).click()
    expect(main.get_by_text(corrected_by("He told me."))).to_be_visible()
    me.page.get_by_role("dialog").get_by_role("button", name=version()).click()
    expect(main.get_by_text(_("This cycle is approved and part of the knowledge base."))).to_be_visible()
    # what the fact was read from, in the document
    me.open("/graph?rag=1")
    find.fill("Bob Johnson")
    find.press("Enter")
    main.get_by_role("radio", name="Bob Johnson").click()
    expect(main.get_by_role("heading", name="Bob Johnson")).to_be_visible()
    picture(me)
    edge(me)
    expect(main.get_by_text("to June 2025").first).to_be_visible()
    main.get_by_role("link", name=_("Open the document here")).first.click()
    expect(main.locator("mark").first).to_be_visible()
    expect(main.get_by_text("Bob Johnson works at Northwind.").first).to_be_visible()
    # a way between two people, one misspelt, one in the other alphabet
    me.open("/graph?rag=1")
    main.get_by_role("tab", name=_("Way between two things")).click()
    for at, (label, typed, name) in enumerate(
        (
            (_("From"), "Кэрол Дэвис", "Carol Davis"),
            (_("To"), "Bob Jonson", "Bob Johnson"),
        )
    ):
        field = main.get_by_label(label, exact=True)
        field.fill(typed)
        field.press("Enter")
        settled(me)
        main.get_by_role("radiogroup").nth(at).get_by_role("radio", name=name).click()
        settled(me)
    expect(main.get_by_role("heading", name="They are 4 facts apart.")).to_be_visible()
    picture(me)
    # names full of markup, in every view
    me.open(town[1])
    expect(main.get_by_role("heading", name="<img src=x")).to_be_visible()
    expect(main.get_by_text(_("Approved by {who}").split("{", maxsplit=1)[0]).first).to_be_visible()
    me.open("/graph?rag=1")
    for tab in (_("Way between two things"), _("Kinds and relations"), _("Map"), _("Timeline")):
        main.get_by_role("tab", name=tab).click()
        settled(me)
    expect(main.get_by_role("columnheader", name=_("When"))).to_be_visible()
    assert me.page.locator("[data-testid=stMain] img[src=x]").count() == 0
    assert not me.wrong
    me.page.context.close()


# Enter, and at once a click in the list as it was before.
AT_ONCE = """([label, name]) => {
    const input = [...document.querySelectorAll('input')].find((i) => i.ariaLabel === label);
    input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    [...document.querySelectorAll('[role=radio]')].find((r) => r.innerText.trim() === name).click(); }"""


def test_a_click_counts_while_the_list_is_renewed(browser: Browser, town: tuple[str, str]) -> None:
    me = logged_in(browser, town[0], "en")
    main = me.page.get_by_test_id("stMain")
    me.open("/graph?rag=1")
    picture(me)
    expect(main.get_by_role("heading", name="Carol Davis")).to_be_hidden()
    main.get_by_label(_("Find a thing"), exact=True).fill("Carol")
    expect(main.get_by_role("radio", name="Carol Davis")).to_be_visible()  # each widget is loaded by itself
    me.page.evaluate(AT_ONCE, [_("Find a thing"), "Carol Davis"])
    expect(main.get_by_role("radiogroup", name=_("Found"))).to_be_visible()
    expect(main.get_by_role("heading", name="Carol Davis")).to_be_visible()
    me.page.context.close()


def test_with_the_keyboard_alone(browser: Browser, town: tuple[str, str]) -> None:
    me = logged_in(browser, town[0], "ru")
    main, press = me.page.get_by_test_id("stMain"), me.page.keyboard.press
    me.open("/graph?rag=1")
    picture(me)
    reach(me, main.get_by_label(_("Find a thing"), exact=True))
    me.page.keyboard.type("Чайковсий")  # a slip of the pen
    press("Enter")
    choose(me, main.get_by_role("radio", name="Пётр Чайковский"))
    expect(main.get_by_role("heading", name="Пётр Чайковский")).to_be_visible()
    picture(me)
    # by the list: another thing, expanded
    reach(me, main.get_by_role("combobox", name=_("Look at")))
    me.page.keyboard.type("Ромашка")
    press("Enter")
    expect(main.get_by_role("heading", name="Ромашка")).to_be_visible()
    reach(me, main.get_by_role("button", name=_("Expand"), exact=True))
    press("Enter")
    expect(main.get_by_text("Показаны все объекты: 4")).to_be_visible()
    # only people
    reach(me, main.locator("summary", has_text=_("Only some of it")))
    press("Enter")
    reach(me, main.get_by_role("combobox", name=_("Kinds"), exact=True))
    me.page.keyboard.type("person")
    press("Enter")
    press("Escape")  # the list of kinds; it hides what is below it
    expect(main.get_by_text("Показаны все объекты: 3")).to_be_visible()
    # the quote of a fact
    fact = main.get_by_role("button", name="Sergey Ivanov — works at → Ромашка")
    reach(me, fact)
    press("Enter")
    expect(main.get_by_text("“Sergey Ivanov works at Ромашка.”").first).to_be_visible()
    # correct it here, see it in the review, publish it
    reach(me, main.get_by_role("button", name=_("Correct"), exact=True))
    press("Enter")
    window = me.page.get_by_role("dialog")
    reach(me, window.get_by_label(_("Holds since")))
    me.page.keyboard.type("2019")
    press("Tab")
    reach(me, window.get_by_label(_("How do you know?")))
    me.page.keyboard.type("Я там работаю")
    press("Tab")
    reach(me, window.get_by_role("button", name=_("Keep this correction")))
    press("Enter")
    expect(main.get_by_role("link", name=_("My corrections: {n}").format(n=1))).to_be_visible()
    reach(me, main.get_by_role("button", name=_("Send to review")))
    press("Enter")
    reach(me, main.get_by_role("link", name=cycle()))
    press("Enter")
    expect(main.get_by_text(corrected_by("Я там работаю"))).to_be_visible()
    reach(me, main.get_by_role("button", name=_("Approve…")))
    press("Enter")
    reach(me, me.page.get_by_role("dialog").get_by_role("button", name=version()))
    press("Enter")
    expect(main.get_by_text(_("This cycle is approved and part of the knowledge base."))).to_be_visible()
    reach(me, main.get_by_role("link", name=_("Look at the graph")))
    press("Enter")
    picture(me)
    # a way between two people, found in the other alphabet
    reach(me, main.get_by_role("tab", name=_("Picture"), exact=True))
    press("ArrowRight")
    press("Enter")
    for at, (label, typed, name) in enumerate(
        (
            (_("From"), "Кэрол Дэвис", "Carol Davis"),
            (_("To"), "боб", "Bob Johnson"),
        )
    ):
        reach(me, main.get_by_label(label, exact=True))
        me.page.keyboard.type(typed)
        press("Enter")
        settled(me)
        choose(me, main.get_by_role("radiogroup").nth(at).get_by_role("radio", name=name))
    expect(main.get_by_role("heading", name="Между ними 4 факта.")).to_be_visible()
    picture(me)
    me.shot("way-ru")
    reach(me, main.get_by_role("link", name=_("Open the document here")).first)
    press("Enter")
    expect(main.locator("mark").first).to_be_visible()
    assert not me.wrong
    me.page.context.close()


def test_a_picture_that_is_taken_away_runs_nothing(browser: Browser, town: tuple[str, str]) -> None:
    """That of the thing with a name full of markup, as SVG, opened in the browser."""
    me = logged_in(browser, town[0], "en")
    main = me.page.get_by_test_id("stMain")
    me.open("/graph?rag=1")
    find = main.get_by_label(_("Find a thing"), exact=True)
    find.fill("<img src")
    find.press("Enter")
    main.get_by_role("radio", name="<img src=x").click()
    expect(main.get_by_role("heading", name="<img src=x")).to_be_visible()
    picture(me)
    with me.page.expect_download() as download:
        main.get_by_role("button", name="SVG", exact=True).click()
    file = Path(download.value.path()).rename(download.value.path().with_suffix(".svg"))
    drawn = ET.fromstring(file.read_bytes())
    assert any((t.text or "").startswith("<img src=x") for t in drawn.findall(".//{*}text"))
    assert {e.tag.rpartition("}")[2] for e in drawn.iter()} <= {"svg", "line", "circle", "text"}
    assert not [a for e in drawn.iter() for a in e.attrib if a.startswith("on") or "href" in a]
    beside = me.page.context.new_page()
    beside.on("dialog", lambda d: _opened(me, d))
    beside.goto(file.as_uri())
    expect(beside.locator("text").first).to_be_attached()
    assert not me.wrong
    me.page.context.close()


PAGES = (
    *("/", "/inbox", "/account", "/tokens", "/admin", "/overview?rag=1", "/documents?rag=1"),
    *("/review?rag=1&cycle=1", "/progress?rag=1&cycle=1", "/chat?rag=1", "/search?rag=1&q=Alice"),
    *("/graph?rag=1", "/versions?rag=1", "/members?rag=1"),
)


def test_axe_finds_nothing_serious_on_any_page(browser: Browser, town: tuple[str, str]) -> None:
    me = logged_in(browser, town[0], "en")
    main = me.page.get_by_role("main")  # a page with a field for questions has another element there
    found: list[str] = []
    for path in (*PAGES, town[1]):
        me.open(path)
        expect(main.get_by_role("heading", level=1).first).to_be_visible()
        settled(me)
        found += serious(me, path)
        if path.startswith("/graph"):
            for tab in (_("Way between two things"), _("Kinds and relations"), _("Map"), _("Timeline")):
                main.get_by_role("tab", name=tab).click()
                settled(me)
                found += serious(me, f"{path} {tab}")
    me.page.context.close()
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_what_a_screen_reader_is_told(browser: Browser, town: tuple[str, str], language: str) -> None:
    """The language of the page, and by its own words a message that is there for some seconds."""
    me = logged_in(browser, town[0], language)
    me.open("/account")
    me.page.get_by_role("button", name=_("Save"), exact=True).click()
    said = me.page.get_by_role("alertdialog", name=_("Saved."))
    said.hover()  # it stays as long as one points at it
    me.wrong += serious(me, "a message")
    expect(said).to_be_visible()
    expect(me.page.locator("html")).to_have_attribute("lang", language)
    assert not me.wrong
    me.page.context.close()


# ---- what a test does


def cycle() -> re.Pattern[str]:
    """The link to a review: which number it has depends on what ran before."""
    return re.compile(re.escape(_("Review of cycle {n}").partition("{")[0]) + r"\d+")


def version() -> re.Pattern[str]:
    return re.compile(re.escape(_("Publish version {n}").partition("{")[0]) + r"\d+")


def corrected_by(reason: str) -> str:
    return _("Corrected by {who}: {reason}").format(who="Ann", reason=reason)


def _opened(me: Visitor, dialog: Dialog) -> None:
    me.wrong.append(f"a script ran: {dialog.message}")
    dialog.dismiss()
