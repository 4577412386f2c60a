"""The documents of a knowledge base, and the place to add more."""

from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import documents as draw
from portal.ui import layout

here = enter(Action.read)
layout.heading(
    _("Documents"),
    _("What this knowledge base is read from: PDF, Word, Excel, PowerPoint, HTML, mail, text, zip."),
)
if here.may(Action.upload):
    draw.uploader(here)
    draw.paste(here)
    draw.web_page(here)
if not draw.table(here):
    layout.empty(
        _("No documents yet"),
        _("Add the first ones above: several at once belong together and are reviewed together.")
        if here.may(Action.upload)
        else _("An editor or owner can add documents."),
    )
