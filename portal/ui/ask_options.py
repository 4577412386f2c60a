"""The drawer for experts: how the next question is asked."""

import streamlit as st

from kg.answer import Manner
from kg.retrieve import TOKENS
from portal import model_listing
from portal.i18n import gettext as _
from portal.model_listing import Choice
from portal.options import LONGEST_INSTRUCTIONS, AskMode, Options
from portal.session import Here

KEPT = "asking"  # the options chosen, in the session


def chosen(staged: int | None) -> Options:
    """What the drawer says, the defaults if nobody opened it; of the cycle `staged`, if any."""
    made = st.session_state.get(KEPT) or {}
    return Options(staged=staged, **made)


def drawer(here: Here, staged: int | None) -> None:
    """What is set stays for this session; without a model its own settings are not offered."""
    with st.popover(_("For experts"), icon=":material/tune:", help=_("How the next question is asked")):
        modes = [m for m in AskMode if staged is None or m is not AskMode.sparql]
        mode = st.selectbox(_("Mode"), modes, help=_("How facts and passages are looked for"))
        models = model_listing.choice(here.parts, here.actor, here.rag_id)
        _told(mode, bool(models.usual or models.others))
        top_k = st.slider(_("Facts and passages, each at most"), 1, 50, 8)
        hops = st.slider(_("Steps from what the question names"), 0, 4, 2)
        budget = st.number_input(_("Tokens of all sources"), 500, 30_000, TOKENS, 500)
        only = st.toggle(_("Show the sources only, without an answer"))
        manner, model = Manner(context_only=only), None
        if models.others:
            model = _model(models)
        if models.usual or model is not None:
            manner = _of_the_model(only)
        made = {"mode": mode, "top_k": top_k, "hops": hops, "budget": int(budget), "manner": manner}
        made["model"] = model
        st.session_state[KEPT] = made


def _model(models: Choice) -> int | None:
    """Which of those that administrators offer; None for the usual one."""
    names = dict(models.others)
    usual = models.usual or _("None: sentences of the sources")
    return st.selectbox(
        _("Model"),
        [None, *names],
        format_func=lambda i: usual if i is None else names[i],
        help=_("Which language model writes the answer"),
        key="asking-model",
    )


def _told(mode: AskMode, modelled: bool) -> None:
    """What a mode does that its name does not say."""
    if mode is AskMode.sparql:
        st.caption(_("The question becomes a query to the approved graph: for numbers, lists and dates."))
    elif mode is AskMode.agent:
        st.caption(
            _("The model takes steps: it searches, looks around things and queries, one after the other.")
            if modelled
            else _("Steps need a language model, and none is configured: the answer is made as in auto.")
        )


def _of_the_model(only: bool) -> Manner:
    instructions = st.text_area(
        _("Your own instructions"),
        max_chars=LONGEST_INSTRUCTIONS,
        help=_("About the form of the answer; what is cited and what is not stays as it is."),
    )
    temperature = st.number_input(_("Temperature"), 0.0, 2.0, None, 0.1, placeholder=_("as configured"))
    top_p = st.number_input("top_p", 0.05, 1.0, None, 0.05, placeholder=_("as configured"))
    longest = st.number_input(
        _("Tokens of the answer, at most"), 16, 8192, None, 16, placeholder=_("as configured")
    )
    return Manner(instructions.strip(), temperature, top_p, longest, only)
