"""A thing's own page: what is said of it, where, by whom it was approved, and its neighbours."""

import streamlit as st

from portal.access import Action
from portal.session import asked_number, enter
from portal.ui import entity

here = enter(Action.read)
staged = asked_number("staged") if "staged" in st.query_params else None
entity.page(here, st.query_params.get("entity", ""), staged)
