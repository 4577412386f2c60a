"""The review of a cycle: what it would do, and its changes tab by tab."""

from collections.abc import Sequence

import streamlit as st

from kg.model import Decision, Fact, Kind, Verdict
from portal import comments, decisions, graph, navigation, reviews
from portal.access import Action
from portal.cycles import CycleView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import CycleState
from portal.review_rows import TABS, Filter, Row
from portal.reviews import Summary
from portal.session import Here, act
from portal.ui import comments as talk
from portal.ui import html, layout, paging, review_row, words
from portal.ui.layout import Tile
from portal.ui.times import ago, number

PAGE = 20


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
        who=_("Uploaded by {who}").format(who=summary.uploaded_by),
        documents=", ".join(summary.documents),
    )
    if not summary.total:
        return
    if summary.state is CycleState.review:
        html.show('<p class="f-lead" style="margin-top:.4rem">{text}</p>', text=_in_one_sentence(summary))
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


def _in_one_sentence(summary: Summary) -> str:
    if not summary.base_version:
        text = _("This would be the first version: {n} changes, each for you to accept or reject.")
        return text.format(n=number(summary.total))
    fits = ngettext(
        "{n} change fits what is approved", "{n} changes fit what is approved", summary.laminar
    ).format(n=number(summary.laminar))
    if not summary.turbulent:
        return f"{fits}."
    needs = ngettext(
        "{n} needs a new kind of thing or relation, or contradicts something.",
        "{n} need a new kind of thing or relation, or contradict something.",
        summary.turbulent,
    ).format(n=number(summary.turbulent))
    return f"{fits}; {needs}"


def changes(here: Here, summary: Summary) -> None:
    """Tabs in the order in which decisions depend on each other, filters, rows, a page at a time."""
    tab = st.segmented_control(
        _("What to look at"),
        list(TABS),
        default=_first_tab(here, summary),
        required=True,
        format_func=lambda t: _tab_name(t, summary),
        key=f"tab-{summary.cycle}",
        label_visibility="collapsed",
    )
    where = _filters(here, summary.cycle, tab or "facts")
    key = f"{summary.cycle}-{where}"
    page = reviews.rows(here.parts, here.actor, here.rag_id, summary.cycle, where, paging.at(key), PAGE)
    if not page.total:
        layout.empty(_("Nothing here"), _("No change of this sort, or none that matches the filters."))
        return
    open_for_decisions = summary.state is CycleState.review and here.may(Action.decide)
    if open_for_decisions:
        _bulk(here, summary.cycle, where, page.total)
        _picked(here, summary.cycle, page.rows)
    if paging.turn(page.total, PAGE, key) and not page.rows:  # fewer pages than there were
        st.rerun()
    names = _names(here, summary.cycle, page.rows)
    remarks = comments.counts(here.parts, here.actor, here.rag_id, summary.cycle, [r.id for r in page.rows])
    for row in page.rows:
        review_row.draw(here, summary.cycle, row, open_for_decisions, names, remarks[row.id])


def one(here: Here, summary: Summary, change_id: str) -> None:
    """The change that the address names, with what was said about it."""
    navigation.link("review", _("All changes of this cycle"), rag=here.rag_id, cycle=summary.cycle)
    row = reviews.row(here.parts, here.actor, here.rag_id, summary.cycle, change_id)
    open_for_decisions = summary.state is CycleState.review and here.may(Action.decide)
    review_row.draw(here, summary.cycle, row, open_for_decisions, _names(here, summary.cycle, [row]))
    with st.container(border=True):
        talk.draw(here, summary.cycle, change_id)


def _picked(here: Here, cycle: int, rows: Sequence[Row]) -> None:
    """Decide what is ticked on this page, all in one."""
    ids = [r.id for r in rows if review_row.may_tick(r) and st.session_state.get(review_row.tick(r))]
    if not ids:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="picked"):
        text = ngettext("{n} selected", "{n} selected", len(ids)).format(n=len(ids))
        html.show('<span class="f-soft">{text}</span>', text=text)
        for decision, label in (
            (Decision.accepted, _("Accept these")),
            (Decision.rejected, _("Reject these")),
        ):
            st.button(
                label,
                key=f"picked-{decision}",
                on_click=act,
                args=(decisions.decide, here.rag_id, cycle, ids, decision),
            )


