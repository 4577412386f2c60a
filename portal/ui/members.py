"""The members of a knowledge base, one row each."""

import streamlit as st

from portal import members
from portal.access import Action
from portal.i18n import gettext as _
from portal.members import MemberView
from portal.models import Role
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.times import ago


def explain() -> None:
    html.show(
        '<p class="f-lead">{text}</p>',
        text=_("Readers ask and explore. Editors also upload and decide. Owners also approve and manage."),
    )


def row(here: Here, member: MemberView) -> None:
    me = member.user_id == here.actor.user_id
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", key=f"member-{member.user_id}"
    ):
        html.show(
            '<div class="f-wrap"><b>{name}</b> {me}<div class="f-small f-soft">{email} · {when}</div></div>',
            name=member.name or member.email,
            me=html.chip(_("you"), "info", dot=False) if me else "",
            email=member.email,
            when=_("since {when}, by {who}").format(when=ago(member.changed_at), who=member.changed_by),
        )
        if here.may(Action.manage):
            _manage(here, member)
        else:
            html.show("{chip}", chip=html.chip(words.of(member.role), "mute", dot=False))
            if me:
                _remove(here, member, _("Leave"))


def _manage(here: Here, member: MemberView) -> None:
    key = f"role-{member.user_id}-{member.role}"

    def changed() -> None:
        act(members.change_role, here.rag_id, member.user_id, st.session_state[key])

    st.selectbox(
        _("Role of {who}").format(who=member.name or member.email),
        list(Role),
        index=list(Role).index(member.role),
        format_func=words.of,
        key=key,
        label_visibility="collapsed",
        width=150,
        on_change=changed,
    )
    _remove(here, member, _("Leave") if member.user_id == here.actor.user_id else _("Remove"))


def _remove(here: Here, member: MemberView, label: str) -> None:
    st.button(
        label,
        key=f"remove-{member.user_id}",
        on_click=act,
        args=(members.remove, here.rag_id, member.user_id),
    )


def add_form(here: Here) -> None:
    st.subheader(_("Add a member"), anchor=False)
    with st.form("add-member", clear_on_submit=True):
        email = st.text_input(_("E-mail address of the account"))
        role = st.selectbox(_("Role"), list(Role), index=1, format_func=words.of)
        if st.form_submit_button(_("Add"), type="primary"):
            with words.explained():
                members.add(here.parts, here.actor, here.rag_id, email, role or Role.viewer)
                st.session_state[words.SAID] = _("Added.")
                st.rerun()
