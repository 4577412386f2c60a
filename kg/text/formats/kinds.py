"""What a file is, by its content; only among kinds of plain text does the name decide."""

import csv
import io
import json
import re
import zipfile

from kg.errors import NotText, Unreadable
from kg.text.decode import decode
from kg.text.formats.rdf_kinds import rdf_kind

TEXT = "text/plain"
MARKDOWN = "text/markdown"
CODE = "text/x-source"
HTML = "text/html"
CSV = "text/csv"
TSV = "text/tab-separated-values"
JSON = "application/json"
XML = "application/xml"
MAIL = "message/rfc822"
RTF = "application/rtf"
PDF = "application/pdf"
EPUB = "application/epub+zip"
ODT = "application/vnd.oasis.opendocument.text"
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{_OFFICE}wordprocessingml.document"
PPTX = f"{_OFFICE}presentationml.presentation"
XLSX = f"{_OFFICE}spreadsheetml.sheet"

PAGED = frozenset({PDF, PPTX})  # whose pages are those that a reader sees
DECODED = frozenset({HTML, CSV, TSV, JSON, XML})  # text, whose encoding is found out first

_MAGIC = {
    b"\xd0\xcf\x11\xe0": "this is an old office document: save it as .docx, .xlsx or .pptx",
    b"\x7fELF": "this is a program",
    b"\x89PNG": "this is a picture",
    b"\xff\xd8\xff": "this is a picture",
    b"GIF8": "this is a picture",
    b"II*\x00": "this is a picture",
    b"MM\x00*": "this is a picture",
    b"\x1f\x8b": "this is a compressed file",
    b"BZh": "this is a compressed file",
    b"7z\xbc\xaf": "this is an archive; of archives only .zip can be opened",
    b"Rar!": "this is an archive; of archives only .zip can be opened",
    b"SQLite format 3": "this is a database",
    b"ID3": "this is a recording",
    b"OggS": "this is a recording",
}
_INSIDE = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": XLSX}
_NAMED = {"json": JSON, "geojson": JSON, "csv": CSV, "tsv": TSV, "md": MARKDOWN, "markdown": MARKDOWN}
_CODE = re.compile(
    r"bat|c|cfg|cpp|cs|css|go|h|hpp|ini|java|jsx?|kt|lua|php|pl|ps1|py|r|rb|rs|scala|sh|sql|swift|toml|tsx?|ya?ml"
)
_SAID = {ODT: ODT, EPUB: EPUB}  # in the member "mimetype"
_HTML = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,2000}?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_MAIL = re.compile(rb"(?:[A-Za-z][A-Za-z0-9-]{1,40}:[^\n]*\n(?:[ \t][^\n]*\n)*){2,}")
_MAIL_HEADERS = (b"from:", b"received:", b"mime-version:", b"message-id:", b"return-path:")

LARGEST = 300 * 2**20  # bytes that an archive may unfold to
MOST_FOLDED = 200  # times: what a file of mostly blanks may reach, far below a bomb's
MEMBERS = 10_000


def kind(data: bytes, name: str) -> str:
    """The file's media type. Raises NotText, whose sentence says what the file is instead."""
    if data.startswith(b"PK\x03\x04"):
        return _zipped(data, name)
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"{\\rtf"):
        return RTF
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise NotText(name, what)
    if data.startswith(b"MZ") and b"\x00" in data[:512]:
        raise NotText(name, "this is a program")
    return _written(data, name)


def is_archive(data: bytes, name: str) -> bool:
    """Whether this is a zip of files, not a document that is kept as one. Raises NotText."""
    return data.startswith(b"PK\x03\x04") and _inside(data, name) is None


def _written(data: bytes, name: str) -> str:
    """Among kinds of text."""
    linked = rdf_kind(data, name)
    if linked:
        return linked
    head = data[:4096].lstrip(b"\xef\xbb\xbf")
    ending = name.lower().rpartition(".")[2]
    if _HTML.match(head) or ending in {"htm", "html", "xhtml"}:
        return HTML
    if head.lstrip().startswith(b"<?xml"):
        return XML
    if _MAIL.match(head) and any(b"\n" + h in b"\n" + head.lower() for h in _MAIL_HEADERS):
        return MAIL
    if _CODE.fullmatch(ending):
        return CODE
    return _NAMED.get(ending, TEXT) if _is_what_it_says(data, name, ending) else TEXT


def _is_what_it_says(data: bytes, name: str, ending: str) -> bool:
    if ending in {"json", "geojson"}:
        return _is_json(data, name)
    return ending not in {"csv", "tsv"} or _is_table(data, name)


def _is_json(data: bytes, name: str) -> bool:
    try:
        return isinstance(json.loads(decode(data, name).text), dict | list)
    except (ValueError, RecursionError, Unreadable):
        return False


def _is_table(data: bytes, name: str) -> bool:
    try:
        dialect = csv.Sniffer().sniff(decode(data, name).text[:20_000], ",;\t|")
    except (csv.Error, Unreadable):
        return False
    return bool(dialect.delimiter)


def _zipped(data: bytes, name: str) -> str:
    found = _inside(data, name)
    if found is None:
        raise NotText(name, "this is an archive with files of its own inside")
    return found


def _inside(data: bytes, name: str) -> str | None:
    """The kind of document that a zip is; None for an archive of files. Raises NotText."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            sane(members, len(data), name)
            names = {m.filename for m in members}
            said = archive.read("mimetype").decode("ascii", "replace").strip() if "mimetype" in names else ""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as e:
        raise NotText(name, "the file is damaged: it cannot be opened") from e
    if said:
        if said in _SAID:
            return _SAID[said]
        raise NotText(name, "this kind of document cannot be read")
    return next((kind for member, kind in _INSIDE.items() if member in names), None)


def sane(members: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Raises NotText for an archive that is locked, or that unfolds to more than a document would."""
    if any(m.flag_bits & 1 for m in members):
        raise NotText(name, "the file is locked with a password")
    unfolded = sum(m.file_size for m in members)
    if len(members) > MEMBERS or unfolded > LARGEST or unfolded > MOST_FOLDED * max(size, 2**16):
        raise NotText(name, "the file unfolds to far more than it should: it was not opened")
