"""HTML of our own: every value put into it is escaped, whoever wrote it."""

from collections.abc import Iterable

import streamlit as st
from markupsafe import Markup

TONES = frozenset({"good", "bad", "warn", "info", "odd", "mute"})


def fill(template: str, **values: object) -> Markup:
    """The template with its {values}, escaped unless they are Markup already."""
    return Markup(template).format(**values)  # noqa: S704  # templates are literals of this package


def show(template: str | Markup, **values: object) -> None:
    st.html(str(fill(template, **values) if values else template))


def join(parts: Iterable[object], between: str = "") -> Markup:
    return Markup(between).join(parts)  # type: ignore[arg-type]  # noqa: S704


def chip(label: str, tone: str = "mute", *, dot: bool = True) -> Markup:
    """A word in a coloured pill."""
    assert tone in TONES
    kind = f"f-chip f-{tone}" if dot else f"f-chip f-{tone} plain"
    return fill('<span class="{kind}">{label}</span>', kind=kind, label=label)


def plain(text: str) -> str:
    """Text inside Streamlit's Markdown, as it stands: no link, image, formula or style."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>~$:&^=" else c for c in " ".join(text.split()))


def unmarked(text: Markup) -> str:
    """The words of our own HTML, as they stand: for places that take plain text only."""
    return text.striptags()


def spoken(text: str) -> str:
    """Text as the name of a control, which screen readers say as it stands: nothing in it is Markdown."""
    plain = "".join(" " if c in "\\`*_{}[]#!|<>~$:^" else c for c in text)
    return " ".join(plain.replace("www.", "www ").split())
