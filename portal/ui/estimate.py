"""What reading the chosen files will take, before they are uploaded."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from portal import estimates
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import reading, words
from portal.ui.times import number

LARGEST = 10 * 2**20  # bytes of files that are read while somebody waits


def offer(here: Here, chosen: Sequence[UploadedFile]) -> None:
    """What a language model will take to read these, asked for by a click: they have to be read for it."""
    if sum(f.size for f in chosen) > LARGEST:
        st.caption(_("What reading this takes is told on the next page, before the first call of the model."))
        return
    if not st.button(_("What will it take?"), icon=":material/calculate:", type="tertiary"):
        return
    with words.explained(), st.spinner(_("Counting…")):
        files = ((f.name, f.getvalue()) for f in chosen)
        found = estimates.of_files(here.parts, here.actor, here.rag_id, files)
        if found.estimate is not None and found.units:
            st.info(_("Expected: {what}").format(what=reading.expected(found.estimate)))
        if found.left_out:
            label = ngettext("{n} file is not counted.", "{n} files are not counted.", found.left_out)
            st.caption(label.format(n=number(found.left_out)))
