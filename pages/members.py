"""Who belongs to a knowledge base, and what they may do."""

from portal import access_requests, invitations, members
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import invite, layout
from portal.ui import members as draw

here = enter(Action.read)
layout.heading(_("Members"))
draw.explain()
if here.may(Action.manage):
    invite.link(here, _("The invitation is made. Hand this link over; it is shown only now."))
    invite.requests(here, access_requests.waiting(here.parts, here.actor, here.rag_id))
for member in members.listing(here.parts, here.actor, here.rag_id):
    draw.row(here, member)
if here.may(Action.manage):
    invite.waiting(here, invitations.waiting(here.parts, here.actor, here.rag_id))
    invite.form(here)
draw.happenings(members.happenings(here.parts, here.actor, here.rag_id))
