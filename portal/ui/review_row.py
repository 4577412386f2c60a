"""One change of a review: its sentence, its verdict, its quote, and the buttons that decide it."""

import streamlit as st

from kg.model import Change, Decision, Evidence, Fact, Kind, Period, Verdict
from portal import corrections, decisions, reviews
from portal.corrections import Settle
from portal.errors import PortalError
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Row
from portal.session import Here, act, enter
from portal.ui import html, layout, reader, reasons, sentences, words

DECIDED = (Decision.accepted, Decision.edited, Decision.rejected)
NAMED = (Kind.new_class, Kind.new_property, Kind.new_entity)


def draw(here: Here, cycle: int, row: Row, may_decide: bool) -> None:
    with st.container(border=True, gap="small", key=f"row-{row.id}"):
        left, right = st.columns([3.4, 1.5], gap="medium")
        with left:
            _words(row)
        with right:
            _decision(row)
            if may_decide:
                _buttons(here, cycle, row)
            told = row.evidence or row.change.reasons
            if told and st.button(_("Evidence"), key=f"evidence-{row.id}", icon=":material/format_quote:"):
                _evidence(cycle, row.id)


def _words(row: Row) -> None:
    html.show(
        '<div class="f-meta">{verdict}<span>{kind}</span></div>'
        '<div class="f-sentence">{sentence}</div>{more}{quote}',
        verdict=html.chip(words.of(row.verdict), words.tone(row.verdict)),
        kind=words.of(row.kind),
        sentence=sentences.of(row.change),
        more=_sides(row.change) if row.kind is Kind.conflict else _reasons(row.change),
        quote=_first_quote(row),
    )


def _sides(change: Change) -> html.Markup:
    approved, proposed = sentences.sides(change)
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
        return
    if row.kind is Kind.conflict:
        _settle(here, cycle, row)
        return
    accept, reject = _("Accept"), _("Reject")
    if row.kind is Kind.merge_entities:
        accept, reject = _("The same"), _("Keep apart")
    with st.container(horizontal=True, gap="small"):
        _button(here, cycle, row, accept, Decision.accepted, ":material/check:")
        _button(here, cycle, row, reject, Decision.rejected, ":material/close:")
        if row.kind in NAMED or row.kind is Kind.new_fact:
            with st.popover("", icon=":material/edit:", help=_("Correct it and accept it so")):
                _correct(here, cycle, row)


def _button(here: Here, cycle: int, row: Row, label: str, decision: Decision, icon: str) -> None:
    st.button(
        label,
        key=f"{decision}-{row.id}",
        icon=icon,
        help=_falls(here, cycle, row) if decision is Decision.rejected else None,
        on_click=act,
        args=(decisions.decide, here.rag_id, cycle, [row.id], decision),
    )


def _falls(here: Here, cycle: int, row: Row) -> str | None:
    """What falls with it, before it does; only what others can hang on is asked about."""
    if row.kind not in NAMED:
        return None
    along = decisions.consequences(here.parts, here.actor, here.rag_id, cycle, [row.id], Decision.rejected)
    if not along:
        return None
    text = ngettext("{n} change falls with it", "{n} changes fall with it", len(along)).format(n=len(along))
    return html.plain(
        f"{text}: " + " · ".join(r.sentence for r in along[:4]) + ("…" if len(along) > 4 else "")
    )


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


def _correct(here: Here, cycle: int, row: Row) -> None:
    """A form for what can be put right about this change."""
    with st.form(f"correct-{row.id}", border=False):
        values: dict[str, object] = {}
        if row.kind in NAMED:
            now = row.predicate if row.kind is Kind.new_property else row.subject
            values["label"] = st.text_input(_("Its name"), value=now)
        else:
            values |= _correct_fact(here, cycle, row.change)
        if st.form_submit_button(_("Accept it so"), type="primary"):
            with words.explained():
                corrections.correct(here.parts, here.actor, here.rag_id, cycle, row.id, **values)  # type: ignore[arg-type]
                st.rerun()


def _correct_fact(here: Here, cycle: int, change: Change) -> dict[str, object]:
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
    changed: dict[str, object] = {"reverse": reverse}
    if relation and relation != change.predicate:
        changed["relation"] = relation
    if (start, end) != (held.start, held.end):
        changed["period"] = Period(start.strip(), end.strip())
    return changed


def _evidence(cycle: int, change_id: str) -> None:
    """A window with every quote in its passage."""

    @st.dialog(_("Evidence"), width="large")
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
