"""Conversations: the list of them, their messages, the answer as it is written, its sources."""

from collections.abc import Sequence

import streamlit as st

from portal import chats, graph, navigation
from portal.access import Action
from portal.chats import LONGEST_QUESTION, ChatView, MessageView
from portal.i18n import gettext as _
from portal.models import MessageState
from portal.session import Here, act, fragment
from portal.ui import answer, html, words

LOOK_SECONDS = 0.7


def choose(here: Here, listed: Sequence[ChatView], chosen: int | None) -> None:
    """The conversations, the way to a new one, and what can be done with this one."""
    if not listed:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.popover(_("Conversations"), icon=":material/forum:"):
            for chat in listed[:30]:
                label = html.plain(chat.title if chat.mine else f"{chat.title} · {chat.who}")
                navigation.link("chat", label, rag=here.rag_id, chat=chat.id)
        if chosen is None:
            return
        navigation.link("chat", _("New conversation"), icon=":material/add:", rag=here.rag_id)
        current = next((c for c in listed if c.id == chosen), None)
        if current:
            with st.popover(_("More"), help=_("What can be done with it")):
                _menu(here, current)


def _menu(here: Here, chat: ChatView) -> None:
    for form, label in (("md", _("Download as text")), ("json", _("Download as JSON"))):
        address = f"/download/{here.rag_id}/chat/{chat.id}.{form}"
        html.show('<a href="{address}" download>{label}</a>', address=address, label=label)
    if not chat.mine:
        return
    with st.form(f"rename-{chat.id}", border=False):
        title = st.text_input(_("Name"), value=chat.title)
        if st.form_submit_button(_("Rename")):
            chats.rename(here.parts, here.actor, here.rag_id, chat.id, title)
            st.rerun()
    st.button(
        _("Keep it to myself") if chat.shared else _("Show it to all members"),
        on_click=act,
        args=(chats.share, here.rag_id, chat.id, not chat.shared),
    )
    if st.button(_("Delete"), icon=":material/delete:"):
        chats.delete(here.parts, here.actor, here.rag_id, chat.id)
        navigation.go("chat", rag=here.rag_id)


def whose(here: Here, staged: int | None) -> None:
    """Which state of knowledge answers."""
    if staged:
        with st.container(horizontal=True, vertical_alignment="center"):
            text = _("Answers as if cycle {n} were approved").format(n=staged)
            html.show("{chip}", chip=html.chip(text, "warn"))
            navigation.link("chat", _("Ask what is approved"), rag=here.rag_id)
    elif here.rag.version:
        text = _("Answers from version {n}").format(n=here.rag.version)
        html.show("{chip}", chip=html.chip(text, "good"))


def conversation(here: Here, chat_id: int) -> None:
    """All messages; one that is being written is looked at again and again."""
    _chat, messages = chats.get(here.parts, here.actor, here.rag_id, chat_id)
    busy = bool(messages) and messages[-1].busy
    for message in messages[:-1] if busy else messages:
        answer.message(here, message)
    if busy:
        _growing(chat_id)
    elif messages and messages[-1].state in (MessageState.failed, MessageState.stopped) and _chat.mine:
        st.button(
            _("Answer again"),
            icon=":material/replay:",
            on_click=act,
            args=(chats.retry, here.rag_id, chat_id),
        )


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
            if st.button(html.plain(question), key=f"ask-{thing.iri}", icon=":material/help:"):
                _ask(here, question, None, staged)


def ask_box(here: Here, chat_id: int | None, staged: int | None) -> None:
    """Below everything else."""
    question = st.chat_input(
        _("Ask a question about what your documents say"),
        max_chars=LONGEST_QUESTION,
        disabled=not (here.rag.version or staged),
    )
    if question:
        with words.explained():
            _ask(here, question, chat_id, staged)


def _ask(here: Here, question: str, chat_id: int | None, staged: int | None) -> None:
    asked = chats.ask(here.parts, here.actor, here.rag_id, question, chat_id, staged=staged)
    query: dict[str, object] = {"rag": here.rag_id, "chat": asked}
    if staged:
        query["staged"] = staged
    navigation.go("chat", **query)
