"""The review of a cycle: what it would do, and its changes tab by tab."""

from collections import Counter
from collections.abc import Sequence

import streamlit as st

from kg.model import Decision
from portal import comments, navigation, review_context, reviews
from portal.access import Action
from portal.cycles import CycleView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import CycleKind, CycleState
from portal.review_context import Context
from portal.review_rows import TABS, Row
from portal.reviews import Summary
from portal.session import Here, fragment
from portal.ui import comments as talk
from portal.ui import (
    html,
    layout,
    paging,
    review_evidence,
    review_filters,
    review_keys,
    review_row,
    review_sentence,
    words,
)
from portal.ui.layout import Tile
from portal.ui.times import ago, number

PAGE = 12  # a page is drawn in half a second, and read on two screens
LOOK_SECONDS = 5.0


def choose(here: Here, latest: Sequence[CycleView]) -> None:
    """Which cycle: at once if only one waits."""
    waiting = [c for c in latest if c.state in (CycleState.review, CycleState.publishing)]
    if len(waiting) == 1:
        navigation.go("review", rag=here.rag_id, cycle=waiting[0].number)
    layout.heading(_("Review"), _("What was read from your documents waits here until somebody decides."))
    if not waiting:
        layout.empty(_("Nothing waits for review"), _("After the next upload its changes are shown here."))
    for cycle in waiting:
        with st.container(border=True, gap="xsmall"):
            label = html.plain(_("Cycle {n}: {title}").format(n=cycle.number, title=cycle.title))
            navigation.link("review", label, rag=here.rag_id, cycle=cycle.number)
            text = ngettext("{n} undecided change", "{n} undecided changes", cycle.undecided)
            html.show(
                '<div class="f-meta"><span>{text}</span><span>{who}, {when}</span></div>',
                text=text.format(n=number(cycle.undecided)),
                who=cycle.who,
                when=ago(cycle.created_at),
            )


def overview(summary: Summary) -> None:
    """One sentence, the tiles, and how far people have come."""
    html.show(
        '<div class="f-meta">{state}<span>{who}</span><span class="f-wrap">{documents}</span></div>',
        state=html.chip(words.of(summary.state), words.tone(summary.state)),
        who=_whose(summary).format(who=summary.uploaded_by),
        documents=", ".join(summary.documents),
    )
    if not summary.total:
        return
    if summary.state is CycleState.review:
        html.show('<p class="f-lead" style="margin-top:.4rem">{text}</p>', text=review_sentence.of(summary))
    layout.tiles(
        [
            Tile(ngettext("new thing or fact", "new things and facts", summary.new), summary.new),
            Tile(_("changed"), summary.changed),
            Tile(_("removed"), summary.removed, "warn"),
            Tile(ngettext("contradiction", "contradictions", summary.conflicts), summary.conflicts, "bad"),
            Tile(ngettext("possible double", "possible doubles", summary.merges), summary.merges, "warn"),
            Tile(
                ngettext("new kind or relation", "new kinds and relations", summary.ontology),
                summary.ontology,
            ),
            Tile(_("without a quote"), summary.without_evidence, "warn"),
        ]
    )
    decided = summary.total - summary.decisions[Decision.undecided]
    by = ", ".join(f"{name}: {number(n)}" for name, n in summary.people)
    html.show(
        '<div class="f-meta"><span>{text}</span><span>{by}</span></div>'
        '<div class="f-bar" role="progressbar" aria-valuenow="{share}" aria-valuemin="0" aria-valuemax="100" '
        'aria-label="{text}"><i style="width:{share}%"></i></div>',
        text=_("{done} of {total} decided").format(done=number(decided), total=number(summary.total)),
        by=by,
        share=round(100 * decided / summary.total),
    )
    if summary.again:
        text = ngettext(
            "The approved version moved: {n} change says something else now and needs another look.",
            "The approved version moved: {n} changes say something else now and need another look.",
            summary.again,
        )
        st.warning(text.format(n=number(summary.again)), icon=":material/update:")


def _whose(summary: Summary) -> str:
    match summary.kind:
        case CycleKind.removal:
            return _("Removal proposed by {who}")
        case CycleKind.correction:
            return _("Corrected by {who}")
    return _("Uploaded by {who}")


def nothing_new(summary: Summary) -> str:
    if summary.kind is CycleKind.correction:
        return _("What is approved is so already, or has changed meanwhile.")
    return _("Everything that these documents say is approved already.")


