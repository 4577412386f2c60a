"""Who belongs to a knowledge base, and what they may do."""

from portal import members
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import layout
from portal.ui import members as draw

here = enter(Action.read)
layout.heading(_("Members"))
draw.explain()
for member in members.listing(here.parts, here.actor, here.rag_id):
    draw.row(here, member)
if here.may(Action.manage):
    draw.add_form(here)
