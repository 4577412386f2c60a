"""What a knowledge base holds, what waits in it, and its settings."""

from collections.abc import Sequence

import streamlit as st

from kg.approved import Counts
from portal import graph, navigation, rags
from portal.access import Action
from portal.cycles import CycleView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import CycleState
from portal.rags import LONGEST_LICENCE, LONGEST_TEXT
from portal.session import Here, act
from portal.ui import html, words
from portal.ui.layout import Tile, tiles
from portal.ui.times import ago, number


def waiting(here: Here, latest: Sequence[CycleView]) -> None:
    """What somebody has to do, or what is being done."""
    for cycle in latest:
        if cycle.state is CycleState.review:
            many = number(cycle.undecided)
            text = ngettext("{n} undecided change", "{n} undecided changes", cycle.undecided).format(n=many)
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                html.show(
                    "<div>{chip} <b>{title}</b><div class='f-soft f-small'>{text}</div></div>",
                    chip=html.chip(words.of(cycle.state), "warn"),
                    title=cycle.title,
                    text=text,
                )
                if st.button(_("Review"), type="primary", key=f"review-{cycle.number}"):
                    navigation.go("review", rag=here.rag_id, cycle=cycle.number)
        elif cycle.state in (CycleState.waiting, CycleState.running, CycleState.publishing):
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                html.show(
                    "<div>{chip} <b>{title}</b></div>",
                    chip=html.chip(words.of(cycle.state), "info"),
                    title=cycle.title,
                )
                if st.button(_("Watch"), key=f"watch-{cycle.number}"):
                    navigation.go("progress", rag=here.rag_id, cycle=cycle.number)


def numbers(here: Here) -> None:
    """How much is approved."""
    documents = here.rag.documents
    shown = [
        Tile(_("approved version"), here.rag.version),
        Tile(ngettext("document", "documents", documents), documents),
    ]
    with words.explained():
        counted = graph.counts(here.parts, here.actor, here.rag_id) if here.rag.version else None
        shown += _counted(counted) if counted else []
        tiles(shown)


def _counted(counts: Counts) -> list[Tile]:
    return [
        Tile(ngettext("thing", "things", counts.entities), counts.entities),
        Tile(ngettext("fact", "facts", counts.facts), counts.facts),
        Tile(ngettext("relation", "relations", counts.properties), counts.properties),
    ]


def history(here: Here, latest: Sequence[CycleView]) -> None:
    """The latest cycles, newest first."""
    st.subheader(_("What happened"), anchor=False)
    for cycle in latest:
        with st.container(border=True, gap="xsmall"):
            title = cycle.title or _("Return to an earlier version")
            label = _("Cycle {n}: {title}").format(n=cycle.number, title=title)
            navigation.link("progress", html.plain(label), rag=here.rag_id, cycle=cycle.number)
            html.show('<div class="f-meta">{facts}</div>', facts=html.join(_facts(cycle)))


def _facts(cycle: CycleView) -> list[html.Markup]:
    texts = [words.of(cycle.kind), _("{who}, {when}").format(who=cycle.who, when=ago(cycle.created_at))]
    if cycle.changes:
        many = ngettext("{n} change", "{n} changes", cycle.changes)
        texts.append(many.format(n=number(cycle.changes)))
    if cycle.version:
        texts.append(_("became version {n}").format(n=cycle.version))
    state = html.chip(words.of(cycle.state), words.tone(cycle.state))
    return [state, *(html.fill("<span>{text}</span>", text=text) for text in texts)]


def begin(here: Here) -> None:
    if here.may(Action.upload):
        navigation.button("documents", _("Add documents"), rag=here.rag_id)


def settings(here: Here) -> None:
    """For owners."""
    if not here.may(Action.manage):
        return
    rag = here.rag
    with st.expander(_("Settings"), icon=":material/tune:"):
        with st.form("settings", border=False):
            name = st.text_input(_("Name"), value=rag.name)
            about = st.text_area(_("What is it about?"), value=rag.description, max_chars=LONGEST_TEXT)
            guidance = st.text_area(
                _("What should a language model mind when it reads? (optional)"),
                value=rag.guidance,
                max_chars=LONGEST_TEXT,
                help=_(
                    "In your own words: what matters here, which kinds of things to look for, "
                    "names that mean different things and must never be merged."
                ),
            )
            tokens = st.number_input(
                _("Tokens that a language model may use for one upload (0: no limit)"),
                min_value=0,
                value=rag.cycle_tokens,
                step=10_000,
                help=_("An upload that is expected to need more waits until somebody allows it."),
            )
            licence = st.text_input(
                _("Under which licence may its data be used?"),
                value=rag.licence,
                max_chars=LONGEST_LICENCE,
                help=_("An address or a few words. It goes along with the data that is taken away."),
            )
            editors = st.checkbox(_("Editors may approve"), value=rag.editors_approve)
            others = st.checkbox(_("Nobody approves their own upload"), value=rag.forbid_self_approval)
            if st.form_submit_button(_("Save"), type="primary"):
                with words.explained():
                    rags.change(
                        here.parts,
                        here.actor,
                        rag.id,
                        name=name,
                        description=about,
                        guidance=guidance,
                        editors_approve=editors,
                        forbid_self_approval=others,
                        cycle_tokens=int(tokens),
                        licence=licence,
                    )
                    st.session_state[words.SAID] = _("Saved.")
                    st.rerun()
        st.divider()
        typed = st.text_input(_("To delete it, type its name"), key="delete-name")
        st.button(
            _("Delete this knowledge base"),
            disabled=not typed,
            icon=":material/delete_forever:",
            on_click=act,
            args=(rags.delete, rag.id, typed),
            kwargs={"said": _("It is deleted.")},
        )
