"""My knowledge bases."""

import streamlit as st

from portal import invitations, navigation, rags
from portal.i18n import gettext as _
from portal.session import visit
from portal.ui import home, joining, layout

here = visit()
if "rag" in st.query_params:  # an address without its page, as people pass them on
    navigation.go("progress" if "cycle" in st.query_params else "overview", **st.query_params.to_dict())

mine = rags.mine(here.parts, here.actor)
layout.heading(
    _("Knowledge bases"), _("A knowledge base holds what your team has read in its documents and approved.")
)
joining.offers(invitations.mine(here.parts, here.actor))
if not mine:
    home.how_it_works()
for rag in mine:
    home.card(rag)
home.create_form(here, first=not mine)
home.deleted(here)
