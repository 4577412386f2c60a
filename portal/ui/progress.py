"""The five steps of a cycle as they go."""

import streamlit as st

from portal import artifacts as made
from portal import cycles, navigation, workers
from portal.access import Action
from portal.cycle_views import StepView
from portal.cycles import CycleView
from portal.i18n import gettext as _
from portal.models import CycleKind, CycleState, StepState
from portal.session import Here, act, fragment
from portal.ui import html, reading, words
from portal.ui.times import ago, lasted, number

LOOK_SECONDS = 1.5
MOVING = (CycleState.waiting, CycleState.running, CycleState.publishing)
MAY_RETRY = (CycleState.failed, CycleState.cancelled)
MARKS = {StepState.done: "✓", StepState.failed: "!", StepState.cancelled: "–"}


def watch(cycle: int, state: CycleState) -> None:
    """Draw the steps; look again and again while they move, then draw the whole page anew."""
    (_moving if state in MOVING else _still)(cycle)


@fragment(Action.read, run_every=LOOK_SECONDS)
def _moving(here: Here, cycle: int) -> None:
    view = cycles.get(here.parts, here.actor, here.rag_id, cycle)
    if view.state not in MOVING:
        st.rerun()
    _draw(here, view)


@fragment(Action.read)
def _still(here: Here, cycle: int) -> None:
    _draw(here, cycles.get(here.parts, here.actor, here.rag_id, cycle))


def _draw(here: Here, view: CycleView) -> None:
    words.remembered()
    html.show(
        '<div class="f-meta">{state}<span>{kind}</span><span>{who}, {when}</span></div>',
        state=html.chip(words.of(view.state), words.tone(view.state)),
        kind=words.of(view.kind),
        who=view.who,
        when=ago(view.created_at),
    )
    if view.state in (CycleState.waiting, CycleState.running):
        with words.explained():
            workers.check(here.parts)
    _next(here, view)
    reading.cost(view)
    if view.kind is not CycleKind.rollback:
        steps = (_step(n, step) for n, step in enumerate(view.steps, 1))
        html.show('<ol class="f-steps">{steps}</ol>', steps=html.join(steps))
    _buttons(here, view)


def _next(here: Here, view: CycleView) -> None:
    """What there is to do now."""
    match view.state:
        case CycleState.review:
            text = _("{n} changes are proposed. Nothing counts before somebody approves it.")
            st.success(text.format(n=number(view.changes)), icon=":material/fact_check:")
            navigation.button("review", _("Review the changes"), rag=here.rag_id, cycle=view.number)
        case CycleState.approved:
            st.success(_("This became version {n}.").format(n=view.version), icon=":material/verified:")
            navigation.button("chat", _("Ask a question"), rag=here.rag_id)
        case CycleState.paused:
            reading.paused(here, view)
        case CycleState.failed:
            st.error(_error(view.error), icon=":material/error:")
        case CycleState.cancelled:
            st.info(_("This was cancelled. What was read is kept, so that you can go on."))
        case CycleState.rejected:
            st.info(_("This was rejected: nothing of it entered the knowledge base."))


def _error(error: str) -> str:
    return words.step_error(error) if error else _("A step stopped by an error. You can run it again.")


def _step(position: int, step: StepView) -> html.Markup:
    return html.fill(
        '<li class="{state}"><span class="dot" aria-hidden="true">{mark}</span><div>'
        '<div class="name">{name}</div><div class="what">{what}</div>{bar}'
        '<div class="f-meta">{times}</div></div></li>',
        state=step.state.value,
        mark=MARKS.get(step.state, str(position)),
        name=words.of(step.name),
        what=words.step_error(step.error) if step.error else words.step_does(step.name),
        bar=_bar(step),
        times=html.join(html.fill("<span>{text}</span>", text=t) for t in _times(step)),
    )


def _bar(step: StepView) -> html.Markup:
    if step.state is not StepState.running or not step.total:
        return html.Markup("")
    share = min(100, round(100 * step.done / step.total))
    return html.fill(
        '<div class="f-bar" role="progressbar" aria-valuenow="{n}" aria-valuemin="0" aria-valuemax="100" '
        'style="margin:.45rem 0"><i style="width:{n}%"></i></div>',
        n=share,
    )


def _times(step: StepView) -> list[str]:
    texts = [words.of(step.state)]
    if step.state is StepState.running and step.total:
        texts.append(_("{done} of {total}").format(done=number(step.done), total=number(step.total)))
    if step.detail:
        texts.append(step.detail)
    if step.elapsed is not None and step.state in (StepState.running, StepState.done):
        texts.append(lasted(step.elapsed))
    if step.expected is not None:
        texts.append(_("about {time} to go").format(time=lasted(step.expected)))
    return texts


def _buttons(here: Here, view: CycleView) -> None:
    if not here.may(Action.upload) or view.kind is CycleKind.rollback:
        return
    if view.state in (CycleState.waiting, CycleState.running, CycleState.paused):
        st.button(
            _("Cancelling…") if view.cancel_requested else _("Cancel"),
            disabled=view.cancel_requested,
            on_click=act,
            args=(cycles.cancel, here.rag_id, view.number),
        )
    if view.state in MAY_RETRY and st.button(
        _("Run it again"),
        type="primary",
        icon=":material/replay:",
        help=_("It goes on where it stopped; what was read is not read again."),
        on_click=act,
        args=(cycles.retry, here.rag_id, view.number),
    ):
        st.rerun()


def documents(here: Here, view: CycleView) -> None:
    """The files of the cycle, and what came of each."""
    if not view.documents:
        return
    st.subheader(_("Documents"), anchor=False)
    for document in view.documents:
        if document.revision and not document.error:
            name = html.plain(document.name)
            navigation.link("document", name, rag=here.rag_id, revision=document.revision)
        else:
            html.show('<div class="f-wrap">{name}</div>', name=document.name)
        for said in (words.unread(document.name, document.error), *map(words.file_note, document.notes)):
            if said:
                html.show('<div class="f-small f-soft">{said}</div>', said=said)


def artifacts(here: Here, cycle: int) -> None:
    """For those who want to look inside: the files that the steps wrote."""
    names = made.listing(here.parts, here.actor, here.rag_id, cycle)
    if not names:
        return
    with st.expander(_("Files of the steps, for specialists")):
        for name in names:
            address = f"/download/{here.rag_id}/cycle/{cycle}/{name}"
            html.show('<a href="{address}" download>{name}</a>', address=address, name=name)
