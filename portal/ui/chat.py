"""Conversations: the list of them, their messages, the answer as it is written, its sources."""

from collections.abc import Sequence

import streamlit as st

from portal import chats, graph, navigation
from portal.access import Action
from portal.chats import LONGEST_QUESTION, ChatView, MessageView
from portal.i18n import gettext as _
from portal.models import MessageState
from portal.session import Field, Here, act, enter, fragment
from portal.ui import answer, answer_made, ask_options, asking, html, words

LOOK_SECONDS = 0.7
GONE = "chat-gone"  # in the session's state: the conversation was deleted by this click
LISTED, NEXT = 30, 3  # conversations in the list, questions to go on with


def choose(here: Here, chosen: int | None, staged: int | None) -> None:
    """The conversations, the way to a new one, and what can be done with this one."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(_("Conversations"), icon=":material/forum:"):
            _listed(here)
        ask_options.drawer(here, staged)
        if chosen is None:
            return
        navigation.link("chat", _("New conversation"), icon=":material/add:", rag=here.rag_id)
        current, _messages = chats.get(here.parts, here.actor, here.rag_id, chosen)
        with st.popover(_("More"), help=_("What can be done with it")):
            _menu(here, current)


def _listed(here: Here) -> None:
    words_ = st.text_input(_("Find a conversation"), placeholder=_("Words of its name or of what was said"))
    found = chats.conversations(here.parts, here.actor, here.rag_id, words_.strip(), LISTED)
    if not found:
        text = _("No conversation holds these words.") if words_ else _("There is no conversation yet.")
        html.show('<p class="f-soft">{text}</p>', text=text)
    for chat in found:
        label = html.plain(chat.title if chat.mine else f"{chat.title} · {chat.who}")
        navigation.link("chat", label, rag=here.rag_id, chat=chat.id)


def _menu(here: Here, chat: ChatView) -> None:
    for form, label in (("md", _("Download as text")), ("json", _("Download as JSON"))):
        address = f"/download/{here.rag_id}/chat/{chat.id}.{form}"
        html.show('<a href="{address}" download>{label}</a>', address=address, label=label)
    if not chat.mine:
        return
    with st.form(f"rename-{chat.id}", border=False):
        key = f"title-{chat.id}"
        st.text_input(_("Name"), value=chat.title, key=key)
        st.form_submit_button(
            _("Rename"), on_click=act, args=(chats.rename, here.rag_id, chat.id, Field(key))
        )
    st.button(
        _("Keep it to myself") if chat.shared else _("Show it to all members"),
        on_click=act,
        args=(chats.share, here.rag_id, chat.id, not chat.shared),
    )
    if st.button(_("Delete…"), icon=":material/delete:"):
        _delete(chat)


def _delete(chat: ChatView) -> None:
    @st.dialog(_("Delete the conversation?"))
    def ask() -> None:
        here = enter(Action.ask)
        html.show("<p>{title}</p>", title=chat.title)
        st.caption(_("Its questions and answers are gone for everybody. What is approved stays."))
        st.button(_("Delete"), type="primary", on_click=_deleted, args=(here.rag_id, chat.id))

    ask()


def _deleted(rag_id: int, chat_id: int) -> None:
    """The page goes on without it."""
    act(chats.delete, rag_id, chat_id, said=_("The conversation is deleted."), keep=GONE)
    if GONE in st.session_state:
        del st.session_state[GONE]
        st.query_params.pop("chat", None)


def whose(here: Here, staged: int | None) -> None:
    """Which state of knowledge answers."""
    if staged:
        with st.container(horizontal=True, vertical_alignment="center"):
            text = _("Answers from the proposed version of cycle {n}").format(n=staged)
            html.show("{chip}", chip=html.chip(text, "warn"))
            navigation.link("chat", _("Ask what is approved"), rag=here.rag_id)
        st.caption(
            _("Answered from passages and facts; queries that count and list see only what is approved.")
        )
    elif here.rag.version:
        text = _("Answers from version {n}").format(n=here.rag.version)
        html.show("{chip}", chip=html.chip(text, "good"))


def conversation(here: Here, chat_id: int) -> bool:
    """All messages; one that is being written is looked at again and again. Is it the reader's own?"""
    chat, messages = chats.get(here.parts, here.actor, here.rag_id, chat_id)
    busy = bool(messages) and messages[-1].busy
    opened = next((m for m in messages if m.id == st.session_state.get(answer_made.OPEN)), None)
    said, made = st.columns([3, 2], gap="large") if opened else (st.container(), None)
    with said:
        for message in messages[:-1] if busy else messages:
            answer.message(here, message)
            if message.role == "user" and chat.mine:
                place = st.empty()  # also while it is busy: what is below keeps its place
                if not busy:
                    with place:
                        _edit(here, message)
        if busy:
            _growing(chat_id)
        elif messages and chat.mine:
            _after(here, chat_id, messages)
    if made is not None and opened is not None:
        with made:
            answer_made.panel(here, opened)
    if not chat.mine:
        text = _("{who} shares this conversation with you. A question of yours begins one of your own.")
        html.show('<p class="f-soft">{text}</p>', text=text.format(who=chat.who))
    return chat.mine


