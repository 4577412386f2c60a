"""My corrections: what waits to be sent to review, and the way to it from every page that shows knowledge."""

import streamlit as st

from kg.edits import Problem
from portal import edits, navigation
from portal.access import Action
from portal.edits import Kept
from portal.i18n import gettext as _
from portal.messages import MESSAGES
from portal.models import CycleKind
from portal.reviews import Summary
from portal.session import Here, act
from portal.ui import corrected, edit_terms, edit_things, html, layout, reasons, sentences, words
from portal.ui.times import ago, number

SENT = "sent"  # in the session's state: the cycle that was sent


def bar(here: Here) -> None:
    """How many corrections wait, and the next thing to do with them."""
    if not here.may(Action.edit):
        return
    _sent(here)
    with words.explained():
        many = edits.waiting(here.parts, here.actor, here.rag_id)
        if not many:
            return
        text = _("My corrections: {n}").format(n=number(many))
        with st.container(key="my-edits", horizontal=True, vertical_alignment="center", gap="small"):
            navigation.link("edits", text, icon=":material/edit_note:", rag=here.rag_id)
            _send(here, "bar")


def page(here: Here) -> None:
    _sent(here)
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Add a thing"), key="add-thing", icon=":material/add:"):
            edit_things.new()
    with words.explained():
        listed = edits.listing(here.parts, here.actor, here.rag_id)
        if not listed:
            layout.empty(
                _("No corrections yet"),
                _("Open a thing and correct it or its facts there; what you corrected is collected here."),
            )
        for kept in listed:
            _one(here, kept)
        if listed:
            _send(here, "page")
    with words.explained():
        st.subheader(_("Kinds and relations"), anchor=False)
        edit_terms.section(here)


def _one(here: Here, kept: Kept) -> None:
    with st.container(border=True, key=f"edit-{kept.id}", gap="small"):
        for change in kept.changes:
            told = [s for r in change.reasons if (s := reasons.sentence(r, corrected=True))]
            html.show(
                '<div class="f-meta"><span>{kind}</span>{verdict}</div>'
                '<div class="f-sentence">{sentence}</div>{reasons}',
                kind=corrected.kind(change),
                verdict=html.chip(words.of(change.verdict), words.tone(change.verdict)),
                sentence=sentences.of(change),
                reasons=html.join(
                    html.fill('<div class="f-soft f-small">{said}</div>', said=s) for s in told
                ),
            )
        if kept.problem:
            st.warning(_problem(kept.problem))
        html.show(
            '<div class="f-stated">{reason}</div><div class="f-soft f-small">{when}</div>',
            reason=kept.reason,
            when=ago(kept.at),
        )
        st.button(
            _("Take it back"),
            key=f"undo-{kept.id}",
            icon=":material/undo:",
            on_click=act,
            args=(edits.undo, here.rag_id, kept.id),
            kwargs={"said": _("Taken back.")},
        )


def _send(here: Here, key: str) -> None:
    st.button(
        _("Send to review"),
        key=f"send-{key}",
        type="primary",
        icon=":material/send:",
        on_click=act,
        args=(edits.send, here.rag_id),
        kwargs={"keep": SENT},
    )


def _sent(here: Here) -> None:
    """Where the corrections went that were just sent."""
    cycle = st.session_state.pop(SENT, None)
    if cycle is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="edits-sent"):
        html.show("<span>{text}</span>", text=_("Your corrections were sent to review."))
        label = _("Review of cycle {n}").format(n=cycle)
        navigation.link("review", label, icon=":material/fact_check:", rag=here.rag_id, cycle=cycle)


def without_effect(here: Here, summary: Summary) -> None:
    """In a review: corrections that change nothing (any more)."""
    if summary.kind is not CycleKind.correction:
        return
    found = edits.without_effect(here.parts, here.actor, here.rag_id, summary.cycle)
    if found:
        html.show(
            '<div class="f-soft">{over}</div><ul class="f-beside">{lines}</ul>',
            over=_("Corrections that change nothing:"),
            lines=html.join(
                html.fill("<li>{reason}: {why}</li>", reason=reason, why=_problem(problem))
                for reason, problem in found
            ),
        )


def _problem(problem: Problem) -> str:
    return _(MESSAGES[f"edit-{problem}"])
