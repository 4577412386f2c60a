"""One change of a review: its sentence, its verdict, its quote, and the buttons that decide it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kg.model import Change, Decision, Evidence, Fact, Kind, Period, Verdict
from portal import corrections, decisions, reviews
from portal.access import Action
from portal.corrections import Settle
from portal.errors import PortalError
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Row
from portal.session import Here, act, enter
from portal.ui import comments, html, layout, reader, reasons, sentences, words

DECIDED = (Decision.accepted, Decision.edited, Decision.rejected)
NAMED = (Kind.new_class, Kind.new_property, Kind.new_entity)


def tick(row: Row) -> str:
    """The key of the row's tick box."""
    return f"tick-{row.id}"


def may_tick(row: Row) -> bool:
    """Contradictions have more ways out than two: they are decided one by one."""
    return row.decision not in DECIDED and row.kind is not Kind.conflict


def draw(
    here: Here, cycle: int, row: Row, may_decide: bool, names: Mapping[str, str], remarks: int = 0
) -> None:
    """`names` of the things of contradictions, by IRI; `remarks`: how many comments it has."""
    with st.container(border=True, gap="small", key=f"row-{row.id}"):
        if may_decide and may_tick(row):
            box, left, right = st.columns([0.13, 2.47, 1.5], gap="small")
            label = _("Select: {sentence}").format(sentence=html.plain(row.sentence))
            box.checkbox(label, key=tick(row), label_visibility="collapsed")
        else:
            left, right = st.columns([2.6, 1.5], gap="small")
        with left:
            _words(row, names)
        with right:
            _decision(row)
            if may_decide:
                _buttons(here, cycle, row)
            told = row.evidence or row.change.reasons
            if told and st.button(
                _("Evidence"), key=f"evidence-{row.id}", icon=":material/format_quote:", type="tertiary"
            ):
                _evidence(cycle, row.id)
            if (remarks or here.may(Action.decide)) and st.button(
                comments.label(remarks), key=f"comments-{row.id}", icon=":material/chat:", type="tertiary"
            ):
                comments.on_change(cycle, row.id, sentences.of(row.change))


def _words(row: Row, names: Mapping[str, str]) -> None:
    html.show(
        '<div class="f-meta">{verdict}<span>{kind}</span></div>'
        '<div class="f-sentence">{sentence}</div>{more}{quote}',
        verdict=html.chip(words.of(row.verdict), words.tone(row.verdict)),
        kind=words.of(row.kind),
        sentence=sentences.of(row.change),
        more=_sides(row.change, names) if row.kind is Kind.conflict else _reasons(row.change),
        quote=_first_quote(row),
    )


def _sides(change: Change, names: Mapping[str, str]) -> html.Markup:
    approved, proposed = sentences.sides(change, names)
    return html.fill(
        '<div class="f-sides" style="margin-top:.5rem">'
        '<div class="f-side"><div class="f-over">{old}</div>{approved}</div>'
        '<div class="f-side"><div class="f-over">{new}</div>{proposed}</div></div>',
        old=_("Approved"),
        new=_("The documents say"),
        approved=approved,
        proposed=proposed,
    )


def _reasons(change: Change) -> html.Markup:
    said = [s for s in map(reasons.sentence, change.reasons) if s][:3]
    return html.join(html.fill('<div class="f-soft f-small">{said}</div>', said=s) for s in said)


def _first_quote(row: Row) -> html.Markup:
    if not row.evidence:
        return html.Markup("")
    shown = layout.quote(row.evidence[0])
    more = len(row.evidence) - 1
    if more:
        text = ngettext("and {n} more place", "and {n} more places", more).format(n=more)
        shown += html.fill('<div class="f-soft f-small">{text}</div>', text=text)
    return shown


def _decision(row: Row) -> None:
    if row.decision not in DECIDED:
        return
    html.show(
        '<div class="f-meta">{chip}<span>{who}</span></div>{reason}',
        chip=html.chip(words.of(row.decision), words.tone(row.decision)),
        who=row.decided_by,
        reason=html.fill('<div class="f-small f-soft">{text}</div>', text=row.reason) if row.reason else "",
    )


def _buttons(here: Here, cycle: int, row: Row) -> None:
    if row.decision in DECIDED:
        _button(here, cycle, row, _("Undo"), Decision.undecided, ":material/undo:")
    elif row.kind is Kind.conflict:
        _settle(here, cycle, row)
    else:
        _accept_or_reject(here, cycle, row)


def _accept_or_reject(here: Here, cycle: int, row: Row) -> None:
    merge = row.kind is Kind.merge_entities
    with st.container(horizontal=True, gap="small"):
        accept, reject = (_("The same"), _("Keep apart")) if merge else (_("Accept"), _("Reject"))
        _button(here, cycle, row, accept, Decision.accepted, ":material/check:")
        if row.kind not in NAMED:
            _button(here, cycle, row, reject, Decision.rejected, ":material/close:")
        elif st.button(reject, key=f"{Decision.rejected}-{row.id}", icon=":material/close:"):
            _reject(here, cycle, row)
        if row.kind in NAMED or row.kind is Kind.new_fact:
            help_ = _("Correct it and accept it so")
            if st.button(_("Correct"), key=f"edit-{row.id}", icon=":material/edit:", help=help_):
                _correct(cycle, row.id)


