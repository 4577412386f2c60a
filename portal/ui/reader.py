"""The text of a document with words marked in it."""

import streamlit as st

from kg.model import Document, Evidence
from portal import documents, marks, navigation
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, layout, marking, paging

WINDOW = 12_000  # characters shown at once
NEAR = 1_000  # within which a page is begun at a line
SECTIONS = 2_000  # that can be chosen from
AROUND = 420  # characters on either side of a quote in its passage


def asked_place() -> tuple[int, int]:
    """The characters that the address names; (0, 0) for none."""
    numbers = [st.query_params.get(name, "") for name in ("start", "end")]
    if not all(n.isascii() and n.isdigit() and len(n) < 10 for n in numbers):
        return 0, 0
    return int(numbers[0]), int(numbers[1])


def read(here: Here, document: Document, start: int, end: int) -> None:
    """A long text a page at a time, first the page of the words asked for; facts in their places."""
    key = f"text-{document.id}-{start}"
    st.session_state.setdefault(f"page-{key}", page_of(document.text, start))
    _sections(document, key)
    page = paging.turn(len(document.text), WINDOW, key)
    at, until = begins(document.text, page), begins(document.text, page + 1)
    facts = marks.within(here.parts, here.actor, here.rag_id, document.id, at, until)
    marking.legend(facts)
    html.show(
        '<div class="f-passage">{text}</div>',
        text=marking.text(document.text, at, until, facts, (start, end)),
    )
    marking.listing(here, facts, f"facts-{document.id}-{page}")


def begins(text: str, page: int) -> int:
    """Where a page begins: at a line, if there is one near."""
    at = page * WINDOW
    if page <= 0 or at >= len(text):
        return max(0, min(at, len(text)))
    line = text.find("\n", at, at + NEAR)
    return at if line < 0 else line + 1


def page_of(text: str, place: int) -> int:
    page = place // WINDOW
    return page - 1 if page and place < begins(text, page) else page


def _sections(document: Document, key: str) -> None:
    """Straight to a section of a text of many pages."""
    headings = {m.start: m.heading for m in document.marks if m.heading is not None}
    if len(document.text) <= WINDOW or not headings:
        return

    st.selectbox(
        _("Go to a section"),
        list(headings)[:SECTIONS],
        index=None,
        format_func=lambda start: headings[start],
        key=f"section-{key}",
        placeholder=_("All sections in their order"),
        on_change=_move,
        args=(document.text, key),
    )


def _move(text: str, key: str) -> None:
    chosen = st.session_state[f"section-{key}"]
    if chosen is not None:
        st.session_state[f"page-{key}"] = page_of(text, chosen)


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
