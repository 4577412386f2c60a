"""The pieces that pages are made of: headings, tiles, empty cases, quotes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from kg.model import Evidence, Statement
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, words
from portal.ui.times import day, number


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: int
    tone: str = ""  # "bad" or "warn" if there is any of it


def heading(text: str, lead: str = "") -> None:
    """The name of the page, what it is for, and what the last click did."""
    st.title(text, anchor=False)
    if lead:
        html.show('<p class="f-lead">{lead}</p>', lead=lead)
    words.remembered()


def tiles(shown: Sequence[Tile]) -> None:
    """Numbers with their names, side by side."""
    html.show(
        '<div class="f-tiles">{tiles}</div>',
        tiles=html.join(
            html.fill(
                '<div class="f-tile {tone}"><b>{value}</b><span>{label}</span></div>',
                tone=tile.tone if tile.value else "quiet",
                value=number(tile.value),
                label=tile.label,
            )
            for tile in shown
        ),
    )


def empty(title: str, text: str) -> None:
    """What to say where there is nothing yet, and what to do about it."""
    html.show('<div class="f-empty"><h3>{title}</h3><p>{text}</p></div>', title=title, text=text)


def quote(evidence: Evidence) -> html.Markup:
    """The exact words, and where they stand."""
    return html.fill(
        '<div class="f-quote">“{quote}”<cite>{where}</cite></div>',
        quote=" ".join(evidence.quote.split()),
        where=place(evidence.document, evidence.page),
    )


def stated(statement: Statement) -> html.Markup:
    """A member's own word, where others have a quote; it is not set as one."""
    return html.fill(
        '<div class="f-stated">{said}<div class="f-wrap">{reason}</div></div>',
        said=html.fill(
            '<div class="f-soft f-small">{text}</div>',
            text=_("{who} says so, {when}").format(who=statement.by, when=day(statement.day)),
        ),
        reason=statement.reason,
    )


def place(document: str, page: int | None) -> str:
    return _("{document}, page {page}").format(document=document, page=page) if page else document


def sections(drawn: Mapping[str, Sequence[Callable[[Here], None]]], here: Here, key: str = "section") -> None:
    """A tab for each name; only the open one is drawn, and what goes wrong in one piece leaves the others."""
    for tab, (_name, pieces) in zip(
        st.tabs(list(drawn), key=key, on_change="rerun"), drawn.items(), strict=True
    ):
        if tab.open:
            with tab:
                for piece in pieces:
                    with words.explained():
                        piece(here)