def _button(here: Here, cycle: int, row: Row, label: str, decision: Decision, icon: str) -> None:
    st.button(
        label,
        key=f"{decision}-{row.id}",
        icon=icon,
        on_click=act,
        args=(decisions.decide, here.rag_id, cycle, [row.id], decision),
    )


def _reject(here: Here, cycle: int, row: Row) -> None:
    """Others may hang on it: what falls with it is shown before it does."""
    along = decisions.consequences(here.parts, here.actor, here.rag_id, cycle, [row.id], Decision.rejected)
    if not along:
        with words.kept():
            decisions.decide(here.parts, here.actor, here.rag_id, cycle, [row.id], Decision.rejected)
        st.rerun()

    @st.dialog(_("What falls with it"))
    def show() -> None:
        with words.explained():
            now = enter(Action.decide)
            text = ngettext("{n} change falls with it:", "{n} changes fall with it:", len(along))
            st.write(text.format(n=len(along)))
            lines = html.join(html.fill("<li>{s}</li>", s=sentences.of(r.change)) for r in along[:12])
            html.show("<ul>{lines}</ul>", lines=lines)
            if len(along) > 12:
                st.caption(_("and {n} more").format(n=len(along) - 12))
            if st.button(_("Reject all of these"), type="primary", key=f"reject-along-{row.id}"):
                decisions.decide(now.parts, now.actor, now.rag_id, cycle, [row.id], Decision.rejected)
                st.rerun()

    show()


def _settle(here: Here, cycle: int, row: Row) -> None:
    """The four ways out of a contradiction."""

    def way(label: str, how: Settle, help_: str) -> None:
        st.button(
            label,
            key=f"{how}-{row.id}",
            help=help_,
            on_click=act,
            args=(corrections.settle, here.rag_id, cycle, row.id, how),
        )

    with st.container(horizontal=True, gap="small"):
        way(_("Replace"), Settle.switch, _("What the documents say takes the place of what is approved."))
        way(_("Keep"), Settle.keep, _("What is approved stays as it is."))
        with st.popover(_("Keep both")):
            until = st.text_input(
                _("The approved one held until"), key=f"until-{row.id}", placeholder="2024-03"
            )
            since = st.text_input(_("The new one holds since"), key=f"since-{row.id}", placeholder="2024-04")
            st.button(
                _("Keep both with these dates"),
                key=f"both-{row.id}",
                on_click=act,
                args=(corrections.settle, here.rag_id, cycle, row.id, Settle.keep_both, until, since),
            )
        way(_("Not the same thing"), Settle.not_same, _("The documents speak of another of that name."))


def _correct(cycle: int, change_id: str) -> None:
    """A window with what can be put right about this change."""

    @st.dialog(_("Correct and accept"))
    def show() -> None:
        with words.explained():
            here = enter(Action.decide)
            row = reviews.row(here.parts, here.actor, here.rag_id, cycle, change_id)
            html.show(
                '<div class="f-sentence">{sentence}</div>{quote}',
                sentence=sentences.of(row.change),
                quote=_first_quote(row),
            )
            values: dict[str, Any] = {}
            if row.kind in NAMED:
                name = row.predicate if row.kind is Kind.new_property else row.subject
                values["label"] = st.text_input(_("Its name"), value=name)
            else:
                values |= _correct_fact(here, cycle, row.change)
            if st.button(_("Accept it so"), type="primary", key=f"accept-corrected-{change_id}"):
                corrections.correct(here.parts, here.actor, here.rag_id, cycle, change_id, **values)
                st.rerun()

    show()


def _correct_fact(here: Here, cycle: int, change: Change) -> dict[str, Any]:
    known = sorted(corrections.relations(here.parts, here.actor, here.rag_id, cycle))
    at = known.index(change.predicate) if change.predicate in known else None
    relation = st.selectbox(_("Relation"), known, index=at)
    reverse = st.checkbox(
        _("The other way round: {object} … {subject}").format(
            object=html.plain(change.object), subject=html.plain(change.subject)
        )
    )
    held = next((p for c in change.after if isinstance(c, Fact) for p in c.periods), Period())
    start = st.text_input(_("Holds since"), value=held.start, placeholder="2024-03-01")
    end = st.text_input(_("Held until"), value=held.end)
    changed: dict[str, Any] = {"reverse": reverse}
    if relation and relation != change.predicate:
        changed["relation"] = relation
    if (start, end) != (held.start, held.end):
        changed["period"] = Period(start.strip(), end.strip())
    return changed


def _evidence(cycle: int, change_id: str) -> None:
    """A window with every quote in its passage."""

    @st.dialog(_("Evidence"), width="medium")
    def show() -> None:
        with words.explained():
            here = enter()
            row = reviews.row(here.parts, here.actor, here.rag_id, cycle, change_id)
            html.show('<div class="f-sentence">{sentence}</div>', sentence=sentences.of(row.change))
            if row.verdict is Verdict.no_evidence:
                st.warning(_("No document says it in words that can be shown."))
            html.show("{reasons}", reasons=_reasons(row.change))
            for evidence in row.evidence[:8]:
                _passage(here, evidence)

    show()


def _passage(here: Here, evidence: Evidence) -> None:
    try:
        reader.passage(here, evidence)
    except PortalError:  # the document is gone, its words are not
        html.show("{quote}", quote=layout.quote(evidence))
