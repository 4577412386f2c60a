"""The documents of a knowledge base, and the place to add more."""

from portal import documents
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import documents as draw
from portal.ui import layout

here = enter(Action.read)
layout.heading(
    _("Documents"), _("What this knowledge base is read from. Text files (.txt, .md) can be added.")
)
if here.may(Action.upload):
    draw.uploader(here)
listed = documents.listing(here.parts, here.actor, here.rag_id)
if listed:
    draw.table(here, listed)
else:
    layout.empty(
        _("No documents yet"),
        _("Add the first ones above: several at once belong together and are reviewed together.")
        if here.may(Action.upload)
        else _("An editor or owner can add documents."),
    )
