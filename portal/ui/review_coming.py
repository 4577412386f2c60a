"""The review of a cycle that has nothing to decide: not yet, or no more."""

import streamlit as st

from portal import cycles
from portal.access import Action
from portal.i18n import gettext as _
from portal.models import CycleKind, CycleState
from portal.reviews import Summary
from portal.session import Here, fragment
from portal.ui import layout, words

LOOK_SECONDS = 2.0
COMING = frozenset({CycleState.waiting, CycleState.running})
STOPPED = frozenset({CycleState.paused, CycleState.failed, CycleState.cancelled})


def show(summary: Summary) -> None:
    """What keeps it; the changes take this place as soon as they are there."""
    if summary.state in COMING:
        corrected = summary.kind is CycleKind.correction  # that is within seconds
        reading = _("The documents are still being read. The changes will stand here.")
        comparing = _("The corrections are being compared with what is approved.")
        layout.empty(_("Not ready yet"), comparing if corrected else reading)
        _wait(summary.cycle)
    elif summary.state in STOPPED:
        layout.empty(words.of(summary.state), _("The page of its progress says why, and how to go on."))
    else:
        layout.empty(words.of(summary.state), _("There is nothing to decide here."))


@fragment(Action.read, run_every=LOOK_SECONDS)
def _wait(here: Here, cycle: int) -> None:
    if cycles.get(here.parts, here.actor, here.rag_id, cycle).state not in COMING:
        st.rerun()
