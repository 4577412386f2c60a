"""An administrator runs a failed step again and drains a worker, in both languages."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from portal import i18n
from portal.i18n import gettext as _
from portal.i18n import ngettext
from tests.e2e.portal import Visitor, running, visitor
from tests.installation import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
EMAIL, PASSWORD = "ann@example.org", "a long enough secret"
KEY = "sk-a-key-that-nobody-sees"


def test_an_administrator_looks_after_the_work(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path, {}) as address:
        database = tmp_path / "data" / "ferag.sqlite"
        i18n.use("en")
        me = visitor(browser, address, "en-GB")
        register_and_upload(me, tmp_path)
        wait_until(lambda: state(database) == "review", 120)
        retry_and_drain(me, database, "en")
        assert not me.wrong
        me.page.context.close()
        i18n.use("ru")
        me = visitor(browser, address, "ru-RU")
        log_in(me)
        retry_and_drain(me, database, "ru")
        assert not me.wrong
        me.page.context.close()
        kept = [f for f in tmp_path.rglob("*") if f.is_file() and KEY.encode() in f.read_bytes()]
        assert not kept, "neither in the database, nor in the queue, nor in a log"


def register_and_upload(me: Visitor, folder: Path) -> None:
    me.open("/auth/register")
    me.page.get_by_label(_("Your name")).fill("Ann")
    me.page.get_by_label(_("E-mail address")).fill(EMAIL)
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.locator("input[name=again]").fill(PASSWORD)
    me.page.get_by_role("button", name=_("Create the account")).click()
    me.page.get_by_label(_("Name"), exact=True).fill("Contracts")
    me.page.get_by_role("button", name=_("Create"), exact=True).click()
    expect(me.page.get_by_text(_("No documents yet"))).to_be_visible()
    file = folder / "a.txt"
    file.write_text("Alice Smith works at ACME Corporation. Bob Johnson founded TechCorp in 1999.", "utf-8")
    me.page.locator("input[type=file]").set_input_files(file)
    label = ngettext("Upload {n} file", "Upload {n} files", 1).format(n=1)
    me.page.get_by_role("button", name=label).click()
    me.page.wait_for_url("**/progress?*")


def log_in(me: Visitor) -> None:
    me.open("/auth/login")
    me.page.get_by_label(_("E-mail address")).fill(EMAIL)
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.get_by_role("button", name=_("Log in")).click()
    expect(me.page.get_by_role("heading", name=_("Knowledge bases"), exact=True)).to_be_visible()


def retry_and_drain(me: Visitor, database: Path, language: str) -> None:
    fail(database)
    me.open("/admin")
    main = me.page.get_by_test_id("stMain")
    main.get_by_role("tab", name=_("Work"), exact=True).click()
    expect(main.get_by_text(_("This step took longer than an hour and was ended."))).to_be_visible()
    me.shot(f"admin-work-{language}")
    main.get_by_role("button", name=_("Run it again"), exact=True).click()
    wait_until(lambda: state(database) == "review", 120)
    drain = main.get_by_role("button", name=_("Drain"), exact=True).first
    drain.click()
    expect(main.get_by_text(_("drained"), exact=True)).to_be_visible()
    again = main.get_by_role("button", name=_("Let it work again"), exact=True)
    again.click()
    expect(again).to_be_hidden()
    expect(main.get_by_text(_("drained"), exact=True)).to_be_hidden()
    for name in ("People", "Models", "Record", "Notices", "Feedback"):
        main.get_by_role("tab", name=_(name), exact=True).click()
        if name == "Models":
            keep_a_key(me, language)
        me.page.wait_for_timeout(1500)
        me.shot(f"admin-{name.lower()}-{language}")


def keep_a_key(me: Visitor, name: str) -> None:
    """Of a new model; the page never has it."""
    main = me.page.get_by_test_id("stMain")
    main.get_by_text(_("Add a model"), exact=True).click()
    main.get_by_label(_("Name, as people will see it")).fill(name)
    main.get_by_label(_("Model, as the server calls it")).fill("small")
    main.get_by_role("button", name=_("Add"), exact=True).click()
    main.locator("input[type=password]").fill(KEY)
    main.get_by_role("button", name=_("Keep it"), exact=True).click()
    expect(main.locator("input[type=password]")).to_be_hidden()
    expect(main.get_by_role("button", name=_("Replace the key"), exact=True).last).to_be_visible()
    assert KEY not in me.page.content()


def fail(database: Path) -> None:
    """As a step is left that took too long."""
    with closing(sqlite3.connect(database, timeout=30)) as db, db:
        db.execute("UPDATE cycle SET state = 'failed', error = 'step-too-long'")
        db.execute("UPDATE step SET state = 'failed', error = 'step-too-long' WHERE name = 'staging'")


def state(database: Path) -> str:
    with closing(sqlite3.connect(database, timeout=30)) as db:
        return str(db.execute("SELECT state FROM cycle").fetchone()[0])
