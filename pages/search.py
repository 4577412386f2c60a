"""Searching passages, things and facts, by meaning or by words, without any language model."""

from portal.access import Action
from portal.i18n import gettext as _
from portal.session import enter
from portal.ui import edits, layout, search

here = enter(Action.ask)
layout.heading(_("Search"), _("Passages, facts and things, by what they mean or by their words."))
edits.bar(here)
if here.rag.version:
    search.form(here)
else:
    layout.empty(
        _("Nothing is approved yet"), _("Only what your team has approved is searched. Review it first.")
    )
