"""Beside the picture: what was picked in it, and all that can be done with it, by mouse and by keyboard."""

import streamlit as st

from kg.vocab import digest
from portal.explore import picture as pictures
from portal.explore.drawn import Drawn, Link, Node, Wanted
from portal.graph_words import FactView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import (
    edit_facts,
    edit_things,
    entity_facts,
    entity_link,
    explore_state,
    html,
    layout,
    origin,
    sentences,
)
from portal.ui.explore_state import Touched
from portal.ui.times import number

FACTS = 12  # of a thing, offered as buttons
QUOTES = 5


def panel(here: Here, drawn: Drawn, wanted: Wanted, now: Touched) -> None:
    """The way to pick without a mouse, and what was picked."""
    nodes = {n.iri: n for n in drawn.nodes}
    links = {k.key: k for k in drawn.links}
    link = links.get(now.picked)
    shown = now.picked if now.picked in nodes else link.subject if link else drawn.centre
    chosen = st.selectbox(
        _("Look at"),
        list(nodes),
        index=list(nodes).index(shown) if shown in nodes else 0,
        format_func=lambda i: nodes[i].label,
        key=f"look-{digest(now.of, shown, now.hidden, len(nodes))}",
    )
    if chosen and chosen != shown:
        explore_state.pick(now, chosen)
        st.rerun()
    if link is not None:
        _link(here, link, wanted)
    elif shown in nodes:
        _node(here, nodes[shown], drawn, wanted, now)


def _node(here: Here, node: Node, drawn: Drawn, wanted: Wanted, now: Touched) -> None:
    st.subheader(html.plain(node.label), anchor=False)
    many = ngettext("{n} fact with other things", "{n} facts with other things", node.links)
    html.show(
        '<div class="f-meta">{kind} <span>{many}</span></div>',
        kind=html.chip(node.class_, "info", dot=False) if node.class_ else "",
        many=many.format(n=number(node.links)) if wanted.staged is None else "",
    )
    entity_link.to(here, node.iri, _("Open its page"), wanted.staged)
    _deeds(node, drawn, now)
    if wanted.staged is None and wanted.version is None:
        with st.container(horizontal=True, gap="small"):
            edit_things.row(here, node.iri, node.label)
    _facts(node, drawn, now)


def _deeds(node: Node, drawn: Drawn, now: Touched) -> None:
    with st.container(horizontal=True, gap="small"):
        if node.iri != drawn.centre:
            if st.button(_("Put in the middle"), key="deed-middle"):
                st.session_state["clicked"] = node.iri
                st.rerun()
            if st.button(_("Hide"), key="deed-hide"):
                explore_state.hide(now, node.iri)
                st.rerun()
        if st.button(_("Expand"), key="deed-expand", disabled=node.iri in now.expanded):
            explore_state.expand(now, node.iri)
            st.rerun()
        if st.button(_("Unpin") if node.iri in now.pinned else _("Pin"), key="deed-pin"):
            explore_state.pin(now, node.iri)
            st.rerun()
        if now.hidden and st.button(
            _("Show the hidden ({n})").format(n=number(len(now.hidden))), key="deed-show"
        ):
            explore_state.show_again(now, now.hidden)
            st.rerun()


def _facts(node: Node, drawn: Drawn, now: Touched) -> None:
    """Its facts in the picture; each leads to its quote."""
    label = {n.iri: n.label for n in drawn.nodes}
    mine = [k for k in drawn.links if node.iri in (k.subject, k.object)]
    if mine:
        st.caption(_("Its facts in the picture"))
    with st.container(gap="xxsmall"):
        for link in mine[:FACTS]:
            text = f"{label[link.subject]} — {link.label} → {label[link.object]}"
            if st.button(html.plain(text), key=f"fact-{digest(link.key)}", type="tertiary"):
                explore_state.pick(now, link.key)
                st.rerun()
    if len(mine) > FACTS:
        st.caption(_("and {n} more").format(n=number(len(mine) - FACTS)))


def _link(here: Here, link: Link, wanted: Wanted) -> None:
    """What a fact says and where it was read."""
    triple = (link.subject, link.relation, link.object)
    view = pictures.fact(here.parts, here.actor, here.rag_id, triple, wanted.version, wanted.staged)
    if view is None:
        html.show('<p class="f-soft">{text}</p>', text=_("Nothing is on record about this."))
        return
    evidence(here, view, origins=wanted.staged is None)
    if wanted.staged is None and wanted.version is None:
        edit_facts.button(here, view, "graph")


def evidence(here: Here, view: FactView, *, origins: bool) -> None:
    told(here, view)
    if origins and st.button(
        _("Where this comes from"), key="origin-picked", type="tertiary", icon=":material/history_edu:"
    ):
        origin.window(view)


def told(here: Here, view: FactView) -> None:
    """A fact with its quotes and the ways to their places."""
    html.show('<div class="f-sentence">{sentence}</div>', sentence=sentences.fact(view))
    for one in view.fact.evidence[:QUOTES]:
        html.show("{quote}", quote=layout.quote(one))
        entity_facts.place(here, one)
    if not view.fact.evidence and view.fact.statements:
        html.show("{said}", said=layout.stated(view.fact.statements[-1]))
