"""The documents page in a browser: ten mixed files, one of them broken; all that can be done with them."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from portal import i18n
from portal.document_list import DocumentState
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.marks import FactState
from portal.ui import words
from tests import samples
from tests.e2e.gestures import serious, settled
from tests.e2e.portal import Visitor, running, visitor

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
PASSWORD = "a long enough secret"
PEOPLE = (
    "# People\n\nAlice Smith works at ACME Corporation. Bob Johnson founded TechCorp in 1999.\n\n"
    "# Люди\n\nАнна Смит работает в компании АКМЕ.\n"
)
LONG = "\n\n".join(
    f"Person{n} Smith works at Company{n} Ltd in Boston and lives in Paris." for n in range(900)
)
BROKEN = "broken.pdf"
TEN = {
    "contract.docx": samples.word,
    "slides.pptx": samples.slides,
    "prices.xlsx": samples.workbook,
    "note.odt": samples.opendocument,
    "lease.pdf": samples.pdf,
    "memo.rtf": samples.rich,
    "page.html": lambda: samples.page("cp1251"),
    "letter.eml": samples.letter,
    "people.md": PEOPLE.encode,
    BROKEN: lambda: samples.pdf()[:600],
}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    folder = tmp_path_factory.mktemp("documents")
    for name, made in TEN.items():
        (folder / name).write_bytes(made())
    with running(folder, {}) as address:
        yield address, folder


@pytest.mark.parametrize("language", ["en", "ru"])
def test_everything_that_the_documents_page_does(
    portal: tuple[str, Path], browser: Browser, language: str
) -> None:
    address, folder = portal
    i18n.use(language)
    me = visitor(browser, address, {"en": "en-GB", "ru": "ru-RU"}[language])
    rag = knowledge_base(me, f"ann-{language}@example.org")
    ten_files_one_broken(me, rag, folder, language)
    found_by_state_and_name(me, rag)
    facts_are_marked(me, rag, FactState.waiting, language)
    all_that_can_be_done(me, rag, folder, language)
    assert not me.wrong
    me.page.context.close()


def all_that_can_be_done(me: Visitor, rag: int, folder: Path, language: str) -> None:
    tried_again_and_replaced(me, rag, folder)
    ferag(folder, "approve", "--rag", str(rag), "--cycle", "1", "--all")
    me.open(f"/documents?rag={rag}")
    expect(chip(row(me, "people.md"), DocumentState.approved)).to_be_visible()
    facts_are_marked(me, rag, FactState.approved, language)
    the_original_comes_back(me, rag, folder)
    stopped_and_turned_over(me, rag, folder, language)
    proposed_for_removal(me, rag, language)


# ---- what a person does


def knowledge_base(me: Visitor, email: str) -> int:
    me.open("/auth/register")
    me.page.get_by_label(_("Your name")).fill("Ann")
    me.page.get_by_label(_("E-mail address")).fill(email)
    me.page.locator("input[name=password]").fill(PASSWORD)
    me.page.locator("input[name=again]").fill(PASSWORD)
    me.page.get_by_role("button", name=_("Create the account")).click()
    me.page.get_by_label(_("Name"), exact=True).fill("Contracts")
    me.page.get_by_role("button", name=_("Create"), exact=True).click()
    expect(me.page.get_by_text(_("No documents yet"))).to_be_visible()
    accessible(me, "no documents")
    return int(me.page.url.partition("rag=")[2].split("&")[0])


def ten_files_one_broken(me: Visitor, rag: int, folder: Path, language: str) -> None:
    upload(me, [folder / name for name in TEN])
    me.page.wait_for_url("**/progress?*")
    me.open(f"/documents?rag={rag}")
    expect(counted(me, DocumentState.review, 9)).to_be_visible()
    expect(counted(me, DocumentState.failed, 1)).to_be_visible()
    expect(chip(row(me, BROKEN), DocumentState.failed)).to_be_visible()
    why = row(me, BROKEN).locator(".f-soft").last
    expect(why).to_have_text(words.file_note("the file is damaged: it cannot be opened"))
    accessible(me, "ten files")
    me.shot(f"documents-{language}")


def found_by_state_and_name(me: Visitor, rag: int) -> None:
    failed = counted(me, DocumentState.failed, 1)
    failed.click()
    expect(row(me, "people.md")).to_be_hidden()
    expect(row(me, BROKEN)).to_be_visible()
    failed.click()
    expect(row(me, "people.md")).to_be_visible()
    search = me.page.get_by_placeholder(_("Search by name"))
    search.fill("LEASE")
    search.press("Enter")
    expect(row(me, "people.md")).to_be_hidden()
    expect(row(me, "lease.pdf")).to_be_visible()
    search.fill("no such name")
    search.press("Enter")
    expect(me.page.get_by_text(_("No document matches"))).to_be_visible()
    accessible(me, "nothing matches")
    search.fill("")
    search.press("Enter")
    expect(row(me, "people.md")).to_be_visible()


def facts_are_marked(me: Visitor, rag: int, state: FactState, language: str) -> None:
    """In the text, in the colour of their state, and in a list below it."""
    settled(me)
    row(me, "people.md").get_by_role("link", name="people.md").click()
    marked = me.page.locator(f".f-passage mark.f-fact.f-{words.tone(state)}", has_text="Alice Smith works at")
    expect(marked.first).to_be_visible()
    legend = me.page.locator(f".f-meta .f-chip.f-{words.tone(state)}", has_text=words.of(state))
    expect(legend.first).to_be_visible()
    accessible(me, f"a text with facts {state}")
    me.shot(f"document-{state}-{language}")
    me.open(f"/documents?rag={rag}")
    expect(row(me, "people.md")).to_be_visible()


def tried_again_and_replaced(me: Visitor, rag: int, folder: Path) -> None:
    """Read again it fails again, and its cycle with it; a whole file in its place is read."""
    menu(me, BROKEN).get_by_role("button", name=_("Read it again")).click()
    expect(row(me, BROKEN).get_by_text(_("revision {n}").format(n=2))).to_be_visible()
    expect(chip(row(me, BROKEN), DocumentState.failed)).to_be_visible()
    me.open(f"/documents?rag={rag}")
    menu(me, BROKEN).get_by_role("button", name=_("Try again")).click()
    settled(me)
    expect(chip(row(me, BROKEN), DocumentState.failed)).to_be_visible()
    me.open(f"/documents?rag={rag}")
    menu(me, BROKEN).get_by_role("button", name=_("Replace it…")).click()
    dialog = me.page.get_by_role("dialog")
    whole = folder / "whole.txt"  # a known file in its place would be refused
    whole.write_text(f"Carol Davis leads Northwind {rag}.")
    dialog.locator("input[type=file]").set_input_files(whole)
    replace = dialog.get_by_role("button", name=_("Replace"), exact=True)
    expect(replace).to_be_enabled()
    accessible(me, "replacing")
    replace.click()
    me.page.wait_for_url("**/progress?*")
    me.open(f"/documents?rag={rag}")
    expect(row(me, BROKEN).get_by_text(_("revision {n}").format(n=3))).to_be_visible()
    expect(chip(row(me, BROKEN), DocumentState.review)).to_be_visible()


def the_original_comes_back(me: Visitor, rag: int, folder: Path) -> None:
    me.open(f"/documents?rag={rag}")
    link = menu(me, "prices.xlsx").get_by_role("link", name=_("Download the original"))
    with me.page.expect_download() as downloading:
        link.click()
    assert downloading.value.path().read_bytes() == (folder / "prices.xlsx").read_bytes()


def stopped_and_turned_over(me: Visitor, rag: int, folder: Path, language: str) -> None:
    """A large upload is stopped while it is read; more documents than a page shows."""
    many = [folder / f"z{n:02}.txt" for n in range(20)]
    for file in many:
        file.write_text(f"{file.name}\n\n{LONG}")
    me.open(f"/documents?rag={rag}")
    upload(me, many)
    me.page.wait_for_url("**/progress?*")
    me.open(f"/documents?rag={rag}")
    expect(me.page.get_by_text(_("Page {n} of {pages}").format(n=1, pages=2))).to_be_visible()
    expect(counted(me, DocumentState.extracting, 20)).to_be_visible()
    accessible(me, "extracting")
    menu(me, "z00.txt").get_by_role("button", name=_("Stop reading")).click()
    expect(chip(row(me, "z00.txt"), DocumentState.left_out)).to_be_visible()
    me.open(f"/documents?rag={rag}")
    expect(counted(me, DocumentState.left_out, 20)).to_be_visible()
    me.page.get_by_role("button", name=_("Next page")).click()
    expect(row(me, "z19.txt")).to_be_visible()
    expect(row(me, "people.md")).to_be_hidden()
    me.shot(f"documents-stopped-{language}")
    menu(me, "z19.txt").get_by_role("button", name=_("Take it off the list")).click()
    expect(row(me, "z19.txt")).to_be_hidden()


def proposed_for_removal(me: Visitor, rag: int, language: str) -> None:
    me.open(f"/documents?rag={rag}")
    menu(me, "people.md").get_by_role("button", name=_("Propose to remove it")).click()
    expect(chip(row(me, "people.md"), DocumentState.removing)).to_be_visible()
    accessible(me, "a removal")


# ---- what they look at


def row(me: Visitor, name: str) -> Locator:
    return me.page.locator("[class*='st-key-document-']").filter(has_text=name)


def counted(me: Visitor, state: DocumentState, many: int) -> Locator:
    """The filter of a state, which says how many documents are in it."""
    return me.page.get_by_test_id("stButtonGroup").get_by_text(f"{words.of(state)} {many}")


def chip(row: Locator, state: DocumentState) -> Locator:
    return row.locator(".f-chip", has_text=words.of(state))


def menu(me: Visitor, name: str) -> Locator:
    """Of one document, opened."""
    settled(me)
    row(me, name).get_by_role("button", name=_("More")).click()
    opened = me.page.get_by_test_id("stPopoverBody")
    expect(opened.get_by_text(_("Download the original"))).to_be_visible()
    return opened


def upload(me: Visitor, files: list[Path]) -> None:
    me.page.locator("input[type=file]").first.set_input_files(files)
    label = ngettext("Upload {n} file", "Upload {n} files", len(files)).format(n=len(files))
    me.page.get_by_role("button", name=label).click()


def accessible(me: Visitor, where: str) -> None:
    settled(me)
    me.wrong += serious(me, where)


def ferag(folder: Path, *command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "portal.cli", *command],
        env={**os.environ, "FERAG_DATA_DIR": str(folder / "data"), "OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        timeout=180,
    )
