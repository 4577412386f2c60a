"""What waits for me, in all my knowledge bases."""

from portal import inbox
from portal.i18n import gettext as _
from portal.session import visit
from portal.ui import inbox as draw
from portal.ui import layout

here = visit()
layout.heading(
    _("Waits for you"),
    _("Where somebody speaks to you, asks you for changes, or where your decision is needed."),
)
items = inbox.waiting(here.parts, here.actor)
if items:
    draw.cards(here, items)
else:
    layout.empty(_("Nothing waits for you"), _("Everything that you may decide is decided."))
