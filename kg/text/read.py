"""A file's bytes to a Document: what it is decides the content, not the name."""

import re

from kg.errors import NotText
from kg.model import Document, Mark
from kg.text.decode import decode
from kg.text.language import language

_MAGIC = {
    b"%PDF-": "a PDF",
    b"PK\x03\x04": "a zip archive or an office document",
    b"\xd0\xcf\x11\xe0": "an old office document",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "an archive",
    b"Rar!": "an archive",
    b"SQLite format 3": "a database",
}
_ATX = re.compile(r" {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})\s*$")
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
LONGEST_HEADING = 200  # characters


def read(data: bytes, name: str, document_id: str) -> Document:
    """The text with its headings. Raises EmptyFile and NotText, whose sentence says what the file is."""
    for magic, what in _MAGIC.items():
        if data.startswith(magic) and not (magic == b"MZ" and b"\x00" not in data[:512]):
            raise NotText(name, f"this is {what}, not a text file")
    decoded = decode(data, name)
    marks = headings(decoded.text)
    return Document(
        id=document_id,
        name=name,
        text=decoded.text,
        language=language(decoded.text),
        marks=marks,
        media_type="text/markdown" if marks else "text/plain",
        notes=decoded.notes,
    )


def headings(text: str) -> tuple[Mark, ...]:
    """Markdown headings, of both kinds, outside of code."""
    marks: list[Mark] = []
    fence, before, before_at = "", "", 0
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        if len(line) > 2 * LONGEST_HEADING:
            before = ""
            continue
        opened = _FENCE.match(line)
        if opened and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else opened[1][:3]
            before = ""
            continue
        if fence:
            continue
        atx = _ATX.match(line)
        setext = _SETEXT.match(line)
        if atx:
            marks.append(Mark(start, heading=atx[2][:LONGEST_HEADING], level=len(atx[1])))
        elif setext and before.strip() and not before.lstrip().startswith(("|", "-", "*", ">", "#")):
            level = 1 if setext[1][0] == "=" else 2
            marks.append(Mark(before_at, heading=before.strip()[:LONGEST_HEADING], level=level))
        before, before_at = ("", 0) if atx or setext else (line, start)
    return tuple(marks)
