"""Access tokens: made for other programs, shown once, taken back."""

from portal import tokens as services
from portal.i18n import gettext as _
from portal.session import visit
from portal.ui import layout, tokens

here = visit()
layout.heading(
    _("Access tokens"),
    _("For programs that work in your name: scripts, Open WebUI, anything that speaks OpenAI's language."),
)
tokens.addresses(here)
tokens.new(here)
tokens.listing(services.mine(here.parts, here.actor))
