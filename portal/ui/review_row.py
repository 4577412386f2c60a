"""One change of a review: its sentence, its verdict, its quote, and the buttons that decide it."""

import streamlit as st

from kg.model import Kind
from portal.access import Action
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_context import Context
from portal.review_rows import Row
from portal.session import Here
from portal.ui import comments, corrected, html, layout, review_cards, review_decide, sentences, words

SHOWN = "shown"  # in the session's state: the change whose evidence stands beside the list


def tick(row: Row) -> str:
    """The key of the row's tick box."""
    return f"tick-{row.id}"


def may_tick(row: Row) -> bool:
    """Contradictions have more ways out than two: they are decided one by one."""
    return row.decision not in review_decide.DECIDED and row.kind is not Kind.conflict


def draw(here: Here, cycle: int, row: Row, may_decide: bool, around: Context, remarks: int = 0) -> None:
    """`remarks`: how many comments it has."""
    with st.container(
        border=True, horizontal=True, gap="small", vertical_alignment="center", key=f"row-{row.id}"
    ):
        _words(row, around)  # page.css gives it a line of its own: a container of its own for it is slow
        if may_decide and may_tick(row):
            sentence = html.spoken(sentences.of(row.change).striptags())
            label = _("Select {sentence}").format(sentence=sentence)
            st.checkbox(label, key=tick(row), label_visibility="collapsed")
        if may_decide:
            review_decide.buttons(here, cycle, row)
        _look(here, cycle, row, remarks)


def _look(here: Here, cycle: int, row: Row, remarks: int) -> None:
    """What can be looked at: where it was read, and what was said about it."""
    if (row.evidence or row.change.reasons or row.change.statement) and st.button(
        _("Evidence"), key=f"show-{row.id}", icon=":material/format_quote:", type="tertiary"
    ):
        st.session_state[SHOWN] = row.id
    if (remarks or here.may(Action.decide)) and st.button(
        comments.label(remarks), key=f"do-c-{row.id}", icon=":material/chat:", type="tertiary"
    ):
        comments.on_change(cycle, row.id, sentences.of(row.change))


def _words(row: Row, around: Context) -> None:
    html.show(
        '<div class="f-meta">{verdict}{again}<span>{kind}</span><span>{sure}</span></div>'
        '<div class="f-sentence">{sentence}</div>{more}{quote}{decision}',
        verdict=html.chip(words.of(row.verdict), words.tone(row.verdict)),
        again=html.chip(_("Needs another look"), "warn") if row.again else "",
        kind=corrected.kind(row.change),
        sure=_sure(row),
        sentence=sentences.of(row.change),
        more=review_cards.more(row.change, around, row.id),
        quote=_first_quote(row) if row.kind is not Kind.conflict else _whose(row),
        decision=_decision(row),
    )


def _sure(row: Row) -> str:
    """How sure the reading is, for what was read as a fact."""
    read = (Kind.new_fact, Kind.changed_value, Kind.conflict, Kind.merge_entities)
    if row.kind not in read or row.change.statement:
        return ""
    return _("{percent}% sure").format(percent=round(100 * row.confidence))


def _whose(row: Row) -> html.Markup:
    """Whose correction it is, and how they know."""
    said = row.change.statement
    if said is None:
        return html.Markup("")
    return html.fill(
        '<div class="f-stated">{text}</div>',
        text=_("Corrected by {who}: {reason}").format(who=said.by, reason=said.reason),
    )


def _first_quote(row: Row) -> html.Markup:
    if not row.evidence:
        return _whose(row)
    shown = _whose(row) + layout.quote(row.evidence[0])
    more = len(row.evidence) - 1
    if more:
        text = ngettext("and {n} more place", "and {n} more places", more).format(n=more)
        shown += html.fill('<div class="f-soft f-small">{text}</div>', text=text)
    return shown


def _decision(row: Row) -> html.Markup:
    if row.decision not in review_decide.DECIDED:
        return html.Markup("")
    return html.fill(
        '<div class="f-meta">{chip}<span>{who}</span><span class="f-wrap">{reason}</span></div>',
        chip=html.chip(words.of(row.decision), words.tone(row.decision)),
        who=row.decided_by,
        reason=row.reason,
    )
