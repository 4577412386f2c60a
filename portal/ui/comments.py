"""What people say to each other about a change or a cycle, and the box to say something."""

from collections.abc import Sequence

import streamlit as st

from portal import comments, members
from portal.access import Action
from portal.comments import LONGEST, CommentView
from portal.i18n import gettext as _
from portal.models import CycleState, Role
from portal.reviews import Summary
from portal.session import Here, act, enter
from portal.ui import html, words
from portal.ui.times import ago


def on_cycle(here: Here, summary: Summary) -> None:
    """The discussion of the cycle as a whole, open while somebody waits for changes."""
    said = comments.thread(here.parts, here.actor, here.rag_id, summary.cycle)
    asked = comments.open_requests(here.parts, here.actor, here.rag_id, summary.cycle)
    for request in asked:
        _request(here, request)
    label = _("Discussion ({n})").format(n=len(said))
    with st.expander(label if said else _("Discussion"), icon=":material/chat:"):
        _thread(said)
        if here.may(Action.decide):
            _form(here, summary.cycle, "", may_ask=summary.state is CycleState.review)


def label(many: int) -> str:
    """Of the button that opens the comments of a change."""
    return _("Comments ({n})").format(n=many) if many else _("Comment")


def on_change(cycle: int, change_id: str, sentence: html.Markup) -> None:
    """A window with the comments on one change."""

    @st.dialog(_("Comments"), width="medium")
    def show() -> None:
        with words.explained():
            here = enter(Action.read)
            html.show('<div class="f-sentence">{sentence}</div>', sentence=sentence)
            draw(here, cycle, change_id)

    show()


def draw(here: Here, cycle: int, change_id: str) -> None:
    said = comments.thread(here.parts, here.actor, here.rag_id, cycle, change_id)
    _thread(said)
    for request in said:
        if request.may_settle:
            _settle(here, request)
    if here.may(Action.decide):
        _form(here, cycle, change_id, may_ask=True)


def _thread(said: Sequence[CommentView]) -> None:
    for one in said:
        html.show(
            '<div class="f-comment"><div class="f-meta"><b>{who}</b><span>{when}</span>{asks}</div>'
            '<div class="f-said">{text}</div></div>',
            who=one.who,
            when=ago(one.at),
            asks=_asks(one),
            text=one.text,
        )


def _asks(one: CommentView) -> html.Markup | str:
    if not one.asks:
        return ""
    if one.settled_by:
        return html.chip(_("Settled by {who}").format(who=one.settled_by), "good")
    return html.chip(_("Asks for changes"), "warn")


def _request(here: Here, request: CommentView) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"asks-{request.id}"):
        html.show(
            "<div>{chip} <b>{who}</b> <span class='f-soft'>{when}</span>"
            "<div class='f-said'>{text}</div></div>",
            chip=html.chip(_("Asks for changes"), "warn"),
            who=request.who,
            when=ago(request.at),
            text=request.text,
        )
        if request.may_settle:
            _settle(here, request)


def _settle(here: Here, request: CommentView) -> None:
    st.button(
        _("Settled"),
        key=f"settle-{request.id}",
        icon=":material/check:",
        help=_("What was asked for is done, or not wanted any more."),
        on_click=act,
        args=(comments.settle, here.rag_id, request.id),
    )


def _form(here: Here, cycle: int, change_id: str, *, may_ask: bool) -> None:
    known = [m for m in members.listing(here.parts, here.actor, here.rag_id) if m.email != here.actor.email]
    with st.form(f"comment-{change_id or 'cycle'}", border=False, clear_on_submit=True):
        text = st.text_area(
            _("Your comment"),
            max_chars=LONGEST,
            height=90,
            help=_("Write @ and a member's name to tell this person of it."),
            placeholder=f"@{known[0].name or known[0].email} …" if known else "",
        )
        asks = may_ask and st.checkbox(
            _("Ask for changes: nothing is published until this is settled"), key=f"asks-{change_id}-box"
        )
        if st.form_submit_button(_("Comment")):
            with words.explained():
                comments.add(here.parts, here.actor, here.rag_id, cycle, text, change_id, asks)
                st.rerun()
    editors = [m for m in known if m.role is not Role.viewer]
    if editors:
        names = ", ".join(f"@{m.name or m.email}" for m in editors[:6])
        html.show('<div class="f-soft f-small f-wrap">{names}</div>', names=names)
