"""The pages, their addresses, and the sidebar that leads to them."""

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from portal import inbox
from portal.access import Action
from portal.i18n import N_, gettext
from portal.session import Here
from portal.ui import frame

FOLDER = Path(__file__).parents[1] / "pages"

# address, title; "" is the first page. Icons stay out of st.Page: the browser would fetch them elsewhere.
TITLES = {
    "": N_("Knowledge bases"),
    "inbox": N_("Waits for you"),
    "overview": N_("Overview"),
    "documents": N_("Documents"),
    "document": N_("Document"),
    "progress": N_("Progress"),
    "review": N_("Review"),
    "chat": N_("Ask"),
    "search": N_("Search"),
    "graph": N_("Graph"),
    "entity": N_("Thing"),
    "edits": N_("Corrections"),
    "versions": N_("Versions"),
    "members": N_("Members"),
    "account": N_("My account"),
    "tokens": N_("Access tokens"),
    "admin": N_("Administration"),
}
ICONS = {
    "": ":material/home:",
    "inbox": ":material/inbox:",
    "overview": ":material/dashboard:",
    "documents": ":material/description:",
    "review": ":material/fact_check:",
    "chat": ":material/forum:",
    "search": ":material/search:",
    "graph": ":material/hub:",
    "edits": ":material/edit_note:",
    "versions": ":material/history:",
    "members": ":material/group:",
    "account": ":material/person:",
    "admin": ":material/settings:",
}
HOME = ""
OF_RAG = ("overview", "documents", "review", "chat", "search", "graph", "edits", "versions", "members")


def title(name: str) -> str:
    """A page's name in the reader's language."""
    return gettext(TITLES[name])


def pages(is_admin: bool) -> dict[str, StreamlitPage]:
    """What this person can open, by address."""
    offered = [name for name in TITLES if name != "admin" or is_admin]
    return {
        name: st.Page(
            FOLDER / f"{name or 'home'}.py", title=title(name), url_path=name or None, default=not name
        )
        for name in offered
    }


def go(name: str, **query: object) -> None:
    """Open another page of ours."""
    st.switch_page(FOLDER / f"{name or 'home'}.py", query_params={k: str(v) for k, v in query.items()})


def link(name: str, label: str, *, icon: str | None = None, **query: object) -> None:
    """A link to a page of ours."""
    st.page_link(
        FOLDER / f"{name or 'home'}.py",
        label=label,
        icon=icon,
        query_params={k: str(v) for k, v in query.items()} or None,
    )


def button(name: str, label: str, **query: object) -> None:
    """The next thing to do, as a button that opens a page of ours."""
    if st.button(label, type="primary", icon=":material/arrow_forward:", key=f"go-{name}"):
        go(name, **query)


def sidebar(here: Here) -> None:
    """Where one can go from here."""
    with st.sidebar:
        frame.brand()
        link(HOME, title(HOME), icon=ICONS[HOME])
        people = inbox.count(here.parts, here.actor)
        label = f"{title('inbox')} ({people})" if people else title("inbox")
        link("inbox", label, icon=ICONS["inbox"])
        if here.chosen_rag:
            frame.knowledge_base(here.rag.name)
            for name in OF_RAG:
                if name == "edits" and not here.may(Action.edit):
                    continue
                label = title(name)
                if name == "review" and here.rag.in_review:
                    label = f"{label} ({here.rag.in_review})"
                link(name, label, icon=ICONS[name], rag=here.rag_id)
        with st.container(key="sidebar-foot", gap="small"):
            frame.person(here.name or here.actor.email)
            link("account", title("account"), icon=ICONS["account"])
            if here.actor.is_admin:
                link("admin", title("admin"), icon=ICONS["admin"])
            frame.log_out()
