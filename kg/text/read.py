"""A file's bytes to a Document: what it is decides the content, not the name."""

import re

from kg.errors import EmptyFile
from kg.model import Document, Mark
from kg.text.decode import decode
from kg.text.formats import kinds, sandbox
from kg.text.language import language

_AS_IT_IS = frozenset({kinds.TEXT, kinds.MARKDOWN, kinds.CODE})
_ATX = re.compile(r" {0,3}(#{1,6})\s+(.+?)\s*#*\s*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})\s*$")
_NAMED = re.compile(r"(?<=<\?xml)([^>]*?)\s+encoding\s*=\s*[\"'][^\"']*[\"']|<meta[^>]+charset[^>]*>", re.I)
_FENCE = re.compile(r" {0,3}(```+|~~~+)")
LONGEST_HEADING = 200  # characters


def read(data: bytes, name: str, document_id: str) -> Document:
    """The text with its headings and pages. Raises EmptyFile and NotText, whose sentence says why."""
    if not data.strip(b"\x00 \t\r\n"):
        raise EmptyFile(name)
    media_type = kinds.kind(data, name)
    if media_type in _AS_IT_IS:
        decoded = decode(data, name)
        marks = () if media_type == kinds.CODE else headings(decoded.text)  # there "#" begins a remark
        text, notes = decoded.text, decoded.notes
        media_type = kinds.MARKDOWN if marks else media_type
    else:
        notes = ()
        if media_type in kinds.DECODED:
            decoded = decode(data, name)
            data, notes = _plain(decoded.text).encode(), decoded.notes
        found = sandbox.read(data, name, media_type)
        text, marks = found.text, found.marks
    return Document(
        id=document_id,
        name=name,
        text=text,
        language=language(text),
        marks=marks,
        media_type=media_type,
        notes=notes,
    )


def check(data: bytes, name: str) -> None:
    """What can be told at once: raises EmptyFile and NotText as `read` would, without reading all of it."""
    if kinds.kind(data, name) in kinds.DECODED | _AS_IT_IS:
        decode(data, name)


def _plain(text: str) -> str:
    """Without the encoding that a page or an XML file names: it is UTF-8 from here on."""
    head = _NAMED.sub(r"\1", text[:4096])
    return head + text[4096:]


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
