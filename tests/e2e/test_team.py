"""A team in a real browser: invited, let in, made less, put out in mid-chat, logged out everywhere."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from portal import i18n
from portal.i18n import gettext as _
from tests.e2e.portal import Visitor, running, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PASSWORD = "a long enough secret"
SOON = 5.0  # seconds after which somebody who was put out sees nothing any more
SPENT = ("/auth/invitation/", "/auth/new-password/")  # opened a second time, they are not found
LOCALE = {"en": "en-GB", "ru": "ru-RU"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Without workers: a question stays in the making, which is when somebody is put out here."""
    folder = tmp_path_factory.mktemp("team")
    with running(folder, {"FERAG_WORKERS": "0"}) as address:
        yield address, folder


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_team(portal: tuple[str, Path], browser: Browser, language: str) -> None:
    address, folder = portal
    i18n.use(language)
    ann, bob = (visitor(browser, address, LOCALE[language]) for _n in range(2))
    bobs = f"bob-{language}@example.org"
    register(ann, "/auth/register", f"ann-{language}@example.org", "Ann")
    rag = make_knowledge_base(ann)
    approve_something(folder, rag)
    invited(ann, bob, rag, bobs)
    made_less(ann, bob, rag)
    removed_in_mid_chat(ann, bob, rag)
    asks_for_access(ann, bob, rag)
    logged_out_everywhere(browser, bob, bobs, language)
    if language == "en":  # the first account is the administrator
        a_new_password(ann, bob, bobs)
    assert not ann.wrong
    assert not [w for w in bob.wrong if not any(link in w for link in SPENT)]
    for one in (ann, bob):
        one.page.context.close()


def register(me: Visitor, path: str, email: str, name: str) -> None:
    me.open(path)
    me.page.get_by_label(_("Your name")).fill(name)
    me.page.get_by_label(_("E-mail address")).fill(email)
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.locator("input[name=again]").fill(PASSWORD)
    me.page.get_by_role("button", name=_("Create the account")).click()


def make_knowledge_base(me: Visitor) -> int:
    me.page.get_by_label(_("Name"), exact=True).fill("Contracts")
    me.page.get_by_role("button", name=_("Create"), exact=True).click()
    expect(me.page.get_by_text(_("No documents yet"))).to_be_visible()
    return int(me.page.url.partition("rag=")[2].split("&")[0])


def approve_something(folder: Path, rag: int) -> None:
    """What can be asked about; the commands bring a worker of their own."""
    file = folder / f"{rag}.txt"
    file.write_text("Alice Smith works at ACME Corporation.")
    for command in (["ingest", str(file), "--wait"], ["approve", "--cycle", "1", "--all"]):
        subprocess.run(
            [sys.executable, "-m", "portal.cli", *command, "--rag", str(rag)],
            env={**os.environ, "FERAG_DATA_DIR": str(folder / "data"), "OMP_NUM_THREADS": "1"},
            check=True,
            capture_output=True,
            timeout=180,
        )


def invited(ann: Visitor, bob: Visitor, rag: int, email: str) -> None:
    """By a link; the account is made on the way."""
    ann.open(f"/members?rag={rag}")
    ann.page.get_by_role("button", name=_("Make the invitation")).click()
    link = ann.page.get_by_test_id("stCode").inner_text().strip()
    ann.shot(f"members-invitation-{i18n.language()}")
    assert link.startswith(ann.address)
    bob.open(link.removeprefix(bob.address))
    bob.shot(f"invitation-{i18n.language()}")
    bob.page.get_by_role("link", name=_("Create an account")).click()
    bob.page.get_by_label(_("Your name")).fill("Bob")
    bob.page.get_by_label(_("E-mail address")).fill(email)
    bob.page.locator("input[name=password]").fill(PASSWORD)
    bob.page.locator("input[name=again]").fill(PASSWORD)
    bob.page.get_by_role("button", name=_("Create the account")).click()
    bob.page.get_by_role("button", name=_("Accept"), exact=True).click()
    expect(bob.page.get_by_role("heading", name="Contracts", level=1)).to_be_visible()
    bob.open(link.removeprefix(bob.address))  # it works once
    over = _("This invitation does not hold any more. Ask for a new one.")
    expect(bob.page.get_by_text(over)).to_be_visible()


def made_less(ann: Visitor, bob: Visitor, rag: int) -> None:
    """An editor becomes a reader while the page with the uploader is open."""
    bob.open(f"/documents?rag={rag}")
    uploader = bob.page.locator("input[type=file]")
    expect(uploader).to_be_attached()
    ann.open(f"/members?rag={rag}")
    row = member(ann, "Bob")
    row.get_by_role("combobox").click()
    ann.page.get_by_role("option", name=_("Reader")).click()
    began = time.monotonic()
    expect(ann.page.get_by_text(_("What happened among the members"))).to_be_visible()
    expect(uploader).not_to_be_attached(timeout=SOON * 1000)
    assert time.monotonic() - began < SOON


