"""Where a team decides what is true: a cycle's proposed changes, each with its evidence."""

import streamlit as st

from portal import cycles, reviews
from portal.access import Action
from portal.i18n import gettext as _
from portal.models import CycleState
from portal.session import asked_number, enter
from portal.ui import comments, edits, layout, publish, review, review_coming

here = enter(Action.read)
if "cycle" not in st.query_params:
    review.choose(here, cycles.recent(here.parts, here.actor, here.rag_id, limit=50))
    st.stop()

number = asked_number("cycle")
summary = reviews.summary(here.parts, here.actor, here.rag_id, number)
layout.heading(_("Review of cycle {n}").format(n=number))
review.overview(summary)
edits.without_effect(here, summary)
if summary.state is CycleState.review and summary.total:
    review.others(summary)
publish.bar(here, summary)
comments.on_cycle(here, summary)
if "change" in st.query_params:
    review.one(here, summary, st.query_params["change"])
elif summary.total:
    review.changes(here, summary)
elif summary.state is CycleState.review:
    layout.empty(_("Nothing new"), review.nothing_new(summary))
else:
    review_coming.show(summary)
