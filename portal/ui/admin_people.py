"""People and knowledge bases as an administrator sees them."""

from collections.abc import Iterable

import streamlit as st

from portal import admin
from portal.admin import UserView
from portal.i18n import gettext as _
from portal.session import Here, act
from portal.ui import html, new_people, paging, table
from portal.ui.times import ago, number, size

SHOWN = 50  # knowledge bases of a page


def users(here: Here) -> None:
    new_people.links(here)
    for user in admin.users(here.parts, here.actor):
        with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"user-{user.id}"):
            html.show(
                '<div class="f-wrap"><b>{name}</b> {chips}<div class="f-small f-soft">{facts}</div></div>',
                name=user.name or user.email,
                chips=html.join(_chips(user), " "),
                facts=" · ".join(_facts(user)),
            )
            if user.id != here.actor.user_id:
                _user_buttons(user)
            _sessions(here, user)
            new_people.password_link(user.id)
    new_people.forms(here)


def _chips(user: UserView) -> Iterable[html.Markup]:
    if user.is_admin:
        yield html.chip(_("administrator"), "odd", dot=False)
    if user.disabled:
        yield html.chip(_("shut out"), "bad")


def _facts(user: UserView) -> Iterable[str]:
    yield user.email
    yield _("knowledge bases: {n}").format(n=user.rags)
    if user.seen_at:
        yield _("seen {when}").format(when=ago(user.seen_at))


def _sessions(here: Here, user: UserView) -> None:
    """Where somebody is logged in; each of them is the person's own matter until all are ended."""
    with st.popover(_("Logins")):
        found = admin.sessions(here.parts, here.actor, user.id)
        table.show(
            (_("Seen"), _("Address"), _("Device")), [(ago(s.seen_at), s.address, s.agent) for s in found]
        )
        st.button(
            _("Log out everywhere"),
            key=f"sessions-{user.id}",
            disabled=not found,
            on_click=act,
            args=(admin.end_sessions, user.id),
        )


def _user_buttons(user: UserView) -> None:
    st.button(
        _("Let in again") if user.disabled else _("Shut out"),
        key=f"disable-{user.id}",
        on_click=act,
        args=(admin.set_disabled, user.id, not user.disabled),
    )
    st.button(
        _("No longer administrator") if user.is_admin else _("Make administrator"),
        key=f"admin-{user.id}",
        on_click=act,
        args=(admin.set_admin, user.id, not user.is_admin),
    )


def rags(here: Here) -> None:
    """Sizes and owners; what is in them is their members' business."""
    at = paging.at("rags")
    rows = [
        (
            r.id,
            _("{name} (deleted)").format(name=r.name) if r.deleted else r.name,
            ", ".join(r.owners),
            r.version,
            number(r.documents),
            size(r.size),
            "?" if r.facts is None else number(r.facts),
            number(r.tokens),
            number(round(r.cost, 4)),
        )
        for r in admin.rags(here.parts, here.actor, SHOWN, at * SHOWN)
    ]
    names = (_("No."), _("Name"), _("Owners"), _("Version"), _("Documents"), _("Size"))
    table.show((*names, _("Facts"), _("Tokens"), _("Cost")), rows)
    paging.turn(admin.rags_in_all(here.parts, here.actor), SHOWN, "rags")