def removed_in_mid_chat(ann: Visitor, bob: Visitor, rag: int) -> None:
    bob.open(f"/chat?rag={rag}")
    box = bob.page.get_by_placeholder(_("Ask a question about what your documents say"))
    box.fill("Where does Alice Smith work?")
    box.press("Enter")
    bob.page.wait_for_url("**chat=*")
    question = bob.page.get_by_test_id("stChatMessage").filter(has_text="Where does Alice Smith work?")
    expect(question).to_be_visible()
    expect(bob.page.get_by_role("button", name=_("Stop"))).to_be_visible()
    ann.open(f"/members?rag={rag}")
    remove = member(ann, "Bob").get_by_role("button", name=_("Remove"))
    expect(remove).to_be_visible()
    remove.click()
    began = time.monotonic()
    gone = _("There is no such knowledge base, or you are not a member of it.")
    expect(bob.page.get_by_text(gone)).to_be_visible(timeout=SOON * 1000)
    expect(question).to_have_count(0)
    expect(bob.page.get_by_text("Contracts")).to_have_count(0)
    assert time.monotonic() - began < SOON
    bob.shot(f"put-out-{i18n.language()}")


def asks_for_access(ann: Visitor, bob: Visitor, rag: int) -> None:
    bob.page.get_by_label(_("What you need it for (optional)")).fill("The audit")
    bob.page.get_by_role("button", name=_("Ask for access")).click()
    asked = _("Asked. You are let in when an owner says so.")
    expect(bob.page.get_by_text(asked)).to_be_visible()
    ann.open(f"/members?rag={rag}")
    expect(ann.page.get_by_text("The audit")).to_be_visible()
    ann.shot(f"members-request-{i18n.language()}")
    ann.page.get_by_role("button", name=_("Let in as reader")).click()
    expect(member(ann, "Bob")).to_be_visible()
    bob.open(f"/overview?rag={rag}")
    expect(bob.page.get_by_role("heading", name="Contracts", level=1)).to_be_visible()
    ann.open(f"/members?rag={rag}")
    ann.page.get_by_text(_("What happened among the members")).click()
    ann.page.wait_for_timeout(500)
    ann.shot(f"members-{i18n.language()}")


def logged_out_everywhere(browser: Browser, bob: Visitor, email: str, language: str) -> None:
    away = visitor(browser, bob.address, LOCALE[language])
    log_in(away, email, PASSWORD)
    expect(away.page.get_by_role("heading", name=_("Knowledge bases"), exact=True)).to_be_visible()
    cookies = away.page.context.cookies()
    bob.open("/account")
    expect(bob.page.get_by_role("button", name=_("Log out there"))).to_be_visible()
    bob.shot(f"account-{language}")
    bob.page.get_by_role("button", name=_("Log out everywhere"), exact=True).click()
    began = time.monotonic()
    for one in (bob, away):
        expect(one.page.get_by_text(_("You are logged out"))).to_be_visible(timeout=SOON * 1000)
    assert time.monotonic() - began < SOON
    away.page.context.add_cookies([c for c in cookies if c["name"] == "ferag_session"])  # replayed
    away.open("/account")
    away.page.wait_for_url("**/auth/login**")
    assert not away.wrong
    away.page.context.close()


def a_new_password(ann: Visitor, bob: Visitor, email: str) -> None:
    """By a link that the administrator hands over."""
    ann.open("/admin")
    ann.page.get_by_role("tab", name=_("People")).click()
    ann.page.get_by_role("button", name=_("Link for a new password")).last.click()
    link = ann.page.get_by_test_id("stCode").inner_text().strip()
    ann.shot("admin-password-link-en")
    bob.open(link.removeprefix(bob.address))
    bob.shot("new-password-en")
    for name in ("password", "again"):
        bob.page.locator(f"input[name={name}]").fill("quite another secret")
    bob.page.get_by_role("button", name=_("Set the password and log in")).click()
    expect(bob.page.get_by_role("heading", name=_("Knowledge bases"), exact=True)).to_be_visible()
    bob.open(link.removeprefix(bob.address))
    over = _("This link does not hold any more. Ask an administrator for a new one.")
    expect(bob.page.get_by_text(over)).to_be_visible()


def log_in(me: Visitor, email: str, password: str) -> None:
    me.open("/auth/login")
    me.page.get_by_label(_("E-mail address")).fill(email)
    me.page.get_by_label(_("Password")).fill(password)
    me.page.get_by_role("button", name=_("Log in")).click()


def member(me: Visitor, name: str) -> Locator:
    """The row of a member."""
    return me.page.locator("[class*='st-key-member-']").filter(has=me.page.locator("b", has_text=name))
