"""Questions and cited answers."""

import streamlit as st

from portal.access import Action
from portal.i18n import gettext as _
from portal.session import asked_number, enter
from portal.ui import asking, chat, layout

here = enter(Action.ask)
chosen = asking.opened(here.rag_id, asked_number("chat") if "chat" in st.query_params else None)
staged = asked_number("staged") if "staged" in st.query_params else None
layout.heading(_("Ask"))
chat.choose(here, chosen, staged)
chat.whose(here, staged)
own = chosen
if chosen:
    own = chosen if chat.conversation(here, chosen) else None
elif here.rag.version or staged:
    chat.suggestions(here, staged)
else:
    layout.empty(
        _("Nothing is approved yet"), _("Answers rest on what your team has approved. Review it first.")
    )
asking.box(here, own, staged)
