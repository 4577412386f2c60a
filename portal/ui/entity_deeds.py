"""What can be done with a thing from its page."""

import streamlit as st

from portal import navigation
from portal.explore.entity import Page
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import edit_things


def row(here: Here, found: Page, staged: int | None) -> None:
    with st.container(key="entity-deeds", horizontal=True, vertical_alignment="center", gap="small"):
        also = {} if staged is None else {"staged": str(staged)}
        text, icon = _("Show it in the picture"), ":material/hub:"
        navigation.link("graph", text, icon=icon, rag=here.rag_id, thing=found.entity.iri, **also)
        if staged is None:
            edit_things.row(here, str(found.entity.iri), found.entity.label)