def _edit(here: Here, message: MessageView) -> None:
    with (
        st.popover(_("Put it differently"), icon=":material/edit:", type="tertiary"),
        st.form(f"edit-{message.id}", border=False),
    ):
        key = f"edited-{message.id}"
        st.text_area(_("Question"), value=message.text, max_chars=LONGEST_QUESTION, key=key)
        st.caption(_("What was said after it is dropped."))
        st.form_submit_button(
            _("Ask again"),
            type="primary",
            on_click=act,
            args=(chats.edit, here.rag_id, message.id, Field(key), ask_options.chosen(message.staged)),
        )


def _after(here: Here, chat_id: int, messages: Sequence[MessageView]) -> None:
    """What can be done when the last answer is there: ask again, or go on with what it spoke of."""
    last = messages[-1]
    if last.state is MessageState.done:
        _next(here, chat_id, messages)
    if last.state in (MessageState.failed, MessageState.stopped, MessageState.done):
        st.button(
            _("Answer again"),
            icon=":material/replay:",
            type="tertiary" if last.state is MessageState.done else "secondary",
            on_click=act,
            args=(chats.retry, here.rag_id, chat_id),
        )


def _next(here: Here, chat_id: int, messages: Sequence[MessageView]) -> None:
    """Questions about what the answer spoke of and nobody has asked about."""
    last = messages[-1]
    asked = " ".join(m.text for m in messages if m.role == "user").casefold()
    new = [t.label for t in last.seen.things if t.label.casefold() not in asked][:NEXT]
    if not new:
        return
    html.show('<div class="f-over">{text}</div>', text=_("Ask next"))
    with st.container(horizontal=True, gap="small"):
        for name in new:
            question = _("What is known about {name}?").format(name=name)
            asking.button(here, question, f"next-{last.id}-{name}", chat_id, last.staged)


@fragment(Action.ask, run_every=LOOK_SECONDS)
def _growing(here: Here, chat_id: int) -> None:
    """The answer as far as it is written; the page is drawn anew when it is whole."""
    _chat, messages = chats.get(here.parts, here.actor, here.rag_id, chat_id)
    last: MessageView = messages[-1]
    if not last.busy:
        st.rerun()
    answer.message(here, last)
    st.button(_("Stop"), icon=":material/stop:", on_click=act, args=(chats.stop, here.rag_id, chat_id))


def suggestions(here: Here, staged: int | None) -> None:
    """Questions to begin with, made of what much is known about."""
    with words.explained():
        found = graph.prominent(here.parts, here.actor, here.rag_id, limit=4)
        if not found:
            return
        html.show('<div class="f-over" style="margin-top:1rem">{text}</div>', text=_("For example"))
        for thing in found:
            question = _("What is known about {name}?").format(name=thing.label)
            asking.button(here, question, f"ask-{thing.iri}", None, staged)