def _names(here: Here, cycle: int, rows: Sequence[Row]) -> dict[str, str]:
    """Of the things that contradictions are about, by IRI; asked of the graph at once for all rows."""
    facts = [
        content
        for row in rows
        if row.kind is Kind.conflict
        for content in (*row.change.before, *row.change.after)
        if isinstance(content, Fact)
    ]
    if not facts:
        return {}
    with words.explained():
        views = graph.facts_in_words(here.parts, here.actor, here.rag_id, facts, staged=cycle)
        return {v.subject_iri: v.subject for v in views} | {v.object_iri: v.object for v in views}
    return {}


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


def _choices(here: Here, cycle: int, tab: str) -> dict[str, tuple[str, ...]]:
    """What the filters offer; asked once for each tab, for it reads every change of the cycle."""
    known = st.session_state.setdefault("choices", {})
    key = (here.rag_id, cycle, tab, here.rag.version)
    if key not in known:
        known.clear()
        known[key] = reviews.choices(here.parts, here.actor, here.rag_id, cycle, tab)
    return known[key]


def _filters(here: Here, cycle: int, tab: str) -> Filter:
    choices = _choices(here, cycle, tab)

    def pick(label: str, name: str, options: Sequence[str], named: dict[str, str] | None = None) -> str:
        return st.selectbox(
            label,
            ["", *options],
            format_func=lambda v: (named or {}).get(v, v) or _("all"),
            key=f"filter-{name}-{cycle}-{tab}",
        )

    with st.container(horizontal=True, vertical_alignment="bottom", key=f"filters-{tab}"):
        text = st.text_input(
            _("Search"),
            key=f"filter-text-{cycle}-{tab}",
            placeholder=_("Search in the changes"),
            icon=":material/search:",
            label_visibility="collapsed",
        )
        with st.popover(_("Filter"), icon=":material/filter_list:"):
            decision = pick(_("Decision"), "decision", list(Decision), {d: words.of(d) for d in Decision})
            verdict = pick(_("Sort of change"), "verdict", list(Verdict), {v: words.of(v) for v in Verdict})
            document = pick(_("Document"), "document", choices["document"])
            class_ = pick(_("Kind of thing"), "class", choices["class_"])
            property_ = pick(_("Relation"), "property", choices["property"])
    return Filter(
        tab=tab,
        document=document,
        class_=class_,
        property=property_,
        verdict=verdict,
        decision=decision,
        text=text.strip(),
    )


def _bulk(here: Here, cycle: int, where: Filter, total: int) -> None:
    """Decide all that match. Facts and things are offered at once only where that is safe unseen; kinds and
    relations, on which they rest, are few and can be taken as a whole."""
    safe = reviews.safe_in_bulk(here.parts, here.actor, here.rag_id, cycle, where)
    terms = where.tab == "ontology"
    many = ngettext("{n} change", "{n} changes", total).format(n=number(total))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        html.show('<span class="f-soft">{many}</span>', many=many)
        if terms or safe:
            label = _("Accept all that match") if terms else _("Accept all that fit ({n})")
            st.button(
                label.format(n=number(safe)),
                icon=":material/done_all:",
                help=None
                if terms
                else _(
                    "Everything that matches, has a quote, contradicts nothing and needs nothing undecided."
                ),
                on_click=act,
                args=(decisions.decide_matching, here.rag_id, cycle, where, Decision.accepted),
                kwargs={"everything": terms},
                key="accept-matching",
            )
        with st.popover(_("More")):
            for decision, label in (
                (Decision.rejected, _("Reject all that match")),
                (Decision.undecided, _("Take back all decisions that match")),
            ):
                st.button(
                    label,
                    key=f"matching-{decision}",
                    on_click=act,
                    args=(decisions.decide_matching, here.rag_id, cycle, where, decision),
                )