def changes(here: Here, summary: Summary) -> None:
    """Tabs in the order in which decisions depend on each other, filters, rows, a page at a time; beside them
    where the one that is looked at was read."""
    tab = st.segmented_control(
        _("What to look at"),
        list(TABS),
        default=_first_tab(here, summary),
        required=True,
        format_func=lambda t: _tab_name(t, summary),
        key=f"tab-{summary.cycle}",
        label_visibility="collapsed",
    )
    where = review_filters.filters(here, summary, tab or "facts")
    key = f"{summary.cycle}-{where}"
    page = reviews.rows(here.parts, here.actor, here.rag_id, summary.cycle, where, paging.at(key), PAGE)
    if not page.total:
        layout.empty(_("Nothing here"), _("No change of this sort, or none that matches the filters."))
        return
    open_for_decisions = summary.state is CycleState.review and here.may(Action.decide)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if open_for_decisions:
            review_filters.bulk(here, summary.cycle, where, page.total)
        review_keys.explain()
    if open_for_decisions:
        review_filters.picked(here, summary.cycle, page.rows)
    paging.turn(page.total, PAGE, key)
    if not page.rows:  # there are fewer pages than there were
        st.rerun()
    with st.container(key="review"):
        left, right = st.columns([1.7, 1], gap="medium")
    with left:
        _rows(here, summary.cycle, page.rows, open_for_decisions)
    with right:
        shown = _shown(page.rows)
        review_evidence.panel(here, summary.cycle, shown)
        review_keys.listen(shown.id, beside=True)


def _rows(here: Here, cycle: int, rows: Sequence[Row], open_for_decisions: bool) -> None:
    around, remarks = _around(here, cycle, rows), _remarks(here, cycle, rows)
    for row in rows:
        review_row.draw(here, cycle, row, open_for_decisions, around, remarks[row.id])


def _shown(rows: Sequence[Row]) -> Row:
    """The one that was looked at last, if it is on this page."""
    chosen = st.session_state.get(review_row.SHOWN)
    return next((r for r in rows if r.id == chosen), rows[0])


def _around(here: Here, cycle: int, rows: Sequence[Row]) -> Context:
    """Without it, should the graph not answer, the changes are still there to be decided."""
    with words.explained():
        return review_context.around(here.parts, here.actor, here.rag_id, cycle, rows)
    return Context()


def _remarks(here: Here, cycle: int, rows: Sequence[Row]) -> Counter[str]:
    return comments.counts(here.parts, here.actor, here.rag_id, cycle, [r.id for r in rows])


def one(here: Here, summary: Summary, change_id: str) -> None:
    """The change that the address names, with what was said about it."""
    navigation.link("review", _("All changes of this cycle"), rag=here.rag_id, cycle=summary.cycle)
    row = reviews.row(here.parts, here.actor, here.rag_id, summary.cycle, change_id)
    open_for_decisions = summary.state is CycleState.review and here.may(Action.decide)
    left, right = st.columns([1.7, 1], gap="medium")
    with left:
        _rows(here, summary.cycle, [row], open_for_decisions)
        with st.container(border=True):
            talk.draw(here, summary.cycle, change_id)
    with right:
        review_evidence.panel(here, summary.cycle, row)


@fragment(Action.read, run_every=LOOK_SECONDS)
def others(here: Here, summary: Summary) -> None:
    """Says when somebody else has decided meanwhile; it does not pull the page from under a reader."""
    known = summary.total - summary.decisions[Decision.undecided]
    meanwhile = reviews.others(here.parts, here.actor, here.rag_id, summary.cycle, known)
    if meanwhile is None:
        return
    many, who = meanwhile
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        text = _("{who} has decided meanwhile: {n} of {total} now.")
        html.show(
            '<span class="f-soft">{text}</span>',
            text=text.format(who=who, n=number(many), total=number(summary.total)),
        )
        if st.button(_("Show"), key="others-show"):
            st.rerun()


def _first_tab(here: Here, summary: Summary) -> str:
    """The first tab that holds anything."""
    counts = {
        "ontology": summary.ontology,
        "things": summary.new + summary.merges,
        "facts": summary.total,
        "conflicts": summary.conflicts,
    }
    return next(tab for tab, n in counts.items() if n)


def _tab_name(tab: str, summary: Summary) -> str:
    counted = {"ontology": summary.ontology, "conflicts": summary.conflicts}
    many = counted.get(tab)
    return f"{words.tab(tab)} ({number(many)})" if many else words.tab(tab)
