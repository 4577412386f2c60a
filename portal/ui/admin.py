"""What an administrator looks at."""

from collections.abc import Iterable, Sequence

import streamlit as st

from portal import admin
from portal.admin import UserView
from portal.i18n import gettext as _
from portal.models import now
from portal.session import Here, act
from portal.ui import html, new_people, words
from portal.ui.times import ago, lasted, moment, number, size


def health(here: Here) -> None:
    """Every part, whether it answers, and how fast."""
    for part in admin.health(here.parts, here.actor):
        with st.container(border=True, gap="xsmall"):
            html.show(
                '<div class="f-line"><span class="f-name">{name}</span>{state}'
                '<span class="f-wrap f-soft">{what}</span><span class="f-soft">{ms}</span></div>',
                name=words.part(part.part),
                state=html.chip(_("answers"), "good")
                if part.answers
                else html.chip(_("does not answer"), "bad"),
                what=part.what,
                ms=_("{n} ms").format(n=number(round(part.milliseconds, 1))) if part.answers else "",
            )
    roles = {"extract": _("Language model that reads"), "chat": _("Language model that answers")}
    for role, model in admin.models(here.parts, here.actor):
        with st.container(border=True, gap="xsmall"):
            html.show(
                '<div class="f-line"><span class="f-name">{name}</span>'
                '<span class="f-soft">{what}</span></div>',
                name=roles[role],
                what=model or _("none: the built-in way is used, which needs no model"),
            )
    st.button(_("Ask again"), icon=":material/refresh:")


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
    rows = [
        (
            r.id,
            _("{name} (deleted)").format(name=r.name) if r.deleted else r.name,
            ", ".join(r.owners),
            r.version,
            number(r.documents),
            size(r.size),
        )
        for r in admin.rags(here.parts, here.actor)
    ]
    table((_("No."), _("Name"), _("Owners"), _("Version"), _("Documents"), _("Size")), rows)


def work(here: Here) -> None:
    """Workers and their signs of life; steps that run or failed."""
    st.subheader(_("Workers"), anchor=False)
    with words.explained():
        signs = admin.workers(here.parts, here.actor)
        rows = [
            (w.host, w.pid, w.queue, w.doing or _("waits for work"), lasted(now().timestamp() - w.since))
            for w in signs
        ]
        table((_("Machine"), _("Process"), _("Queue"), _("Doing"), _("Up for")), rows)
    st.subheader(_("Steps that run or stopped"), anchor=False)
    steps = [
        (
            s.rag_id,
            s.cycle,
            words.of(s.name),
            words.of(s.state),
            f"{s.done} / {s.total}",
            words.step_error(s.error) if s.error else "",
        )
        for s in admin.steps(here.parts, here.actor)
    ]
    names = (_("Knowledge base"), _("Cycle"), _("Step"), _("State"), _("Done"), _("Error"))
    table(names, steps)


def record(here: Here) -> None:
    """Who did what, when, from where."""
    action = st.text_input(_("Only actions that begin with"), key="audit-action")
    rows = [
        (moment(e.at), e.who, e.action, e.rag_id or "", e.subject, e.address)
        for e in admin.events(here.parts, here.actor, action.strip())
    ]
    table((_("When"), _("Who"), _("Action"), _("Knowledge base"), _("About"), _("Address")), rows)


def table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A plain table that screen readers read; says so if it is empty."""
    if not rows:
        st.caption(_("Nothing to show."))
        return
    head = html.join(html.fill("<th>{name}</th>", name=name) for name in names)
    body = html.join(
        html.fill("<tr>{cells}</tr>", cells=html.join(html.fill("<td>{c}</td>", c=c) for c in row))
        for row in rows
    )
    html.show(
        '<div class="f-scroll"><table class="f-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>'
        "</table></div>",
        head=head,
        body=body,
    )
