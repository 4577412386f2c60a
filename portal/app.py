"""The entrypoint of the pages: who is here, where they can go, and the page they asked for."""

from pathlib import Path

import streamlit as st

from portal import arrivals, navigation, notices, rags, session
from portal.errors import NotFound, PortalError
from portal.session import Here
from portal.ui import frame, joining, words

ICON = Path(__file__).parent / "ui" / "icon.png"


def main() -> None:
    st.set_page_config(page_title="Ferag Portal", page_icon=str(ICON), layout="wide")
    frame.style()
    with words.explained(), arrivals.run_of_page("page"):
        here = session.visit()
        frame.words_of_widgets()
        chosen = st.navigation(list(navigation.pages(here.actor.is_admin).values()), position="hidden")
        here = _on_rag(here)
        navigation.sidebar(here)
        frame.banner(notices.current(here.parts))
        try:
            chosen.run()
        except NotFound as e:
            if e.what != "rag":
                raise
            joining.ask(e)
        session.watch(here.rag_id if here.chosen_rag else None, here.rag.role if here.chosen_rag else None)


def _on_rag(here: Here) -> Here:
    """The knowledge base of the address for the sidebar, if there is one to see."""
    try:
        rag = rags.get(here.parts, here.actor, session.asked_number("rag"))
    except PortalError:
        return here  # the page itself says what is wrong
    return Here(here.parts, here.actor, here.name, here.session_id, here.language, rag)


main()
