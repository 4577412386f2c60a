"""Running the system."""

import streamlit as st

from portal.i18n import gettext as _
from portal.session import enter_admin
from portal.ui import admin, layout

here = enter_admin()
layout.heading(_("Administration"))
health, users, rags, work, record = st.tabs(
    [_("Parts"), _("People"), _("Knowledge bases"), _("Work"), _("Record")]
)
with health:
    admin.health(here)
with users:
    admin.users(here)
with rags:
    admin.rags(here)
with work:
    admin.work(here)
with record:
    admin.record(here)
