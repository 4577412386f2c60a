"""One knowledge base at a glance: what it holds, what waits, what happened."""

from portal import cycles
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import banned, layout, overview

here = enter(Action.read)
layout.heading(here.rag.name, here.rag.description)
latest = cycles.recent(here.parts, here.actor, here.rag_id, limit=8)
overview.waiting(here, latest)
overview.numbers(here)
if latest:
    overview.history(here, latest)
else:
    layout.empty(
        _("Nothing has been read yet"), _("Add documents: facts are read from them and proposed to you.")
    )
    overview.begin(here)
overview.settings(here)
banned.form(here)
