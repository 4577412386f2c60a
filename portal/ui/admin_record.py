"""The record of who did what, with its guard events, and the feedback on answers."""

from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

import streamlit as st

from portal import admin_feedback, admin_record
from portal.admin_record import Wanted
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, paging, table
from portal.ui.times import ago, moment, number

SHOWN = 100  # events of a page


def record(here: Here) -> None:
    """Filters, the events, and the way to take them away."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        action = st.selectbox(
            _("Action"),
            ["", "guard.", *admin_record.actions(here.parts, here.actor)],
            format_func=lambda a: {"": _("all"), "guard.": _("guards")}.get(a, a),
            key="audit-action",
            width=220,
        )
        who = st.text_input(_("Who (part of the e-mail address)"), key="audit-who", width=240)
        rag = st.number_input(_("Knowledge base No."), min_value=1, value=None, key="audit-rag", width=180)
        since = st.date_input(_("Since"), value=None, key="audit-since", width=160)
        until = st.date_input(_("Until"), value=None, key="audit-until", width=160)
    wanted = Wanted(
        action or "", who.strip(), int(rag) if rag else None, _midnight(since), _midnight(until, 1)
    )
    at = paging.at("audit")
    found = admin_record.events(here.parts, here.actor, wanted, SHOWN + 1, at * SHOWN)
    rows = [
        (moment(e.at), e.who, e.action, e.rag_id or "", e.subject, _detail(e.detail), e.address)
        for e in found[:SHOWN]
    ]
    names = (_("When"), _("Who"), _("Action"), _("Knowledge base"), _("About"), _("More"), _("Address"))
    table.show(names, rows)
    paging.turn(at * SHOWN + len(found), SHOWN, "audit")
    _take_away(wanted)


def feedback(here: Here) -> None:
    """How many, by knowledge base; what was written is its owners' to read."""
    rows = [
        (
            f.rag_id,
            f.name,
            number(f.answers),
            number(f.helpful),
            number(f.unhelpful),
            number(f.unsupported),
            number(f.failed),
            ago(f.last) if f.last else "",
        )
        for f in admin_feedback.feedback(here.parts, here.actor)
    ]
    names = (_("No."), _("Name"), _("Answers"), _("Helpful"), _("Not helpful"), _("Did not know"))
    table.show((*names, _("Failed"), _("Last")), rows)


def _take_away(wanted: Wanted) -> None:
    asked = {
        "action": wanted.action,
        "who": wanted.who,
        "rag": wanted.rag_id or "",
        "since": wanted.since.date() if wanted.since else "",
        "until": (wanted.until - timedelta(days=1)).date() if wanted.until else "",
    }
    query = urlencode({k: v for k, v in asked.items() if v})
    for form, label in (("csv", _("Download as CSV")), ("jsonl", _("Download as JSON lines"))):
        html.show('<a href="/download/record.{f}?{q}" download>{label}</a>', f=form, q=query, label=label)


def _detail(detail: dict[str, object]) -> str:
    return ", ".join(f"{k}: {v}" for k, v in detail.items() if v not in (None, ""))


def _midnight(day: object, later: int = 0) -> datetime | None:
    if not isinstance(day, date):
        return None
    return datetime.combine(day, time.min, UTC) + timedelta(days=later)
