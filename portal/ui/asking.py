"""Putting a question: the Enter or the click itself puts it, before the page is drawn.

Streamlit tells a run of the page once what was entered, and forgets it as soon as any run of the session
ends: that of the page as it was, which ends late, or one that another click cuts short. What a callback has
done is done.
"""

import streamlit as st

from portal import chats
from portal.i18n import gettext as _
from portal.session import Here, act
from portal.ui import ask_options, html, words

BOX = "question"  # the box below the conversation
_TAKEN, _BACK, _WHY = "question-taken", "question-back", "question-why"


def opened(rag_id: int, chosen: int | None) -> int | None:
    """The conversation to show: the one of the address, or the one that a question has just begun."""
    begun = st.session_state.pop(_begun(rag_id), None)
    if begun is None or begun == chosen:
        return chosen
    st.query_params["chat"] = str(begun)
    return int(begun)


def button(here: Here, question: str, key: str, chat_id: int | None, staged: int | None) -> None:
    """A question that is put by a click."""
    options = ask_options.chosen(staged)
    st.button(
        html.plain(question),
        key=key,
        icon=":material/help:",
        on_click=act,
        args=(chats.ask, here.rag_id, question, chat_id, options),
        kwargs={"keep": _begun(here.rag_id)},
    )


def box(here: Here, chat_id: int | None, staged: int | None) -> None:
    """Below everything else. What cannot be asked stands in it again, and why is said over the page.

    It takes any length: what is pasted over a limit of its own, Streamlit's box drops without a word.
    """
    given = here.rag_id, chat_id, staged
    entered = st.chat_input(
        _("Ask a question about what your documents say"),
        key=BOX,
        disabled=not (here.rag.version or staged),
        on_submit=_entered,
        args=given,
    )
    if (why := st.session_state.pop(_WHY, None)) is not None:  # the head of the page may be out of sight
        st.toast(words.sentence(why), icon=":material/error:", duration="long")
    taken = st.session_state.pop(_TAKEN, False)
    if entered and not taken:  # the server was restarted under the page: no callback was known to it
        _put(str(entered), *given)
        st.rerun()


def _entered(rag_id: int, chat_id: int | None, staged: int | None) -> None:
    question = st.session_state[BOX]
    st.session_state[_TAKEN] = True
    if not _put(question, rag_id, chat_id, staged):
        back = question.rstrip()
        if st.session_state.get(_BACK) == back:  # the browser passes over what it was given last
            back += " "
        st.session_state[BOX] = st.session_state[_BACK] = back
        st.session_state[_WHY] = st.session_state.pop(words.FAILED, None)


def _put(question: str, rag_id: int, chat_id: int | None, staged: int | None) -> bool:
    """Whether it was asked."""
    kept = _begun(rag_id)
    st.session_state.pop(kept, None)
    act(chats.ask, rag_id, question, chat_id, ask_options.chosen(staged), keep=kept)
    return kept in st.session_state


def _begun(rag_id: int) -> str:
    """Where the conversation of the last question stands until it is open."""
    return f"begun-{rag_id}"
