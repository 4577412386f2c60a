"""The terms that an owner does not want in questions and answers."""

import streamlit as st

from portal import guards
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import words


def form(here: Here) -> None:
    """For owners."""
    if not here.may(Action.manage):
        return
    with (
        st.expander(_("Terms that must not appear"), icon=":material/block:"),
        st.form("banned", border=False),
    ):
        kept = guards.banned_terms(here.parts, here.actor, here.rag_id)
        typed = st.text_area(
            _("One a line, in any form of the word"),
            value="\n".join(kept),
            help=_("Questions with one of them are refused, in answers and quotes they are blotted out."),
        )
        if st.form_submit_button(_("Save"), key="save-banned"):
            with words.explained():
                guards.set_banned(here.parts, here.actor, here.rag_id, (typed or "").splitlines())
                st.session_state[words.SAID] = _("Saved.")
                st.rerun()
