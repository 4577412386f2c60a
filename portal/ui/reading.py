"""What a language model's reading of a cycle takes, when it pauses, and what could not be read."""

import streamlit as st

from kg.extract.estimate import Estimate
from portal import aside, cycles, navigation
from portal.access import Action
from portal.budgets import Spent
from portal.cycles import CycleView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import CycleState
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.times import lasted, number

STEP = 10_000  # tokens: budgets are proposed in full steps


def cost(view: CycleView) -> None:
    """What was expected before the first call, and what has been used."""
    if view.estimate is None or view.spent is None:
        return
    lines = [_("Expected: {what}").format(what=expected(view.estimate))]
    lines.append(_("Used so far: {what}").format(what=used(view.spent)))
    if view.budget:
        lines.append(_("Budget: {what}").format(what=_tokens(view.budget)))
    spans = html.join(html.fill("<span>{text}</span>", text=line) for line in lines)
    html.show('<div class="f-meta">{spans}</div>', spans=spans)


def expected(what: Estimate) -> str:
    """Calls, tokens, cost, time."""
    told = [_calls(what.calls), _tokens(what.tokens), _money(what.cost)]
    if what.seconds is not None:
        told.append(_("about {time}").format(time=lasted(what.seconds)))
    return ", ".join(t for t in told if t)


def used(spent: Spent) -> str:
    """Calls, tokens, cost."""
    told = _calls(spent.calls), _tokens(spent.tokens), _money(spent.cost)
    return ", ".join(t for t in told if t)


def _calls(many: int) -> str:
    return ngettext("{n} call of the model", "{n} calls of the model", many).format(n=number(many))


def _tokens(many: int) -> str:
    return ngettext("{n} token", "{n} tokens", many).format(n=number(many))


def _money(amount: float) -> str:
    shown = number(round(amount, 2 if amount >= 1 else 4))
    return _("cost {amount}").format(amount=shown) if amount else ""


def paused(here: Here, view: CycleView) -> None:
    """Why it waits; who may upload lets it go on, with a new budget if the old one is used up."""
    st.warning(words.step_error(view.error), icon=":material/pause_circle:")
    if not here.may(Action.upload):
        return
    given = () if view.error == "quota-used" else (_new_budget(view),)
    st.button(
        _("Go on reading"),
        type="primary",
        icon=":material/play_arrow:",
        help=_("It goes on where it stopped; what was read is not read again."),
        on_click=act,
        args=(cycles.retry, here.rag_id, view.number, *given),
    )


def _new_budget(view: CycleView) -> int:
    spent = view.spent.tokens if view.spent else 0
    wanted = spent + (view.estimate.tokens if view.estimate else view.budget)
    budget = st.number_input(
        _("Tokens that this cycle may use in all (0: no limit)"),
        min_value=0,
        value=-(-wanted // STEP) * STEP,
        step=STEP,
        key=f"budget-{view.number}",
    )
    return int(budget)


def put_aside(here: Here, view: CycleView) -> None:
    """The passages that could not be read, with the reason of each."""
    if not view.aside:
        return
    title = ngettext("{n} passage could not be read", "{n} passages could not be read", view.aside)
    with st.expander(title.format(n=number(view.aside)), icon=":material/report:", expanded=True):
        st.caption(_("Nothing of them is proposed. Everything else was read."))
        for passage in aside.listing(here.parts, here.actor, here.rag_id, view.number):
            place = _("passage {n}").format(n=passage.number)
            if passage.page:
                place = _("page {n}").format(n=passage.page)
            label = f"{html.plain(passage.document)}, {place}"
            navigation.link("document", label, rag=here.rag_id, revision=passage.revision)
            html.show(
                '<div class="f-small f-soft">{excerpt}</div><div class="f-small">{why}</div>',
                excerpt=passage.excerpt,
                why=words.aside(passage.why),
            )
        if view.state is CycleState.review and here.may(Action.upload):
            st.button(
                _("Try to read them again"),
                icon=":material/replay:",
                help=_("The proposed changes are made anew; what you decided stays decided."),
                on_click=act,
                args=(cycles.read_again, here.rag_id, view.number),
            )
