"""A feed as Atom (RFC 4287). Names and sentences are text: escaped as HTML, and as XML once more."""

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from datetime import UTC, datetime

from markupsafe import Markup, escape

from kg.xml_text import legal

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True)
class Entry:
    """`lines` are headings, each with its sentences."""

    id: str
    title: str
    updated: datetime
    author: str
    page: str
    lines: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    id: str
    title: str
    updated: datetime
    itself: str  # its own address
    page: str
    author: str
    entries: tuple[Entry, ...] = ()


def written(feed: Feed) -> bytes:
    """The document, UTF-8."""
    ET.register_namespace("", ATOM)
    root = ET.Element(f"{{{ATOM}}}feed")
    _head(root, feed.id, feed.title, feed.updated, feed.author, feed.page)
    _link(root, "self", feed.itself, "application/atom+xml")
    for e in feed.entries:
        made = ET.SubElement(root, f"{{{ATOM}}}entry")
        _head(made, e.id, e.title, e.updated, e.author, e.page)
        content = ET.SubElement(made, f"{{{ATOM}}}content", {"type": "html"})
        content.text = legal(str(_html(e)))
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="utf-8")


def _head(parent: ET.Element, id_: str, title: str, updated: datetime, author: str, page: str) -> None:
    _text(parent, "id", id_)
    _text(parent, "title", title or "-")
    _text(parent, "updated", updated.astimezone(UTC).isoformat(timespec="seconds"))
    _text(ET.SubElement(parent, f"{{{ATOM}}}author"), "name", author or "-")
    _link(parent, "alternate", page, "text/html")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}{name}").text = legal(text)


def _link(parent: ET.Element, rel: str, href: str, type_: str) -> None:
    ET.SubElement(parent, f"{{{ATOM}}}link", {"rel": rel, "href": legal(href), "type": type_})


def _html(entry: Entry) -> Markup:
    return Markup("").join(
        Markup("<h3>{}</h3><ul>{}</ul>").format(
            title, Markup("").join(Markup("<li>{}</li>").format(escape(s)) for s in lines)
        )
        for title, lines in entry.lines
    )
