"""Inviting members, letting in who asks, and the links that are handed over."""

import streamlit as st

from portal import access_requests, invitations
from portal.access_requests import Request
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.invitations import Invited
from portal.models import Role
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.times import ago, moment

LINK = "link"  # in Streamlit's session state: the address that is shown once
DAYS = (1, 7, 30)


def form(here: Here) -> None:
    """An e-mail address is not needed: then whoever has the link comes in, once."""
    st.subheader(_("Invite somebody"), anchor=False)
    with st.form("invite", clear_on_submit=True):
        email = st.text_input(
            _("E-mail address (optional)"),
            help=_("With it, only this person's account can accept. No mail is sent: hand the link over."),
        )
        left, right = st.columns(2)
        role = left.selectbox(_("Role"), list(Role), index=1, format_func=words.of) or Role.viewer
        days = right.selectbox(_("Holds for"), DAYS, index=1, format_func=_days) or DAYS[0]
        if st.form_submit_button(_("Make the invitation"), type="primary"):
            with words.explained():
                token = invitations.invite(here.parts, here.actor, here.rag_id, role, email=email, days=days)
                st.session_state[LINK] = f"/auth/invitation/{token}"
                st.rerun()


def _days(days: int) -> str:
    return ngettext("{n} day", "{n} days", days).format(n=days)


def link(here: Here, text: str) -> None:
    """The address that was made by the last click, to be copied and handed over."""
    path = st.session_state.get(LINK)
    if not path:
        return
    with st.container(border=True, key="handed-link"):
        html.show("<div><b>{text}</b></div>", text=text)
        st.code(here.parts.settings.address + path, language=None, wrap_lines=True)
        st.button(_("Done"), on_click=act, args=(_forget,), kwargs={"keep": LINK})


def _forget(*_here: object) -> str:
    return ""


def waiting(here: Here, listed: tuple[Invited, ...]) -> None:
    """Invitations without an answer."""
    if not listed:
        return
    st.subheader(_("Invited"), anchor=False)
    for invited in listed:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"invited-{invited.id}"
        ):
            html.show(
                '<div class="f-wrap"><b>{who}</b> {role}'
                '<div class="f-small f-soft">{by} · {until}</div></div>',
                who=invited.email or _("Whoever has the link"),
                role=html.chip(words.of(invited.role), "mute", dot=False),
                by=_("invited by {who}, {when}").format(who=invited.who, when=ago(invited.created_at)),
                until=_("until {when}").format(when=moment(invited.expires_at)),
            )
            st.button(
                _("Withdraw"),
                key=f"withdraw-{invited.id}",
                on_click=act,
                args=(invitations.withdraw, here.rag_id, invited.id),
            )


def requests(here: Here, listed: tuple[Request, ...]) -> None:
    """People who ask to be let in."""
    if not listed:
        return
    st.subheader(_("Asking for access"), anchor=False)
    for request in listed:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", key=f"request-{request.id}"
        ):
            html.show(
                '<div class="f-wrap"><b>{name}</b><div class="f-small f-soft">{email} · {when}</div>'
                "<div>{text}</div></div>",
                name=request.name or request.email,
                email=request.email,
                when=ago(request.created_at),
                text=request.text,
            )
            for role, label in ((Role.viewer, _("Let in as reader")), (Role.editor, _("Let in as editor"))):
                st.button(
                    label,
                    key=f"grant-{role}-{request.id}",
                    on_click=act,
                    args=(access_requests.grant, here.rag_id, request.id, role),
                )
            st.button(
                _("Refuse"),
                key=f"refuse-{request.id}",
                on_click=act,
                args=(access_requests.refuse, here.rag_id, request.id),
            )
