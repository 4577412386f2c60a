"""Being invited, and asking to be let in."""

import streamlit as st

from portal import access_requests, invitations, session
from portal.errors import NotFound
from portal.i18n import gettext as _
from portal.invitations import Offer
from portal.session import act
from portal.ui import html, words
from portal.ui.times import moment


def ask(refused: NotFound) -> None:
    """In place of a knowledge base that is not there for this person: the way to ask for access."""
    st.error(words.sentence(refused), icon=":material/error:")
    words.remembered()
    rag_id = session.asked_number("rag")
    with st.form("ask-for-access"):
        html.show(
            '<div class="f-soft">{text}</div>',
            text=_("If somebody gave you this address, ask the owners to let you in."),
        )
        text = st.text_input(_("What you need it for (optional)"), max_chars=120)
        if st.form_submit_button(_("Ask for access"), type="primary"):
            asked = _("Asked. You are let in when an owner says so.")
            act(access_requests.ask, rag_id, text, said=asked)
            st.rerun()


def offers(listed: tuple[Offer, ...]) -> None:
    """What the person is invited to."""
    for offer in listed:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"offer-{offer.id}"):
            html.show(
                '<div class="f-wrap"><b>{name}</b> {role}'
                '<div class="f-small f-soft">{who} · {until}</div></div>',
                name=offer.name,
                role=html.chip(words.of(offer.role), "info", dot=False) if offer.role else "",
                who=_("{who} invites you").format(who=offer.who),
                until=_("until {when}").format(when=moment(offer.expires_at)),
            )
            st.button(
                _("Accept"),
                key=f"accept-{offer.id}",
                type="primary",
                on_click=act,
                args=(invitations.accept_mine, offer.id),
            )
            st.button(
                _("Decline"),
                key=f"decline-{offer.id}",
                on_click=act,
                args=(invitations.decline_mine, offer.id),
            )
