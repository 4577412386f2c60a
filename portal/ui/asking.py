"""Putting a question: the Enter or the click itself puts it, before the page is drawn.

Streamlit tells a run of the page once what was entered, and forgets it as soon as any run of the session
ends: that of the page as it was, which ends late, or one that another click cuts short. What a callback has
done is done.
"""

import streamlit as st

from portal import chats
from portal.chats import LONGEST_QUESTION
from portal.i18n import gettext as _
from portal.session import Here, act
from portal.ui import ask_options

BOX = "question"  # the box below the conversation
BEGUN = "begun"  # the knowledge base and the conversation of the last question, until that is open
_MADE, _TAKEN = "question-made", "question-taken"


def opened(rag_id: int, chosen: int | None) -> int | None:
    """The conversation to show: the one of the address, or the one that a question has just begun."""
    of, begun = st.session_state.pop(BEGUN, (rag_id, None))
    if begun is None or of != rag_id or begun == chosen:
        return chosen
    st.query_params["chat"] = str(begun)
    return int(begun)


def box(here: Here, chat_id: int | None, staged: int | None) -> None:
    """Below everything else. What cannot be asked stands in it again."""
    given = here.rag_id, chat_id, staged
    entered = st.chat_input(
        _("Ask a question about what your documents say"),
        key=BOX,
        max_chars=LONGEST_QUESTION,
        disabled=not (here.rag.version or staged),
        on_submit=_entered,
        args=given,
    )
    taken = st.session_state.pop(_TAKEN, False)
    if entered and not taken:  # the server was restarted under the page: no callback was known to it
        put(str(entered), *given)
        st.rerun()


def put(question: str, rag_id: int, chat_id: int | None, staged: int | None) -> None:
    """What `on_click` calls. Why it could not be asked is said where the page is drawn next."""
    _put(question, rag_id, chat_id, staged)


def _put(question: str, rag_id: int, chat_id: int | None, staged: int | None) -> bool:
    act(chats.ask, rag_id, question, chat_id, ask_options.chosen(staged), keep=_MADE)
    made = st.session_state.pop(_MADE, None)
    if made is not None:
        st.session_state[BEGUN] = rag_id, made
    return made is not None


def put_differently(key: str, rag_id: int, message_id: int, staged: int | None) -> None:
    """The question of a message as it stands in the field `key`."""
    act(chats.edit, rag_id, message_id, st.session_state[key], ask_options.chosen(staged))


def _entered(rag_id: int, chat_id: int | None, staged: int | None) -> None:
    question = st.session_state[BOX]
    st.session_state[_TAKEN] = True
    if not _put(question, rag_id, chat_id, staged):
        st.session_state[BOX] = question
