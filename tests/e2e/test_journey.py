"""A new user's whole way, in a real browser: register, upload, review, approve, twice; ask; look.

By the words that a person sees, from the catalogs, so that it is the same way in both languages.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal import i18n
from portal.i18n import gettext as _
from portal.i18n import ngettext
from tests import servers
from tests.conftest import absent
from tests.e2e.portal import Visitor, running, visitor
from tests.installation import _servers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(1500)]
PASSWORD = "a long enough secret"


@pytest.fixture(scope="module")
def portal(
    request: pytest.FixtureRequest, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, str]]:
    """(kind, address) of a running portal."""
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "embedded":
        with running(folder, {}) as address:
            yield request.param, address
        return
    try:
        with _servers(run_folder) as settings, running(folder, settings) as address:
            yield request.param, address
    except servers.Missing as e:
        absent(e)


@pytest.mark.parametrize(
    ("portal", "language"),
    [("embedded", "en"), ("embedded", "ru"), ("servers", "en")],
    indirect=["portal"],
)
def test_the_whole_way(portal: tuple[str, str], browser: Browser, language: str, shared: Path) -> None:
    kind, address = portal
    i18n.use(language)
    me = visitor(browser, address, {"en": "en-GB", "ru": "ru-RU"}[language])
    register(me, f"{kind}-{language}@example.org", language)
    make_knowledge_base(me, language)
    rag = re.search(r"rag=(\d+)", me.page.url)
    assert rag
    corpus = shared / "corpora" / "ferag"
    for number, folder in enumerate(("cycle1", "cycle2"), 1):
        upload(me, sorted((corpus / folder / "input").glob("*.txt")), language, number)
        review(me, language, number)
        if number == 2:
            look_ahead(me, rag[1], language)
        publish(me, language, number)
    ask(me, rag[1], language)
    look(me, rag[1], language)
    for name in ("overview", "documents", "versions", "members"):
        me.open(f"/{name}?rag={rag[1]}")
        expect(me.page.get_by_role("heading", level=1)).to_be_visible()
        me.page.wait_for_timeout(500)
        me.shot(f"{name}-{language}")
    for name in ("account", "admin") if language == "en" and kind == "embedded" else ("account",):
        me.open(f"/{name}")
        expect(me.page.get_by_role("heading", level=1)).to_be_visible()
        me.page.wait_for_timeout(1000)
        me.shot(f"{name}-{language}")
    deep_link_survives_login(me, rag[1], f"{kind}-{language}@example.org")
    assert not me.wrong
    me.page.context.close()


def register(me: Visitor, email: str, language: str) -> None:
    me.open("/")
    me.page.wait_for_url("**/auth/login**")
    me.shot(f"login-{language}")
    me.page.get_by_role("link", name=_("Create an account")).click()
    me.page.get_by_label(_("Your name")).fill("Анна Смит" if language == "ru" else "Ann Smith")
    me.page.get_by_label(_("E-mail address")).fill(email)
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.locator("input[name=again]").fill(PASSWORD)
    me.shot(f"register-{language}")
    me.page.get_by_role("button", name=_("Create the account")).click()
    expect(me.page.get_by_role("heading", name=_("Knowledge bases"), exact=True)).to_be_visible()
    cookies = me.page.context.cookies()
    session = [c for c in cookies if c.get("httpOnly")]
    assert session
    assert all(c["sameSite"] in ("Lax", "Strict") for c in session)
    assert me.page.evaluate("document.cookie").count(session[0]["value"]) == 0


def make_knowledge_base(me: Visitor, language: str) -> None:
    me.shot(f"home-{language}")
    me.page.get_by_label(_("Name"), exact=True).fill("Проект ФЕРАГ" if language == "ru" else "Project FERAG")
    me.page.get_by_role("button", name=_("Create"), exact=True).click()
    expect(me.page.get_by_text(_("No documents yet"))).to_be_visible()


def upload(me: Visitor, files: list[Path], language: str, number: int) -> None:
    if number > 1:
        rag = re.search(r"rag=(\d+)", me.page.url)
        assert rag
        me.open(f"/documents?rag={rag[1]}")
    drop = me.page.get_by_test_id("stFileUploaderDropzoneInstructions").first
    shown = drop.evaluate("e => getComputedStyle(e, '::after').content")  # Streamlit's own is English
    assert shown == f'"{_("or drop files here")}"'
    me.page.locator("input[type=file]").set_input_files(files)
    label = ngettext("Upload {n} file", "Upload {n} files", len(files)).format(n=len(files))
    me.page.get_by_role("button", name=label).click()
    me.page.wait_for_url("**/progress?*")
    me.shot(f"progress-{language}")
    expect(me.page.get_by_role("button", name=_("Review the changes"))).to_be_visible()
    me.page.reload()
    me.page.get_by_role("button", name=_("Review the changes")).click()


def review(me: Visitor, language: str, number: int) -> None:
    expect(me.page.get_by_role("heading", name=_("Review of cycle {n}").format(n=number))).to_be_visible()
    accept = me.page.get_by_role("button", name=_("Accept all that match"))
    expect(accept).to_be_visible()
    me.shot(f"review-{number}-kinds-{language}")
    accept.click()
    main = me.page.get_by_test_id("stMain")
    if number == 2:
        main.locator("button", has_text=_("Contradictions")).first.click()
        expect(main.get_by_text("Bob Johnson").first).to_be_visible()
        me.page.wait_for_timeout(1000)
        me.shot(f"review-{number}-contradictions-{language}")
    main.locator("button", has_text=_("Facts")).first.click()
    evidence = me.page.get_by_role("button", name=_("Evidence")).first
    expect(evidence).to_be_visible()
    expect(
        main.locator(".f-sentence", has_text=re.compile("Bob Johnson|ACME Corporation")).first
    ).to_be_visible()
    me.page.wait_for_timeout(1000)
    me.shot(f"review-{number}-facts-{language}")
    if number == 1:
        evidence.click()
        expect(main.locator(".st-key-evidence mark").first).to_be_visible()
        me.shot(f"evidence-{language}")


def look_ahead(me: Visitor, rag: str, language: str) -> None:
    """The graph as it would be, what is new in a colour and in the list; and back to the review."""
    me.page.get_by_role("link", name=_("See it in the graph")).click()
    main = me.page.get_by_test_id("stMain")
    expect(main.get_by_text(_("The proposed version of cycle {n}").format(n=2))).to_be_visible()
    find = me.page.get_by_placeholder(_("Name of a person, organisation, place…"))
    find.fill("Bob Johnson")
    find.press("Enter")
    found = main.get_by_role("radiogroup", name=_("Found"))  # and not what was offered to begin with
    found.get_by_role("radio", name="Bob Johnson").first.click()
    expect(main.get_by_role("heading", name="Bob Johnson").first).to_be_visible()
    expect(main.locator(".f-picture[data-drawn] canvas").first).to_be_visible()
    legend = main.locator(".f-meta", has_text=_("would be removed"))
    expect(legend.filter(has_text=_("would be added")).first).to_be_visible()
    added = main.locator("tr", has=me.page.locator(".f-chip", has_text=_("would be added")))
    expect(added.filter(has_text="Bob Johnson").first).to_be_visible()
    me.page.wait_for_timeout(1500)
    me.shot(f"graph-proposed-{language}")
    me.open(f"/review?rag={rag}&cycle=2")


def publish(me: Visitor, language: str, number: int) -> None:
    me.page.get_by_role("button", name=_("Approve…")).click()
    dialog = me.page.get_by_role("dialog")
    everything = _("Accept the undecided ones too; of contradictions, what the documents say")
    dialog.get_by_text(everything).click()
    button = dialog.get_by_role("button", name=_("Publish version {n}").format(n=number))
    expect(button).to_be_enabled()
    me.page.wait_for_timeout(500)
    if number == 1:
        me.shot(f"publish-{language}")
    button.click()
    expect(me.page.get_by_text(_("This cycle is approved and part of the knowledge base."))).to_be_visible()


def ask(me: Visitor, rag: str, language: str) -> None:
    question = {"en": "Where does Bob Johnson work?", "ru": "Где работает Боб Джонсон?"}[language]
    me.open(f"/chat?rag={rag}")
    box = me.page.get_by_placeholder(_("Ask a question about what your documents say"))
    expect(box).to_be_visible()
    me.shot(f"chat-empty-{language}")
    box.fill(question)
    box.press("Enter")
    me.page.wait_for_url("**chat=*")
    citation = me.page.get_by_role("button", name=re.compile(r"^\[1\]")).first
    expect(citation).to_be_visible()
    expect(me.page.get_by_text(_("Answers from version {n}").format(n=2))).to_be_visible()
    me.page.reload()  # nothing is lost
    expect(citation).to_be_visible()
    me.shot(f"chat-{language}")
    citation.click()
    expect(me.page.locator("mark").first).to_be_visible()
    me.page.wait_for_timeout(800)
    me.shot(f"citation-{language}")
    quote = me.page.locator("mark").first.inner_text().strip()
    assert "Bob Johnson" in quote
    me.page.get_by_role("link", name=_("Open the document here")).first.click()
    me.page.wait_for_url("**/document?**")
    expect(me.page.get_by_test_id("stMain").locator("mark").first).to_have_text(quote)
    me.shot(f"document-{language}")


def look(me: Visitor, rag: str, language: str) -> None:
    me.open(f"/graph?rag={rag}")
    find = me.page.get_by_placeholder(_("Name of a person, organisation, place…"))
    find.fill("Alice Smith")
    find.press("Enter")
    main = me.page.get_by_test_id("stMain")
    main.get_by_role("radio", name="Alice Smith").first.click()
    expect(main.get_by_role("heading", name="Alice Smith").first).to_be_visible()
    expect(main.locator(".f-picture[data-drawn] canvas").first).to_be_visible()
    expect(main.get_by_text("ACME Corporation").first).to_be_visible()
    me.page.wait_for_timeout(1500)
    me.shot(f"graph-{language}")


def deep_link_survives_login(me: Visitor, rag: str, email: str) -> None:
    """Logged out on the server, an address leads to the login and from there to itself."""
    me.page.get_by_role("link", name=_("Log out")).or_(
        me.page.get_by_role("button", name=_("Log out"))
    ).first.click()
    me.page.wait_for_url("**/auth/login**")
    me.open(f"/review?rag={rag}&cycle=2")
    me.page.wait_for_url("**/auth/login**")
    me.page.get_by_label(_("E-mail address")).fill(email)
    me.page.get_by_label(_("Password")).fill(PASSWORD)
    me.page.get_by_role("button", name=_("Log in")).click()
    expect(me.page.get_by_role("heading", name=_("Review of cycle {n}").format(n=2))).to_be_visible()
    assert f"rag={rag}" in me.page.url
    assert "cycle=2" in me.page.url
