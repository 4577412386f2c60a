"""A member's own corrections of what is approved, before they are sent to review."""

from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import edits, layout

here = enter(Action.edit)
layout.heading(_("Corrections"), _("What you correct waits here until you send it to review."))
if here.rag.version:
    edits.page(here)
else:
    layout.empty(_("Nothing is approved yet"), _("Only what your team has approved can be corrected."))
