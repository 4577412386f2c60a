"""What people set for themselves."""

from collections.abc import Sequence

import streamlit as st

from portal import accounts, logins
from portal.i18n import LANGUAGES
from portal.i18n import gettext as _
from portal.logins import Device
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.times import ago


def profile(here: Here) -> None:
    choices = ["", *LANGUAGES]
    with st.form("profile"):
        name = st.text_input(_("Your name"), value=here.name)
        language = st.selectbox(
            _("Language"),
            choices,
            index=choices.index(here.language) if here.language in choices else 0,
            format_func=lambda code: LANGUAGES.get(code) or _("as in the browser"),
        )
        if st.form_submit_button(_("Save"), type="primary"):
            with words.explained():
                accounts.change_profile(here.parts, here.actor, name=name, language=language)
                st.session_state[words.SAID] = _("Saved.")
                st.rerun()


def password() -> None:
    st.subheader(_("Password"), anchor=False)
    html.show('<a href="/auth/password" target="_self">{label}</a>', label=_("Change the password"))


def devices(here: Here, listed: Sequence[Device]) -> None:
    """Each login that is still good can be ended."""
    st.subheader(_("My devices"), anchor=False)
    for device in listed:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"device-{device.id}"
        ):
            html.show(
                '<div class="f-wrap"><b>{agent}</b> {here}'
                '<div class="f-small f-soft">{address} · {seen}</div></div>',
                agent=browser(device.agent),
                here=html.chip(_("this one"), "good") if device.here else "",
                address=device.address,
                seen=_("seen {when}").format(when=ago(device.seen_at)),
            )
            if not device.here:
                st.button(
                    _("Log out there"),
                    key=f"revoke-{device.id}",
                    on_click=act,
                    args=(logins.revoke, device.id),
                )
    if len(listed) > 1:
        st.button(
            _("Log out everywhere else"),
            on_click=act,
            args=(accounts.logout_everywhere,),
            kwargs={"but": here.session_id},
        )
    st.button(_("Log out everywhere"), on_click=act, args=(accounts.logout_everywhere,))


def browser(agent: str) -> str:
    """A browser's and system's name out of what it says of itself."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for sign, name in known if sign in agent), "") for known in (browsers, systems)]
    return " · ".join(f for f in found if f) or agent[:60] or _("unknown")
