"""The approved versions: who approved what when, what each changed, and the way back."""

from portal import history
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import layout
from portal.ui import versions as draw

here = enter(Action.read)
layout.heading(_("Versions"), _("Every approval makes a version. Any of them can be returned to."))
draw.under_way(here)
draw.follow(here)
timeline = history.timeline(here.parts, here.actor, here.rag_id)
if timeline:
    draw.compare(here)
    draw.timeline(here, timeline)
else:
    layout.empty(_("No version yet"), _("The first one is made when somebody approves what was read."))
