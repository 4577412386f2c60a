"""Queues, workers and steps, and what can be done about them."""

import streamlit as st

from portal import admin_work
from portal.admin_work import StepLine
from portal.i18n import gettext as _
from portal.models import StepState, now
from portal.session import Here, act, admin_fragment
from portal.ui import html, table, words
from portal.ui.times import lasted, number
from portal.work_queue import WorkerSign

LOOK_SECONDS = 3.0


def work(_here: Here) -> None:
    """As it goes on."""
    _live()


@admin_fragment(run_every=LOOK_SECONDS)
def _live(here: Here) -> None:
    with words.explained():
        names = {"ferag": _("Reading documents"), "ferag-quick": _("Answers and publishing")}
        rows = [
            (names.get(q.name, q.name), number(q.waiting), number(q.workers))
            for q in admin_work.queues(here.parts, here.actor)
        ]
        table.show((_("Queue"), _("Waiting"), _("Workers")), rows)
        st.subheader(_("Workers"), anchor=False)
        signs = admin_work.workers(here.parts, here.actor)
        for sign in signs:
            _worker(sign)
        if not signs:
            st.caption(_("No worker is running. What is asked for waits until there is one."))
    st.subheader(_("Steps that run or stopped"), anchor=False)
    steps = admin_work.steps(here.parts, here.actor)
    for step in steps:
        _step(step)
    if not steps:
        st.caption(_("Nothing to show."))


def _worker(sign: WorkerSign) -> None:
    """One that is drained works on nothing and takes nothing until it is let."""
    if not sign.drained:
        state = html.chip(_("works"), "info") if sign.doing else html.chip(_("waits for work"), "good")
    else:
        state = (
            html.chip(_("is giving back its work"), "warn") if sign.doing else html.chip(_("drained"), "mute")
        )
    facts = [
        sign.queue,
        *([sign.doing] if sign.doing else []),
        _("up for {time}").format(time=lasted(now().timestamp() - sign.since)),
        _("heard of {time} ago").format(time=lasted(now().timestamp() - sign.seen)),
    ]
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"worker-{sign.name}"):
        html.show(
            '<div class="f-wrap"><b>{host}:{pid}</b> {state}<div class="f-small f-soft">{facts}</div></div>',
            host=sign.host,
            pid=sign.pid,
            state=state,
            facts=" · ".join(facts),
        )
        st.button(
            _("Let it work again") if sign.drained else _("Drain"),
            help=None
            if sign.drained
            else _("It gives back what it has, nothing is lost, and takes no more."),
            key=f"drain-{sign.name}",
            on_click=act,
            args=(admin_work.drain, sign.name, not sign.drained),
        )


def _step(step: StepLine) -> None:
    failed = step.state is StepState.failed
    facts = [_("knowledge base {n}").format(n=step.rag_id), f"{number(step.done)} / {number(step.total)}"]
    facts.append(_("attempt {n}").format(n=step.attempt))
    if step.beat is not None:
        facts.append(
            _("held by {worker}, last sign {time} ago").format(
                worker=step.owner.rpartition(":")[0], time=lasted(step.beat)
            )
        )
    key = f"{step.rag_id}-{step.cycle}-{step.name}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"step-{key}"):
        html.show(
            '<div class="f-wrap"><b>{title}</b> {state}<div class="f-small f-soft">{facts}</div>'
            "<div>{why}</div></div>",
            title=_("Cycle {n}: {title}").format(n=step.cycle, title=words.of(step.name)),
            state=html.chip(words.of(step.state), "bad" if failed else "info"),
            facts=" · ".join(facts),
            why=words.step_error(step.error) if step.error else "",
        )
        if failed:
            st.button(
                _("Run it again"),
                key=f"retry-{key}",
                type="primary",
                on_click=act,
                args=(admin_work.retry, step.rag_id, step.cycle),
                kwargs={"said": _("It is run again.")},
            )
        else:
            st.button(
                _("Cancel"),
                key=f"cancel-{key}",
                on_click=act,
                args=(admin_work.cancel, step.rag_id, step.cycle),
            )
