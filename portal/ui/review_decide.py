"""The buttons that decide a change, and the windows that ask before: why not, and what falls with it."""

import streamlit as st

from kg.model import Decision, Kind
from portal import corrections, decisions
from portal.access import Action
from portal.corrections import Settle
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Row
from portal.session import Here, act, enter
from portal.ui import html, review_correct, sentences, words

DECIDED = (Decision.accepted, Decision.edited, Decision.rejected)
ALONG = 12  # sentences of what falls with it


def buttons(here: Here, cycle: int, row: Row) -> None:
    """`do-a-…` and so on are their keys: the letter is that of the keyboard."""
    if row.decision in DECIDED:
        _button(here, cycle, row, "u", _("Undo"), Decision.undecided, ":material/undo:")
    elif row.kind is Kind.conflict:
        _settle(here, cycle, row)
    elif row.kind is Kind.merge_entities:
        _button(here, cycle, row, "a", _("The same"), Decision.accepted, ":material/check:")
        _button(here, cycle, row, "r", _("Keep apart"), Decision.rejected, ":material/close:")
        _correct(cycle, row)
    else:
        _button(here, cycle, row, "a", _("Accept"), Decision.accepted, ":material/check:")
        if st.button(_("Reject"), key=f"do-r-{row.id}", icon=":material/close:"):
            _reject(cycle, row)
        if row.kind in review_correct.CORRECTED:
            _correct(cycle, row)


def _button(here: Here, cycle: int, row: Row, key: str, label: str, decision: Decision, icon: str) -> None:
    st.button(
        label,
        key=f"do-{key}-{row.id}",
        icon=icon,
        on_click=act,
        args=(decisions.decide, here.rag_id, cycle, [row.id], decision),
    )


def _correct(cycle: int, row: Row) -> None:
    if st.button(_("Correct"), key=f"do-e-{row.id}", icon=":material/edit:"):
        review_correct.window(cycle, row.id)


def _reject(cycle: int, row: Row) -> None:
    """Others may hang on it: what falls with it is shown before it does."""

    @st.dialog(_("Reject"))
    def show() -> None:
        with words.explained():
            here = enter(Action.decide)
            html.show('<div class="f-sentence">{sentence}</div>', sentence=sentences.of(row.change))
            along = decisions.consequences(
                here.parts, here.actor, here.rag_id, cycle, [row.id], Decision.rejected
            )
            if along:
                text = ngettext("{n} change falls with it:", "{n} changes fall with it:", len(along))
                html.show(
                    "<div>{text}</div><ul>{lines}</ul>{more}",
                    text=text.format(n=len(along)),
                    lines=html.join(
                        html.fill("<li>{s}</li>", s=sentences.of(r.change)) for r in along[:ALONG]
                    ),
                    more=_("and {n} more").format(n=len(along) - ALONG) if len(along) > ALONG else "",
                )
            with st.form(f"reject-{row.id}", border=False):
                reason = st.text_input(_("Why? (optional)"), max_chars=1000, key=f"why-{row.id}")
                label = _("Reject all of these") if along else _("Reject it")
                if st.form_submit_button(label, type="primary", key=f"reject-now-{row.id}"):
                    decisions.decide(
                        here.parts,
                        here.actor,
                        here.rag_id,
                        cycle,
                        [row.id],
                        Decision.rejected,
                        reason.strip(),
                    )
                    st.rerun()

    show()


def _settle(here: Here, cycle: int, row: Row) -> None:
    """The four ways out of a contradiction."""

    def way(key: str, label: str, how: Settle, help_: str) -> None:
        st.button(
            label,
            key=f"do-{key}-{row.id}",
            help=help_,
            on_click=act,
            args=(corrections.settle, here.rag_id, cycle, row.id, how),
        )

    way("a", _("Replace"), Settle.switch, _("What the documents say takes the place of what is approved."))
    way("r", _("Keep"), Settle.keep, _("What is approved stays as it is."))
    help_ = _("Keep both, each with its time; or replace, and say since when.")
    if st.button(_("Keep both, dates…"), key=f"do-e-{row.id}", help=help_):
        _with_dates(cycle, row)
    way("n", _("Not the same thing"), Settle.not_same, _("The documents speak of another of that name."))


def _with_dates(cycle: int, row: Row) -> None:
    @st.dialog(_("When each of them holds"))
    def show() -> None:
        with words.explained():
            here = enter(Action.decide)
            html.show('<div class="f-sentence">{sentence}</div>', sentence=sentences.of(row.change))
            with st.form(f"dates-{row.id}", border=False):
                until = st.text_input(
                    _("The approved one held until"), key=f"until-{row.id}", placeholder="2024-03"
                )
                since = st.text_input(
                    _("The new one holds since"), key=f"since-{row.id}", placeholder="2024-04"
                )
                for how, label in (
                    (Settle.keep_both, _("Keep both with these dates")),
                    (Settle.switch, _("Replace, since this date")),
                ):
                    if st.form_submit_button(label, key=f"{how}-{row.id}"):
                        ended = until if how is Settle.keep_both else ""
                        corrections.settle(
                            here.parts, here.actor, here.rag_id, cycle, row.id, how, ended, since
                        )
                        st.rerun()

    show()
