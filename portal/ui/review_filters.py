"""Which changes of a cycle are shown, and deciding many of them at once."""

from collections.abc import Sequence

import streamlit as st

from kg.model import Decision, Verdict
from portal import decisions, reviews
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.review_rows import Filter, Row
from portal.reviews import Summary
from portal.session import Here, act
from portal.ui import html, review_row, words
from portal.ui.times import number


def filters(here: Here, summary: Summary, tab: str) -> Filter:
    """What the reader wants to see of a tab."""
    cycle = summary.cycle
    choices = _choices(here, cycle, tab)

    def pick(label: str, name: str, options: Sequence[str], named: dict[str, str] | None = None) -> str:
        return st.selectbox(
            label,
            ["", *options],
            format_func=lambda v: (named or {}).get(v, v) or _("all"),
            key=f"filter-{name}-{cycle}-{tab}",
        )

    with st.container(horizontal=True, vertical_alignment="bottom", key="filters"):
        text = st.text_input(
            _("Search"),
            key=f"filter-text-{cycle}",  # of all tabs: what is looked for stays when the tab changes
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
        again = bool(summary.again) and st.checkbox(
            _("Only what needs another look ({n})").format(n=number(summary.again)), key=f"again-{cycle}"
        )
    return Filter(
        tab=tab,
        document=document,
        class_=class_,
        property=property_,
        verdict=verdict,
        decision=decision,
        text=text.strip(),
        again=again,
    )


def _choices(here: Here, cycle: int, tab: str) -> dict[str, tuple[str, ...]]:
    """What the filters offer; asked once for each tab, for it reads every change of the cycle."""
    of = (here.rag_id, cycle, here.rag.version)
    kept, tabs = st.session_state.get("choices", (None, {}))
    if kept != of:
        tabs = {}
        st.session_state["choices"] = (of, tabs)
    if tab not in tabs:
        tabs[tab] = reviews.choices(here.parts, here.actor, here.rag_id, cycle, tab)
    return tabs[tab]


def bulk(here: Here, cycle: int, where: Filter, total: int) -> None:
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


def picked(here: Here, cycle: int, rows: Sequence[Row]) -> None:
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
