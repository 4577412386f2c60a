"""The members of a knowledge base, one row each; what happened among them."""

from collections.abc import Iterable

import streamlit as st

from portal import members
from portal.access import Action
from portal.i18n import gettext as _
from portal.members import Happening, MemberView
from portal.models import Role
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.deeds import deed, happening
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
            '<div class="f-wrap"><b>{name}</b> {me}<div class="f-small f-soft">{facts}</div>'
            '<div class="f-small f-soft">{did}</div></div>',
            name=member.name or member.email,
            me=html.chip(_("you"), "info", dot=False) if me else "",
            facts=" · ".join(_facts(member)),
            did=_did(member),
        )
        if here.may(Action.manage):
            _manage(here, member, me)
        else:
            html.show("{chip}", chip=html.chip(words.of(member.role), "mute", dot=False))
            if me:
                _remove(here, member, _("Leave"))


def _facts(member: MemberView) -> Iterable[str]:
    yield member.email
    yield _("since {when}, by {who}").format(when=ago(member.changed_at), who=member.changed_by)


def _did(member: MemberView) -> str:
    if member.did_at is None:
        return ""
    return _("last: {what}, {when}").format(what=deed(member.did), when=ago(member.did_at))


def _manage(here: Here, member: MemberView, me: bool) -> None:
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
    if not me:
        with st.popover(_("Hand over"), key=f"hand-over-{member.user_id}"):
            html.show(
                "<div>{text}</div>",
                text=_("{who} becomes an owner, and you an editor.").format(who=member.name or member.email),
            )
            st.button(
                _("Hand the knowledge base over"),
                key=f"transfer-{member.user_id}",
                on_click=act,
                args=(members.transfer, here.rag_id, member.user_id),
            )
    _remove(here, member, _("Leave") if me else _("Remove"))


def _remove(here: Here, member: MemberView, label: str) -> None:
    st.button(
        label,
        key=f"remove-{member.user_id}",
        on_click=act,
        args=(members.remove, here.rag_id, member.user_id),
    )


def happenings(listed: tuple[Happening, ...]) -> None:
    """Who did what among the members, the latest first."""
    if not listed:
        return
    with st.expander(_("What happened among the members"), icon=":material/history:"):
        html.show(
            "<ul>{rows}</ul>",
            rows=html.join(
                html.fill(
                    '<li>{what} <span class="f-small f-soft">{when}</span></li>',
                    what=happening(each),
                    when=ago(each.at),
                )
                for each in listed
            ),
        )
