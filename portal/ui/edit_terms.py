"""The windows in which kinds of things and relations are added, changed and removed."""

import streamlit as st
from rdflib import URIRef

from kg.model import Ontology, OntologyClass, Property
from kg.vocab import XSD
from portal import edit_terms, graph
from portal.access import Action
from portal.edit_terms import VALUES, Relation
from portal.i18n import N_, gettext
from portal.i18n import gettext as _
from portal.session import Here, enter
from portal.ui import edit_inputs, html, words

# what a relation that leads to no thing can hold
SORTS = {
    XSD.string: N_("text"),
    XSD.date: N_("a day"),
    XSD.gYear: N_("a year"),
    XSD.integer: N_("a whole number"),
    XSD.decimal: N_("a number"),
    XSD.boolean: N_("yes or no"),
    XSD.anyURI: N_("an address"),
}


def section(here: Here) -> None:
    """All kinds and relations, each to be changed or removed; and new ones."""
    known = graph.ontology(here.parts, here.actor, here.rag_id)
    with st.container(horizontal=True, gap="small"):
        if st.button(_("Add a kind of thing"), key="new-class", icon=":material/add:"):
            class_()
        if st.button(_("Add a relation"), key="new-relation", icon=":material/add:"):
            relation()
    both: tuple[OntologyClass | Property, ...] = (*known.classes, *known.properties)
    terms = {str(t.iri): _told(known, t) for t in both}
    iris = sorted(terms, key=lambda i: terms[i].casefold())
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        chosen = st.selectbox(
            _("A kind of thing or a relation"),
            iris,
            index=None,
            format_func=lambda i: terms[i],
            placeholder=_("Type to search"),
            key="term",
        )
        if st.button(_("Correct"), key="change-term", icon=":material/edit:", disabled=not chosen) and chosen:
            relation(chosen) if known.property_by_iri.get(URIRef(chosen)) else class_(chosen)
        if (
            st.button(_("Remove it"), key="remove-term", icon=":material/delete:", disabled=not chosen)
            and chosen
        ):
            remove(chosen)


def class_(iri: str = "") -> None:
    @st.dialog(_("Correct this kind of thing") if iri else _("Add a kind of thing"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            old = graph.ontology(here.parts, here.actor, here.rag_id).class_by_iri.get(URIRef(iri))
            label = st.text_input(_("Its name"), value=old.label if old else "", key=f"class-{iri}") or ""
            above = next((str(p) for p in old.parents), "") if old else ""
            parent = edit_inputs.kind(here, _("It is a kind of"), f"parent-{iri}", above, but=(iri,))
            because = edit_inputs.why(here, f"class-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"class-{iri}"):
                where = (here.parts, here.actor, here.rag_id)
                if old:
                    edit_terms.change_class(*where, iri, label, parent, because)
                else:
                    edit_terms.new_class(*where, label, parent, because)
                edit_inputs.kept()

    show()


def relation(iri: str = "") -> None:
    @st.dialog(_("Correct this relation") if iri else _("Add a relation"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            known = graph.ontology(here.parts, here.actor, here.rag_id)
            made = _relation(here, known.property_by_iri.get(URIRef(iri)), iri)
            because = edit_inputs.why(here, f"relation-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"relation-{iri}"):
                where = (here.parts, here.actor, here.rag_id)
                if iri:
                    edit_terms.change_relation(*where, iri, made, because)
                else:
                    edit_terms.new_relation(*where, made, because)
                edit_inputs.kept()

    show()


def _relation(here: Here, old: Property | None, key: str) -> Relation:
    label = st.text_input(_("Its name"), value=old.label if old else "", key=f"property-{key}") or ""
    values = old.kind == "datatype" if old else st.checkbox(_("It leads to a value, not to a thing"))
    domain = edit_inputs.kind(
        here, _("Said of"), f"domain-{key}", str(old.domain) if old and old.domain else ""
    )
    held = str(old.range) if old and old.range else ""
    if values:
        offered = {str(v): gettext(SORTS[v]) for v in VALUES}
        offered |= {held: held} if held and held not in offered else {}
        range_ = st.selectbox(
            _("Sort of value"),
            list(offered),
            index=list(offered).index(held) if held in offered else None,
            format_func=lambda i: offered[i],
            key=f"sort-{key}",
        )
    else:
        range_ = edit_inputs.kind(here, _("Leads to"), f"range-{key}", held)
    one = st.checkbox(_("There can be only one"), value=bool(old and old.functional), key=f"one-{key}")
    sort = "datatype" if values else "object"
    above = next((str(p) for p in old.parents), "") if old else ""
    parent = edit_inputs.relation(here, _("It is a sort of"), f"above-{key}", above, only=sort)
    inverse = None
    if not values:
        other_way = str(old.inverse) if old and old.inverse else ""
        inverse = edit_inputs.relation(
            here, _("The same the other way round"), f"inverse-{key}", other_way, only=sort
        )
    return Relation(
        label,
        bool(values),
        domain,
        range_ or "",
        bool(one),
        str(inverse.iri) if inverse else "",
        str(parent.iri) if parent else "",
    )


def remove(iri: str) -> None:
    @st.dialog(_("Remove it"))
    def show() -> None:
        with words.explained():
            here = enter(Action.edit)
            known = graph.ontology(here.parts, here.actor, here.rag_id)
            kind = known.class_by_iri.get(URIRef(iri))
            term = kind or known.property_by_iri.get(URIRef(iri))
            if term is None:
                return
            html.show('<div class="f-sentence"><b>{label}</b></div>', label=term.label)
            if kind:
                text = _("Things of this kind become (if nothing: what it is a kind of)")
                instead = edit_inputs.kind(here, text, f"instead-{iri}", but=(iri,))
            else:
                assert isinstance(term, Property)
                text = _("Its facts are said with (if nothing: they go)")
                found = edit_inputs.relation(here, text, f"instead-{iri}", only=term.kind)
                instead = str(found.iri) if found else ""
            because = edit_inputs.why(here, f"remove-{iri}")
            if edit_inputs.keep(_("Keep this correction"), f"remove-{iri}"):
                edit_terms.remove_term(here.parts, here.actor, here.rag_id, iri, because, instead)
                edit_inputs.kept()

    show()


def _told(known: Ontology, term: OntologyClass | Property) -> str:
    """ "Company (Organization)", "works at (Person → Company)"."""

    def name(iri: URIRef | None) -> str:
        found = known.class_by_iri.get(iri) if iri else None
        return found.label if found else "…"

    if isinstance(term, OntologyClass):
        return f"{term.label} ({', '.join(map(name, term.parents))})" if term.parents else term.label
    return f"{term.label} ({name(term.domain)} → {name(term.range) if term.kind == 'object' else '“…”'})"
