"""Exploring: find a thing, see what is around it, read what is said of it and where."""

import streamlit as st

from portal import document_list, graph, navigation
from portal.explore import picture as pictures
from portal.explore.drawn import Drawn, Wanted
from portal.explore.picture import CAPS
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here, asked_number
from portal.ui import explore_list, explore_side, explore_state, html, picture, words
from portal.ui.explore_finder import finder
from portal.ui.explore_state import Touched
from portal.ui.times import number


def whose(here: Here, staged: int | None) -> None:
    """Which state of knowledge this is."""
    if staged:
        with st.container(horizontal=True, vertical_alignment="center"):
            html.show(
                "{chip}",
                chip=html.chip(_("The proposed version of cycle {n}").format(n=staged), "warn"),
            )
            navigation.link("graph", _("Show what is approved"), rag=here.rag_id)
    elif here.rag.version:
        html.show("{chip}", chip=html.chip(_("Version {n}").format(n=here.rag.version), "good"))


def explore(here: Here) -> None:
    with words.explained():
        staged = asked_number("staged") if "staged" in st.query_params else None
        iri = _chosen(here, staged)
        if not iri:
            return
        of = f"{here.rag_id} {iri} {staged}"
        now = explore_state.touched(of)
        wanted, layout = _wanted(here, iri, staged, now)
        with words.explained():
            drawn = pictures.picture(here.parts, here.actor, here.rag_id, wanted)
            left, right = st.columns([3, 2], gap="medium")
            with left:
                _draw(drawn, wanted, layout, now)
            with right:
                explore_side.panel(here, drawn, wanted, now)
            explore_list.tables(here, drawn, staged)


def _chosen(here: Here, staged: int | None) -> str:
    """The thing to look at: clicked, searched for, or one that much is said about."""
    clicked = st.session_state.pop("clicked", None)
    if clicked:
        st.query_params["thing"] = clicked
    asked = st.query_params.get("thing", "")
    found = finder(here, _("Find a thing"), "find", asked, staged)
    if found and found != asked and asked:
        st.query_params["thing"] = found
    return found


def _wanted(here: Here, iri: str, staged: int | None, now: Touched) -> tuple[Wanted, str]:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        hops = st.segmented_control(
            _("How far around it"),
            [1, 2, 3],
            default=1,
            required=True,
            format_func=lambda n: ngettext("{n} step", "{n} steps", n).format(n=n),
            key="hops",
        )
        at = CAPS.index(_asked_cap())
        cap = st.selectbox(_("At most"), CAPS, index=at, key="cap", width=120, format_func=number)
        names = picture.layout_names()
        chosen = st.selectbox(
            _("Layout"),
            ["", *names],
            format_func=lambda k: names.get(k) or _("By itself"),
            key="layout",
            width=190,
        )
    classes, properties, held, version = _filters(here, staged)
    wanted = Wanted(
        iri,
        hops or 1,
        cap,
        now.expanded,
        tuple(sorted(now.pinned)),
        now.hidden,
        classes,
        properties,
        held,
        version,
        staged,
    )
    return wanted, chosen or ("force" if cap <= picture.FORCED else "rings")


def _asked_cap() -> int:
    """By the address, as in a link that somebody sent."""
    asked = st.query_params.get("cap", "")
    return next((n for n in CAPS if str(n) == asked), CAPS[1])


def _filters(
    here: Here, staged: int | None
) -> tuple[frozenset[str], frozenset[str], frozenset[str], int | None]:
    """Kinds, relations, documents (none: all), and the version to look at."""
    with st.expander(_("Only some of it"), icon=":material/filter_alt:"):
        known = graph.ontology(here.parts, here.actor, here.rag_id, staged)
        kinds = {str(c.iri): c.label for c in known.classes}
        relations = {str(p.iri): p.label for p in known.properties if p.kind == "object"}
        classes = _some(_("Kinds"), kinds, "only-kinds", _("All kinds"))
        properties = _some(_("Relations"), relations, "only-relations", _("All relations"))
        held = document_list.approved(here.parts, here.actor, here.rag_id)
        if staged is not None:
            listed = document_list.everything(here.parts, here.actor, here.rag_id)
            held |= {d.revision: d.name for d in listed if d.cycle == staged and not d.error}
        chosen = _some(_("Only these documents"), held, "only-documents", _("All documents"))
        if staged is not None:
            return classes, properties, chosen, None
        version = st.selectbox(_("As of version"), range(here.rag.version, 0, -1), key="only-version")
    return classes, properties, chosen, None if version == here.rag.version else version


def _some(label: str, names: dict[str, str], key: str, all_: str) -> frozenset[str]:
    return frozenset(
        st.multiselect(label, list(names), format_func=lambda k: names[k], placeholder=all_, key=key)
    )


def _draw(drawn: Drawn, wanted: Wanted, layout: str, now: Touched) -> None:
    summary = shown(drawn)
    st.caption(summary)
    described = _("{what} The list below says the same.").format(what=summary)
    picked = picture.draw(drawn, layout, described, key="picture", pinned=now.pinned, picked=now.picked)
    if picked is not None:
        if picked.expand:
            explore_state.expand(now, picked.thing)
        else:
            explore_state.pick(now, picked.link.key if picked.link else picked.thing)
        st.rerun()
    picture.legend(drawn, staged=wanted.staged is not None)


def shown(drawn: Drawn) -> str:
    """How much of it is drawn, and what was left out."""
    things, facts = len(drawn.nodes), len(drawn.links)
    if things < drawn.total:
        text = _("Showing {shown} of {total} things, those with most facts first; {facts}.")
    else:
        text = _("Showing all {total} things; {facts}.")
    if facts < drawn.all_links:
        told = _("{shown} of {total} facts").format(shown=number(facts), total=number(drawn.all_links))
    else:
        told = ngettext("{n} fact", "{n} facts", facts).format(n=number(facts))
    return text.format(shown=number(things), total=number(drawn.total), facts=told)
