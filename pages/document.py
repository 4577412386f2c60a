"""A document's text, at the words that somebody was sent to."""

import streamlit as st

from portal import documents
from portal.access import Action
from portal.session import enter
from portal.ui import layout, reader

here = enter(Action.read)
revision = st.query_params.get("revision", "")
text = documents.text(here.parts, here.actor, here.rag_id, revision)
layout.heading(text.name)
reader.links(here, revision)
reader.read(here, text, *reader.asked_place())
