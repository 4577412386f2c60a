"""What administrators say to everybody."""

import streamlit as st

from portal import notices
from portal.i18n import gettext as _
from portal.notices import LONGEST
from portal.session import Here, act


def forms(here: Here) -> None:
    """The banner, and maintenance."""
    now = notices.current(here.parts)
    with st.form("banner"):
        text = st.text_area(_("Banner on every page (empty: none)"), value=now.banner, max_chars=LONGEST)
        warn = st.checkbox(_("It is a warning"), value=now.tone == "warn")
        if st.form_submit_button(_("Show"), type="primary"):
            act(notices.set_banner, text or "", "warn" if warn else "info", said=_("Saved."))
            st.rerun()
    with st.form("maintenance"):
        on = st.checkbox(_("Maintenance: only administrators get in"), value=now.maintenance)
        why = st.text_area(_("What the others read"), value=now.why, max_chars=LONGEST)
        if st.form_submit_button(_("Save"), key="save-maintenance"):
            act(notices.set_maintenance, on, why or "", said=_("Saved."))
            st.rerun()
