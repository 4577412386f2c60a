"""Beside the list: where a change was read, the words marked in their passage, what else stands there."""

import streamlit as st

from kg.model import Evidence, Verdict
from portal import review_context
from portal.errors import PortalError
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Row
from portal.session import Here
from portal.ui import html, layout, reader, reasons, sentences, words

SHOWN = 4  # passages; a fact of a hundred sources is not read a hundred times


def panel(here: Here, cycle: int, row: Row) -> None:
    with st.container(border=True, key="evidence", gap="small"), words.explained():
        html.show(
            '<div class="f-over">{over}</div><div class="f-sentence">{sentence}</div>{reasons}',
            over=_("Evidence"),
            sentence=sentences.of(row.change),
            reasons=_reasons(row),
        )
        if row.verdict is Verdict.no_evidence:
            st.warning(_("No document says it in words that can be shown."))
        if row.change.statement:
            html.show("{said}", said=layout.stated(row.change.statement))
        for evidence in row.evidence[:SHOWN]:
            passage(here, evidence)
        _more(len(row.evidence) - SHOWN)
        _beside(here, cycle, row)


def passage(here: Here, evidence: Evidence) -> None:
    try:
        reader.passage(here, evidence)
    except PortalError:  # the document is gone, its words are not
        html.show("{quote}", quote=layout.quote(evidence))


def _reasons(row: Row) -> html.Markup:
    by_member = row.change.statement is not None
    said = [s for r in row.change.reasons if (s := reasons.sentence(r, by_member))]
    return html.join(html.fill('<div class="f-soft f-small">{said}</div>', said=s) for s in said)


def _more(many: int) -> None:
    if many > 0:
        text = ngettext("and {n} more place", "and {n} more places", many).format(n=many)
        html.show('<div class="f-soft f-small">{text}</div>', text=text)


def _beside(here: Here, cycle: int, row: Row) -> None:
    """What else was read in the same passages."""
    others = review_context.beside(here.parts, here.actor, here.rag_id, cycle, row)
    if not others:
        return
    html.show(
        '<div class="f-over">{over}</div><ul class="f-beside">{lines}</ul>',
        over=_("Also read here"),
        lines=html.join(
            html.fill(
                "<li>{sentence} {chip}</li>",
                sentence=sentences.of(o.change),
                chip=html.chip(words.of(o.decision), words.tone(o.decision)),
            )
            for o in others
        ),
    )
