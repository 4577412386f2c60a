"""The knowledge as a picture, and the same as a list: around one thing, a step or two."""

import streamlit as st

from portal.access import Action
from portal.i18n import gettext as _
from portal.session import asked_number, enter
from portal.ui import edits, graph, layout

here = enter(Action.read)
staged = asked_number("staged") if "staged" in st.query_params else None
layout.heading(_("Graph"))
edits.bar(here)
graph.whose(here, staged)
if here.rag.version or staged:
    graph.explore(here, staged)
else:
    layout.empty(
        _("Nothing is approved yet"),
        _("The graph is drawn from what your team has approved. Review it first."),
    )
