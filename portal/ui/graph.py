"""Exploring: find a thing, see what is around it, read what is said of it and where."""

import streamlit as st

from kg.rdf import triple_key
from portal import graph, navigation
from portal.graph import Mark, Picture, Thing
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.session import Here
from portal.ui import drawing, edit_facts, edit_things, html, layout, origin, sentences, words

SHOWN = 60  # facts of one thing in the list


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


def explore(here: Here, staged: int | None) -> None:
    with words.explained():
        iri = _chosen(here, staged)
        if not iri:
            return
        thing = graph.thing(here.parts, here.actor, here.rag_id, iri, staged=staged)
        hops = st.segmented_control(
            _("How far around it"),
            [1, 2],
            default=1,
            required=True,
            format_func=lambda n: ngettext("{n} step", "{n} steps", n).format(n=n),
            key="hops",
        )
        picture = graph.neighbourhood(here.parts, here.actor, here.rag_id, iri, hops or 1, staged=staged)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            _draw(picture, staged)
        with right:
            _about(here, thing, staged)
        _list(picture, staged)


def _chosen(here: Here, staged: int | None) -> str:
    """The thing to look at: clicked, searched for, or one that much is said about."""
    clicked = st.session_state.pop("clicked", None)
    if clicked:
        st.query_params["thing"] = clicked
    text = st.text_input(
        _("Find a thing"),
        key="find",
        placeholder=_("Name of a person, organisation, place…"),
        icon=":material/search:",
    )
    if text:
        found = graph.find(here.parts, here.actor, here.rag_id, text.strip(), staged=staged)
        if not found:
            st.info(_("Nothing has a name like that."))
    else:
        found = graph.prominent(here.parts, here.actor, here.rag_id, staged=staged)
        found = found or graph.find(here.parts, here.actor, here.rag_id, "", staged=staged)
    asked = st.query_params.get("thing", "")
    if found:
        names = {f.iri: f.label for f in found}
        picked = st.pills(
            _("Found") if text else _("Begin with"),
            list(names),
            format_func=lambda i: names[i],
            default=asked if asked in names else None,
            key=f"pick-{text}-{asked}",
        )
        if picked and picked != asked:
            st.query_params["thing"] = picked
            return picked
    return asked or (found[0].iri if found and not text else "")


def _draw(picture: Picture, staged: int | None) -> None:
    clicked = drawing.draw(picture)
    if clicked and clicked != picture.centre:
        st.session_state["clicked"] = clicked
        st.rerun()
    if picture.left_out:
        text = ngettext(
            "{n} more connection is not drawn.", "{n} more connections are not drawn.", picture.left_out
        )
        st.caption(text.format(n=picture.left_out))
    shown = [*(drawing.marks() if staged else ()), *drawing.legend(picture)]
    html.show('<div class="f-meta">{legend}</div>', legend=html.join(shown))


def _about(here: Here, thing: Thing, staged: int | None) -> None:
    """What is said of it, each with where it is said."""
    st.subheader(html.plain(thing.entity.label), anchor=False)
    html.show(
        '<div class="f-meta">{kinds}</div><p class="f-wrap">{description}</p>',
        kinds=html.join(html.chip(c, "info", dot=False) for c in thing.classes),
        description=thing.entity.description,
    )
    if staged is None:
        with st.container(horizontal=True, gap="small"):
            edit_things.row(here, str(thing.entity.iri), thing.entity.label)
    if thing.entity.aliases:
        st.caption(_("Also called: {names}").format(names=html.plain(", ".join(thing.entity.aliases))))
    with st.container(height=520, border=False):
        for view in thing.facts[:SHOWN]:
            html.show(
                '<div class="f-sentence" style="font-size:1rem">{sentence}</div>{quote}',
                sentence=sentences.fact(view),
                quote=layout.quote(view.fact.evidence[0]) if view.fact.evidence else "",
            )
            if not staged and st.button(
                _("Where this comes from"),
                key=f"origin-{triple_key(*view.fact.triple)}",
                type="tertiary",
                icon=":material/history_edu:",
            ):
                origin.window(view)
            if not staged:
                edit_facts.button(here, view, "graph")
    if thing.total > SHOWN:
        st.caption(_("and {n} more").format(n=thing.total - SHOWN))


def _chip(mark: Mark) -> html.Markup | str:
    match mark:
        case Mark.added:
            return html.chip(_("would be added"), "good")
        case Mark.removed:
            return html.chip(_("would be removed"), "bad")
        case Mark.same:
            return ""


def _list(picture: Picture, staged: int | None) -> None:
    """What the picture shows, for keyboards and screen readers."""
    label = {n.iri: n.label for n in picture.nodes}
    with st.expander(_("The picture as a list"), icon=":material/list:", expanded=bool(staged)):
        rows = sorted((*picture.edges, *picture.values), key=lambda e: e.mark is Mark.same)
        cells = html.join(
            html.fill(
                "<tr><td>{a}</td><td>{b}</td><td>{c} {mark}</td></tr>",
                a=label[e.subject],
                b=e.label,
                c=label.get(e.object, e.object),
                mark=_chip(e.mark),
            )
            for e in rows
        )
        html.show(
            '<div class="f-scroll"><table class="f-table"><thead><tr><th>{a}</th><th>{b}</th>'
            "<th>{c}</th></tr></thead><tbody>{cells}</tbody></table></div>",
            a=_("Thing"),
            b=_("Relation"),
            c=_("Thing or value"),
            cells=cells,
        )
        others = {n.iri: n.label for n in picture.nodes if n.iri != picture.centre}
        go = st.selectbox(
            _("Go to"), list(others), index=None, format_func=lambda i: others[i], key=f"go-{picture.centre}"
        )
        if go:
            st.session_state["clicked"] = go
            st.rerun()
