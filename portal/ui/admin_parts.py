"""Parts of the installation: health, versions, storage."""

import streamlit as st

from portal import admin, admin_storage
from portal.i18n import N_, gettext
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, table, words
from portal.ui.times import number, size

STORED = {
    "documents": N_("Documents, as they were uploaded"),
    "database": N_("Database"),
    "queue": N_("Queue, in memory"),
    "graph": N_("Graph store"),
    "files": N_("Files and artifacts"),
    "index": N_("Search index"),
    "logs": N_("Logs"),
    "free": N_("Free on this disk"),
}


def health(here: Here) -> None:
    """Every part, whether it answers, with its version, and how fast."""
    for part in admin.health(here.parts, here.actor):
        with st.container(border=True, gap="xsmall"):
            html.show(
                '<div class="f-line"><span class="f-name">{name}</span>{state}'
                '<span class="f-wrap f-soft">{what}</span><span class="f-soft">{ms}</span></div>',
                name=words.part(part.part),
                state=html.chip(_("answers"), "good")
                if part.answers
                else html.chip(_("does not answer"), "bad"),
                what=part.what,
                ms=_("{n} ms").format(n=number(round(part.milliseconds, 1))) if part.answers else "",
            )
    st.button(_("Ask again"), icon=":material/refresh:")


def storage(here: Here) -> None:
    """What takes how much room."""
    st.subheader(_("Storage"), anchor=False)
    with words.explained():
        rows = [
            (gettext(STORED[s.what]), size(s.bytes)) for s in admin_storage.storage(here.parts, here.actor)
        ]
        table.show((_("What"), _("Size")), rows)
