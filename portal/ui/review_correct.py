"""The window in which a change is put right and accepted so."""

import streamlit as st
from rdflib import Literal

from kg.model import Change, Entity, Fact, Kind, OntologyClass, Period, Property
from portal import corrections, graph, reviews
from portal.access import Action
from portal.corrections import Correction
from portal.i18n import gettext as _
from portal.review_rows import Row
from portal.session import Here, enter
from portal.ui import html, layout, sentences, words

TERMS = (Kind.new_class, Kind.new_property)
CORRECTED = (*TERMS, Kind.new_entity, Kind.type_change, Kind.merge_entities, Kind.new_fact)


def window(cycle: int, change_id: str) -> None:
    @st.dialog(_("Correct and accept"))
    def show() -> None:
        with words.explained():
            here = enter(Action.decide)
            row = reviews.row(here.parts, here.actor, here.rag_id, cycle, change_id)
            html.show(
                '<div class="f-sentence">{sentence}</div>{quote}',
                sentence=sentences.of(row.change),
                quote=layout.quote(row.evidence[0]) if row.evidence else "",
            )
            if row.kind in TERMS:
                _term(here, cycle, row)
            elif row.kind is Kind.new_fact:
                _done(here, cycle, row, _fact(here, cycle, row.change))
            else:
                _done(here, cycle, row, _thing(here, cycle, row))

    show()


def _done(here: Here, cycle: int, row: Row, how: Correction) -> None:
    if st.button(_("Accept it so"), type="primary", key=f"accept-corrected-{row.id}"):
        corrections.correct(here.parts, here.actor, here.rag_id, cycle, row.id, how)
        st.rerun()


def _term(here: Here, cycle: int, row: Row) -> None:
    """Another name for a new kind or relation; or one that is there in its place."""
    known = corrections.terms(here.parts, here.actor, here.rag_id, cycle)
    offered: dict[str, OntologyClass | Property] = {}
    for term in known.classes if row.kind is Kind.new_class else known.properties:
        if term.iri not in {c.iri for c in row.change.after if isinstance(c, OntologyClass | Property)}:
            offered[term.label] = term
    old = row.predicate if row.kind is Kind.new_property else row.subject
    label = st.text_input(_("Its name"), value=old, key=f"label-{row.id}")
    other = st.selectbox(
        _("Or use this one instead"),
        sorted(offered, key=str.casefold),
        index=None,
        placeholder=_("Keep the new one"),
        key=f"instead-{row.id}",
    )
    if st.button(_("Accept it so"), type="primary", key=f"accept-corrected-{row.id}"):
        if other:
            corrections.instead(here.parts, here.actor, here.rag_id, cycle, row.id, offered[other])
        else:
            corrections.correct(here.parts, here.actor, here.rag_id, cycle, row.id, Correction(label=label))
        st.rerun()


def _thing(here: Here, cycle: int, row: Row) -> Correction:
    """The name and the kind of a thing; of a merge, which of the two names stays."""
    thing = next((c for c in row.change.after if isinstance(c, Entity)), None)
    label = thing.label if thing else row.subject
    if row.change.merge:
        names = list(dict.fromkeys((label, row.change.merge.keep_label, row.change.merge.drop_label)))
        chosen = st.selectbox(_("Its name"), names, key=f"label-{row.id}", accept_new_options=True)
        return Correction(label=chosen)
    typed = st.text_input(_("Its name"), value=label, key=f"label-{row.id}")
    classes = {c.label: c for c in corrections.terms(here.parts, here.actor, here.rag_id, cycle).classes}
    names = sorted(classes, key=str.casefold)
    kind = st.selectbox(
        _("Kind of thing"),
        names,
        index=names.index(row.object) if row.object in names else None,
        key=f"kind-{row.id}",
    )
    return Correction(
        label=typed if typed != label else None,
        type_=classes[kind] if kind and kind != row.object else None,
    )


def _fact(here: Here, cycle: int, change: Change) -> Correction:
    known = {p.label: p for p in corrections.terms(here.parts, here.actor, here.rag_id, cycle).properties}
    names = sorted(known, key=str.casefold)
    at = names.index(change.predicate) if change.predicate in names else None
    relation = st.selectbox(_("Relation"), names, index=at, key=f"relation-{change.id}")
    fact = next((c for c in change.after if isinstance(c, Fact)), None)
    value, thing = None, None
    reverse = False
    if fact is not None and isinstance(fact.object, Literal):
        typed = st.text_input(_("Value"), value=str(fact.object), key=f"value-{change.id}")
        value = typed if typed.strip() != str(fact.object) else None
    else:
        thing = _another(here, cycle, change)
        reverse = st.checkbox(
            _("The other way round: {object} … {subject}").format(
                object=html.spoken(change.object), subject=html.spoken(change.subject)
            ),
            key=f"reverse-{change.id}",
        )
    held = next((p for p in fact.periods), Period()) if fact else Period()
    start = st.text_input(
        _("Holds since"), value=held.start, placeholder="2024-03-01", key=f"from-{change.id}"
    )
    end = st.text_input(_("Held until"), value=held.end, key=f"to-{change.id}")
    moved = (start.strip(), end.strip()) != (held.start, held.end)
    return Correction(
        relation=known[relation] if relation and relation != change.predicate else None,
        reverse=reverse,
        thing=thing,
        value=value,
        period=Period(start.strip(), end.strip()) if moved else None,
    )


def _another(here: Here, cycle: int, change: Change) -> graph.Found | None:
    """Another thing for the fact to lead to, found by its name."""
    name = st.text_input(_("Leads to"), value=change.object, key=f"object-{change.id}")
    if name.strip() == change.object:
        return None
    found = graph.find(here.parts, here.actor, here.rag_id, name.strip(), limit=10, staged=cycle)
    if not found:
        html.show('<div class="f-soft">{text}</div>', text=_("Nothing has this name."))
        return None
    return st.selectbox(_("Which one?"), found, format_func=lambda f: f.label, key=f"which-{change.id}")
