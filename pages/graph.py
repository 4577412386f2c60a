"""The knowledge as a picture, and the same as a list; ways, kinds, places and dates in it."""

import streamlit as st

from portal.access import Action
from portal.i18n import gettext as _
from portal.session import asked_number, enter
from portal.ui import edits, explore_dates, explore_map, explore_terms, explore_way, graph, layout

here = enter(Action.read)
staged = asked_number("staged") if "staged" in st.query_params else None
layout.heading(_("Graph"))
edits.bar(here)
graph.whose(here, staged)
if staged:
    graph.explore(here)
elif here.rag.version:
    layout.sections(
        {
            _("Picture"): [graph.explore],
            _("Way between two things"): [explore_way.between],
            _("Kinds and relations"): [explore_terms.terms],
            _("Map"): [explore_map.chart],
            _("Timeline"): [explore_dates.timeline],
        },
        here,
        "view",
    )
else:
    layout.empty(
        _("Nothing is approved yet"),
        _("The graph is drawn from what your team has approved. Review it first."),
    )
