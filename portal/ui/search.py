"""The search form, and what was found: each passage leads to its place in its document."""

import streamlit as st

from kg.retrieve import FoundFact
from portal import document_list, navigation, search
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.search import Hit, Hits
from portal.session import Here
from portal.ui import edit_facts, html, layout, sentences, words

MEANING, WORDS = "meaning", "words"


def form(here: Here) -> None:
    with words.explained():
        text = st.text_input(
            _("Search for"),
            value=st.query_params.get("q", ""),
            key="search-text",
            placeholder=_("A question, a name, a few words…"),
            icon=":material/search:",
        ).strip()
        names = {MEANING: _("Meaning and words"), WORDS: _("Words only")}
        how = st.segmented_control(
            _("How"),
            list(names),
            format_func=lambda k: names[k],
            default=MEANING,
            required=True,
            key="search-how",
            label_visibility="collapsed",
        )
        chosen, version = _options(here)
        if text:
            st.query_params["q"] = text
            found = search.search(
                here.parts, here.actor, here.rag_id, text, how != WORDS, chosen or None, version
            )
            _show(here, found)


def _options(here: Here) -> tuple[frozenset[str], int]:
    """Only these documents (none chosen: all), and as of which version."""
    with st.expander(_("Narrow it down")):
        held = document_list.approved(here.parts, here.actor, here.rag_id)
        chosen = st.multiselect(
            _("Only these documents"),
            list(held),
            format_func=lambda key: held[key],
            placeholder=_("All documents"),
            key="search-documents",
        )
        version = st.selectbox(
            _("As of version"),
            range(here.rag.version, 0, -1),
            key="search-version",
        )
    return frozenset(chosen), version


def _show(here: Here, found: Hits) -> None:
    if found.empty:
        layout.empty(_("Nothing was found"), _("Try other words, or search by meaning, or in all documents."))
        return
    if found.things:
        st.subheader(_("Things"), anchor=False)
        with st.container(horizontal=True, gap="small"):
            for thing in found.things:
                label = html.plain(thing.label)
                navigation.link("graph", label, icon=":material/hub:", rag=here.rag_id, thing=thing.iri)
    if found.facts:
        st.subheader(_("Facts"), anchor=False)
        for fact in found.facts:
            _fact(here, fact)
    if found.passages:
        count = len(found.passages)
        st.subheader(ngettext("{n} passage", "{n} passages", count).format(n=count), anchor=False)
        for hit in found.passages:
            _passage(here, hit)


def _fact(here: Here, fact: FoundFact) -> None:
    with st.container(border=True, gap="xsmall"):
        over = html.chip(_("No longer"), "mute") if fact.over else ""
        when = ", ".join(filter(None, (sentences.when(p) for p in fact.periods)))
        html.show(
            '<div>{sentence} <span class="f-soft f-small">{when}</span> {over}</div>',
            sentence=fact.sentence,
            when=when,
            over=over,
        )
        for statement in () if fact.evidence else fact.statements[-1:]:
            html.show("{said}", said=layout.stated(statement))
        for evidence in fact.evidence[:1]:
            html.show("{quote}", quote=layout.quote(evidence))
            navigation.link(
                "document",
                _("Open the document here"),
                icon=":material/menu_book:",
                rag=here.rag_id,
                revision=evidence.document_id,
                start=evidence.start,
                end=evidence.end,
            )
        with words.explained():
            edit_facts.button_of(here, str(fact.iri))


def _passage(here: Here, hit: Hit) -> None:
    passage = hit.passage
    with st.container(border=True, gap="xsmall"):
        navigation.link(
            "document",
            f"**{html.plain(layout.place(passage.document, passage.page))}**",
            icon=":material/menu_book:",
            rag=here.rag_id,
            revision=passage.document_id,
            start=hit.start,
            end=hit.end,
        )
        if passage.heading:
            html.show('<div class="f-over">{heading}</div>', heading=" › ".join(passage.heading))
        html.show(
            '<div class="f-small">{before}{text}{after}</div>',
            before="… " if hit.start > passage.start else "",
            text=html.join(_marked(t) if wanted else t for t, wanted in hit.pieces),
            after=" …" if hit.end < passage.end else "",
        )


def _marked(text: str) -> html.Markup:
    return html.fill("<mark>{text}</mark>", text=text)
