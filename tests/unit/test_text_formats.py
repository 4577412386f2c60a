"""Every kind of file that can be read, made and read: what is kept of it."""

import re
from pathlib import Path

import pytest

from kg.errors import NotText
from kg.model import Document, Mark
from kg.text.formats import kinds, ocr
from kg.text.read import check, read
from tests import samples
from tests.conftest import absent

TABLE = "| Товар | Price |\n| --- | --- |\n| Болт | 5 |\n| Гайка | 7 |"

DOCS = Path(__file__).parents[2] / "docs" / "formats.md"

# file, its bytes, kind, whether headings, table, list are kept, its pages
FILES = [
    ("a.docx", samples.word, kinds.DOCX, "htl", 0),
    ("a.pptx", samples.slides, kinds.PPTX, "ht", 2),
    ("a.xlsx", samples.workbook, kinds.XLSX, "h", 0),
    ("a.odt", samples.opendocument, kinds.ODT, "htl", 0),
    ("a.pdf", samples.pdf, kinds.PDF, "ht", 2),
    ("a.rtf", samples.rich, kinds.RTF, "t", 0),
    ("a.html", samples.page, kinds.HTML, "htl", 0),
    ("cp1251.html", lambda: samples.page("windows-1251"), kinds.HTML, "htl", 0),
    ("a.epub", samples.book, kinds.EPUB, "htl", 0),
    ("a.eml", samples.letter, kinds.MAIL, "htl", 0),
    ("a.md", samples.MARKDOWN.encode, kinds.MARKDOWN, "htl", 0),
    ("a.csv", lambda: samples.TABLE.encode("cp1251"), kinds.CSV, "t", 0),
    ("a.json", lambda: samples.JSON, kinds.JSON, "", 0),
    ("a.xml", lambda: samples.XML, kinds.XML, "", 0),
    ("a.py", lambda: samples.CODE, kinds.CODE, "", 0),
    ("a.txt", samples.SENTENCE.encode, kinds.TEXT, "", 0),
]
NO_SENTENCE = {"a.csv"}
NO_ENGLISH = {"a.csv", "a.txt", "a.pptx"}


@pytest.fixture(scope="module")
def documents() -> dict[str, Document]:
    return {name: read(make(), name, "d") for name, make, *_ in FILES}


@pytest.mark.parametrize(("name", "media_type", "kept", "pages"), [(n, m, k, p) for n, _, m, k, p in FILES])
def test_what_is_kept_of_each_kind(
    documents: dict[str, Document], name: str, media_type: str, kept: str, pages: int
) -> None:
    document = documents[name]
    assert document.media_type == media_type
    assert name in NO_SENTENCE or samples.SENTENCE in document.text
    assert name in NO_ENGLISH or samples.ENGLISH in document.text
    headings = [m for m in document.marks if m.heading]
    if "h" in kept:
        assert [m.heading for m in headings] == [samples.HEADING, samples.SECOND]
        assert all(document.text[m.start :].startswith(f"{'#' * m.level} {m.heading}") for m in headings)
    if "t" in kept:
        assert TABLE in document.text
    if "l" in kept:
        assert "- первый пункт\n- second item" in document.text
    assert [m.page for m in document.marks if m.page] == list(range(1, pages + 1))
    assert "alert" not in document.text


def test_the_docs_name_each_sample() -> None:
    table = [line for line in DOCS.read_text().splitlines() if line.startswith("| ")]
    named = {name for line in table for name in re.findall(r"`([\w-]+\.\w+)`", line.rsplit("|", 2)[1])}
    assert named == {name for name, *_ in FILES} | {"scan.pdf"}


def test_a_page_begins_where_its_mark_says(documents: dict[str, Document]) -> None:
    for name in ("a.pdf", "a.pptx"):
        (second,) = [m for m in documents[name].marks if m.page == 2]
        assert documents[name].text[second.start :].lstrip("# ").startswith(samples.SECOND)


def test_a_speaker_s_words_stay_with_the_slide(documents: dict[str, Document]) -> None:
    text = documents["a.pptx"].text
    assert text.index(samples.SENTENCE) < text.index("Слова докладчика") < text.index(samples.SECOND)


def test_dates_and_numbers_of_a_sheet(documents: dict[str, Document]) -> None:
    assert f"| {samples.SENTENCE} | 2024-05-01 |" in documents["a.xlsx"].text


def test_the_name_does_not_decide() -> None:
    assert read(samples.pdf(), "letter.txt", "d").media_type == kinds.PDF
    assert read(samples.word(), "picture.png", "d").media_type == kinds.DOCX
    assert read(b"not; really\n{json", "a.json", "d").media_type == kinds.TEXT


def test_a_scan_is_read_where_tesseract_is() -> None:
    if not ocr.languages():
        absent("Tesseract: apt-get install tesseract-ocr tesseract-ocr-rus")
    document = read(samples.scan(), "scan.pdf", "d")
    assert "Bob Johnson leads the project" in document.text
    assert "rus" not in ocr.languages() or "Анна Смит работает" in document.text
    assert document.marks[0] == Mark(0, page=1)


def test_a_scan_is_named_as_such_where_it_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NotText, match="the pages are pictures without text"):
        read(samples.scan(), "scan.pdf", "d")


def test_what_can_be_told_at_once_is_told_at_once() -> None:
    check(samples.pdf(), "a.pdf")
    check(samples.page("windows-1251"), "a.html")
    for data in (samples.zipped({"a.txt": b"x"}), b"\x89PNG\r\n", b"\x00\x01\x02" * 99):
        with pytest.raises(NotText):
            check(data, "a.txt")


def test_a_page_whose_links_are_written_out() -> None:
    page = b'<p>Hello</p><ul><li><p> <a href="https://x.example/">https://x.example/</a> </p></li></ul>'
    assert read(page, "a.html", "d").text == "Hello\n\n- https://x.example/\n"
