"""The text of a document with words marked in it."""

import streamlit as st

from kg.model import Document, Evidence
from portal import documents, navigation
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, layout

WINDOW = 12_000  # characters shown at once
BEFORE = 500  # of them before the marked words
AROUND = 420  # characters on either side of a quote in its passage


def asked_place() -> tuple[int, int]:
    """The characters that the address names; (0, 0) for none."""
    numbers = [st.query_params.get(name, "") for name in ("start", "end")]
    if not all(n.isascii() and n.isdigit() and len(n) < 10 for n in numbers):
        return 0, 0
    return int(numbers[0]), int(numbers[1])


def read(document: Document, start: int, end: int) -> None:
    """A long text a window at a time, beginning a little before the marked words."""
    at = st.session_state.setdefault(f"window-{document.id}-{start}", max(0, start - BEFORE))
    until = min(len(document.text), at + WINDOW)
    if at:
        st.button(_("Earlier in the text"), on_click=_move, args=(document.id, start, max(0, at - WINDOW)))
    html.show(
        '<div class="f-passage">{before}{text}{after}</div>',
        before="…" if at else "",
        text=marked(document.text, at, until, start, end),
        after="…" if until < len(document.text) else "",
    )
    if until < len(document.text):
        st.button(_("Later in the text"), on_click=_move, args=(document.id, start, until))


def _move(document_id: str, start: int, at: int) -> None:
    st.session_state[f"window-{document_id}-{start}"] = at


def marked(text: str, at: int, until: int, start: int, end: int) -> html.Markup:
    """`text[at:until]` with `text[start:end]` marked in it."""
    start, end = max(at, min(start, until)), max(at, min(end, until))
    if start >= end:
        return html.fill("{text}", text=text[at:until])
    return html.fill(
        "{before}<mark>{words}</mark>{after}",
        before=text[at:start],
        words=text[start:end],
        after=text[end:until],
    )


def passage(here: Here, evidence: Evidence) -> None:
    """A quote where it stands: what comes before and after, its document and page."""
    document = documents.text(here.parts, here.actor, here.rag_id, evidence.document_id)
    at = max(0, evidence.start - AROUND)
    until = min(len(document.text), evidence.end + AROUND)
    html.show(
        '<div class="f-over">{where}</div><div class="f-passage f-small">{before}{text}{after}</div>',
        where=layout.place(document.name, evidence.page),
        before="…" if at else "",
        text=marked(document.text, at, until, evidence.start, evidence.end),
        after="…" if until < len(document.text) else "",
    )
    navigation.link(
        "document",
        _("Open the document here"),
        icon=":material/menu_book:",
        rag=here.rag_id,
        revision=evidence.document_id,
        start=evidence.start,
        end=evidence.end,
    )


def links(here: Here, revision: str) -> None:
    html.show(
        '<a class="f-small" href="{address}" download>{label}</a>',
        address=f"/download/{here.rag_id}/document/{revision}",
        label=_("Download the original"),
    )
