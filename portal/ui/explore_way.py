"""The shortest way of facts from one thing to another, as a picture and in words."""

import streamlit as st

from portal import graph
from portal.explore import picture as pictures
from portal.explore.drawn import Drawn
from portal.explore.picture import LONGEST_WAY
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import explore_list, explore_side, explore_state, html, picture
from portal.ui.explore_finder import finder
from portal.ui.times import number


def between(here: Here) -> None:
    st.caption(_("How two things hang together, over facts of the approved version."))
    left, right = st.columns(2, gap="medium")
    with left:
        start = finder(here, _("From"), "way-from", st.query_params.get("thing", ""))
    with right:
        end = finder(here, _("To"), "way-to", st.query_params.get("to", ""))
    if not start or not end or start == end:
        html.show('<p class="f-soft">{text}</p>', text=_("Choose two things."))
        return
    known = graph.ontology(here.parts, here.actor, here.rag_id)
    names = {str(p.iri): p.label for p in known.properties if p.kind == "object"}
    only = st.multiselect(
        _("Only along these relations"),
        list(names),
        format_func=lambda k: names[k],
        placeholder=_("All relations"),
        key="way-properties",
    )
    found = pictures.way(here.parts, here.actor, here.rag_id, start, end, properties=frozenset(only))
    if found is None:
        text = _("No way of at most {n} facts joins them.").format(n=LONGEST_WAY)
        st.info(text)
        return
    _shown(here, found, start, end)


def _shown(here: Here, found: Drawn, start: str, end: str) -> None:
    steps = len(found.nodes) - 1
    text = ngettext("They are {n} fact apart.", "They are {n} facts apart.", steps).format(n=number(steps))
    st.subheader(text, anchor=False)
    now = explore_state.touched(f"way {here.rag_id} {start} {end}")
    clicked = picture.draw(found, "tree", text, key="way", picked=now.picked)
    if clicked is not None and clicked.link:
        explore_state.pick(now, clicked.link.key)
        st.rerun()
    picture.legend(found, staged=False)
    for n, link in enumerate(sorted(found.links, key=lambda k: _order(found, k.subject, k.object)), 1):
        triple = (link.subject, link.relation, link.object)
        view = pictures.fact(here.parts, here.actor, here.rag_id, triple)
        if view is not None:
            with st.container(border=True, gap="xsmall"):
                html.show('<div class="f-over">{n}</div>', n=n)
                explore_side.told(here, view)
    explore_list.tables(here, found, None)


def _order(found: Drawn, subject: str, object_: str) -> int:
    hop = {n.iri: n.hop for n in found.nodes}
    return min(hop[subject], hop[object_])
