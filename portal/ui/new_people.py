"""How an administrator lets people in: accounts, invitations to make one, links for a new password."""

import streamlit as st

from portal import invitations, password_links
from portal.i18n import gettext as _
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.invite import LINK, link

_RESET = "password-token"  # in Streamlit's session state


def password_link(user_id: int) -> None:
    """Their present password holds until the link is used."""
    st.button(
        _("Link for a new password"),
        key=f"password-{user_id}",
        on_click=act,
        args=(password_links.issue, user_id),
        kwargs={"keep": _RESET},
    )


def links(here: Here) -> None:
    """The link that the last click made."""
    token = st.session_state.pop(_RESET, None)
    if token:
        st.session_state[LINK] = f"/auth/new-password/{token}"
    link(here, _("Hand this link over; it is shown only now, and works once."))


def forms(here: Here) -> None:
    """For somebody who is not here yet."""
    st.subheader(_("Add somebody"), anchor=False)
    with st.form("new-person", clear_on_submit=True):
        email = st.text_input(_("E-mail address"))
        html.show(
            '<div class="f-small f-soft">{text}</div>',
            text=_("No mail is sent: you get a link to hand over, and its reader chooses a password."),
        )
        made = st.form_submit_button(_("Make an account"), type="primary")
        invited = st.form_submit_button(_("Only invite"))
    if made or invited:
        with words.explained():
            if made:
                token = password_links.create_account(here.parts, here.actor, email)
                st.session_state[LINK] = f"/auth/new-password/{token}"
            else:
                token = invitations.invite_to_portal(here.parts, here.actor, email=email)
                st.session_state[LINK] = f"/auth/invitation/{token}"
            st.rerun()
