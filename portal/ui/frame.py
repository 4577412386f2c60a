"""What stands around every page: the brand, the person, the way out."""

from importlib.resources import files

import streamlit as st

from portal import i18n
from portal.i18n import gettext as _
from portal.notices import Notices
from portal.ui import html, theme

_speak = st.components.v2.component("spoken", js=files("portal.ui").joinpath("spoken.js").read_text("utf-8"))


def style() -> None:
    st.html(f"<style>{theme.css()}</style>")


def words_of_widgets() -> None:
    """What Streamlit's widgets cannot be told, in the language of the reader, who is known by now."""
    drop = _("or drop files here")
    upload = _("Choose files")
    st.html(f'<style>:root {{ --f-upload: "{upload}"; --f-drop: "{drop}"; }}</style>')
    _speak(key="spoken", data={"language": i18n.language()}, height=1)


def brand() -> None:
    html.show('<div class="f-brand"><img src="/auth/icon.svg" alt="">Ferag Portal</div>')


def knowledge_base(name: str) -> None:
    html.show(
        '<div class="f-over">{over}</div><div class="f-kb">{name}</div>', over=_("Knowledge base"), name=name
    )


def person(name: str) -> None:
    html.show(
        '<div class="f-over">{over}</div><div class="f-wrap">{name}</div>', over=_("Logged in"), name=name
    )


def log_out() -> None:
    """A real form: the cookie is the server's to take away."""
    html.show(
        '<form method="post" action="/auth/logout">'
        '<button class="f-out" type="submit">{label}</button></form>',
        label=_("Log out"),
    )


def banner(notices: Notices) -> None:
    """What administrators say to everybody, and that others are kept out."""
    if notices.maintenance:
        st.warning(_("Maintenance: only administrators get in."), icon=":material/construction:")
    if notices.banner:
        tone = "f-banner f-warn" if notices.tone == "warn" else "f-banner f-info"
        html.show('<div class="{tone}" role="status">{text}</div>', tone=tone, text=notices.banner)
