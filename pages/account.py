"""My account: name, language, password, and where I am logged in."""

import streamlit as st

from portal import logins, navigation
from portal.i18n import gettext as _
from portal.session import visit
from portal.ui import account, layout

here = visit()
layout.heading(_("My account"), here.actor.email)
if st.query_params.get("changed") == "password":
    st.success(
        _("The password is changed. You are logged out everywhere else."), icon=":material/check_circle:"
    )
account.profile(here)
account.password()
navigation.link("tokens", _("Access tokens for other programs"), icon=":material/key:")
account.devices(here, logins.devices(here.parts, here.actor, here.session_id))
