"""Dated facts along a line of time, and the same as a list."""

from datetime import date, timedelta

import altair as alt
import pandas  # noqa: F401  # else altair may find it half imported by the page of somebody else
import streamlit as st

from kg.model import Period
from portal.explore import dates as found_dates
from portal.explore.dates import Dated
from portal.i18n import gettext as _
from portal.session import Here
from portal.ui import html, layout, paging, sentences, theme
from portal.ui.explore_finder import finder
from portal.ui.times import number

DRAWN = 60  # facts of the chart: more rows are not read
ROWS = 60
SEEN = timedelta(days=60)
LONGEST = 60  # characters of a fact on the chart


def timeline(here: Here) -> None:
    everything, one = _("Of everything"), _("Of one thing")
    how = st.segmented_control(
        _("Whose dates"), [everything, one], default=everything, required=True, key="dates-of"
    )
    iri = ""
    if how == one:
        iri = finder(here, _("Find a thing"), "dates-find", st.query_params.get("thing", ""))
        if not iri:
            return
    found = found_dates.dates(here.parts, here.actor, here.rag_id, iri)
    if not found.found:
        layout.empty(
            _("No fact has a date"),
            _("Facts of which a document says since when, until when or on which day stand here in order."),
        )
        return
    if len(found.found) < found.total:
        text = _("Showing the latest {n} of {total} dated facts.")
        st.caption(text.format(n=number(len(found.found)), total=number(found.total)))
    _chart(found.found[-DRAWN:])
    if len(found.found) > DRAWN:
        st.caption(_("The chart shows the latest {n}; the list shows all.").format(n=number(DRAWN)))
    body = html.join(
        html.fill(
            '<tr><td class="f-nowrap">{when}</td><td>{fact}</td></tr>',
            when=_when(d.period),
            fact=sentences.fact(d.view),
        )
        for d in paging.page(found.found, ROWS, "dates")
    )
    html.show(
        '<div class="f-scroll"><table class="f-table"><thead><tr><th scope="col">{a}</th>'
        '<th scope="col">{b}</th></tr></thead><tbody>{body}</tbody></table></div>',
        a=_("When"),
        b=_("Fact"),
        body=body,
    )


def _chart(dated: tuple[Dated, ...]) -> None:
    today = date.today().isoformat()  # noqa: DTZ011  # where an open end is drawn to
    rows = []
    for n, d in enumerate(dated):
        start, end = _day(d.period.start), _day(d.period.end, last=True)
        if start or end:
            begin = start or _before(end)
            rows.append(
                {
                    "row": f"{n:03d}",
                    "fact": f"{d.view.subject} {d.view.predicate} {sentences.day(d.view.object)}"[:LONGEST],
                    "start": begin,
                    "end": end or max(begin or today, today),
                    "open": not start or not end,
                }
            )
    if not rows:
        return
    days = [date.fromisoformat(str(r["start"])).toordinal() for r in rows]
    middle = (min(days) + max(days)) / 2
    for row, day in zip(rows, days, strict=True):
        row["late"] = day > middle  # its words end where its bar does: to the right there is no room
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("row:N", axis=None, sort=None, scale=alt.Scale(paddingOuter=0.6)),
        x=alt.X("start:T", title=None),
        tooltip=[alt.Tooltip("fact:N", title=_("Fact"))],
    )
    bars = base.mark_bar(height=9, cornerRadius=4, minBandSize=2).encode(
        x2="end:T",
        color=alt.condition("datum.open", alt.value("#b9770e"), alt.value("#2f8f86")),
    )
    names = [
        base.transform_filter(alt.datum.late == late)
        .mark_text(align="right" if late else "left", dy=-12, fontSize=11, color=theme.ink())
        .encode(text="fact:N", x=alt.X("end:T" if late else "start:T", title=None))
        for late in (False, True)
    ]
    st.altair_chart(alt.layer(bars, *names).properties(height=60 + 34 * len(rows)), width="stretch")
    st.caption(_("An amber bar is open: one of its ends is not known, or it still holds."))


def _day(text: str, *, last: bool = False) -> str:
    """As a day of the calendar, "" if it is none that a chart can place."""
    if not text or text.startswith("-"):
        return ""
    year, month, day = (*text[:10].split("-"), "", "")[:3]
    filled = f"{year}-{month or ('12' if last else '01')}-{day or ('28' if last else '01')}"
    try:
        return date.fromisoformat(filled).isoformat()
    except ValueError:
        return ""


def _before(end: str) -> str:
    """Where the bar of a fact begins of which only the end is known: just long enough to be seen."""
    return (date.fromisoformat(end) - SEEN).isoformat()


def _when(period: Period) -> str:
    if period.start and period.start == period.end:
        return sentences.day(period.start)
    return sentences.when(period)
