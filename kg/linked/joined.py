"""Linked data beside what the cycle read in texts and what is approved.

A term that is approved under its own IRI stays as it is, but for what it gains; one whose name an approved
term has is that one. Things are one by their IRI: of one name only, people are asked.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rdflib import URIRef

from kg.approved import ApprovedGraph
from kg.changes.plan import renamed
from kg.linked.model import Linked
from kg.linked.things import SAME_AS
from kg.model import Entity, Fact, Merge, Ontology, OntologyClass, Property, ResolvedEntity
from kg.ontology import Induction
from kg.ontology.class_index import THING
from kg.ontology.induction import one
from kg.ontology.phrase import phrase

Term = OntologyClass | Property

SCORE = 0.9  # of two things of one name
MOST_MERGES = 1000


def into(induction: Induction, linked: Iterable[Linked], approved: Ontology) -> Induction:
    """The induction with all that the files say."""
    found = list(linked)
    terms: list[Term] = [c for x in found for c in x.ontology.classes]
    terms += [p for x in found for p in x.ontology.properties]
    named = _named(terms, approved, induction.ontology)
    classes = {c.iri: c for c in induction.ontology.classes}
    properties = {p.iri: p for p in induction.ontology.properties}
    for term in terms:
        moved = renamed(term, named)
        if isinstance(moved, OntologyClass):
            if moved.iri not in approved.class_by_iri and moved.iri not in named:
                classes.setdefault(moved.iri, moved)
        elif isinstance(moved, Property):
            moved = replace(moved, iri=named.get(moved.iri, moved.iri))
            known = approved.property_by_iri.get(moved.iri) or properties.get(moved.iri)
            grown = _grown(known, moved) if known else moved
            if grown != approved.property_by_iri.get(moved.iri):
                properties[moved.iri] = grown
    entities = {e.iri: e for e in induction.entities}
    for e in (e for x in found for e in x.entities):
        moved_entity = renamed(e, named)
        assert isinstance(moved_entity, Entity)
        entities.setdefault(e.iri, moved_entity)
    facts: dict[object, list[Fact]] = {}
    told = (renamed(f, named) for x in found for f in x.facts)
    for f in (*induction.facts, *(f for f in told if isinstance(f, Fact))):
        facts.setdefault(f.triple, []).append(f)
    typed = {e.iri for x in found for e in x.entities if e.types != (THING,)}
    return replace(
        induction,
        ontology=Ontology(tuple(classes.values()), tuple(properties.values())),
        entities=tuple(entities.values()),
        facts=tuple(some[0] if len(some) == 1 else one(some) for some in facts.values()),
        firm=induction.firm | typed,
    )


def known_as(linked: Linked, graph: ApprovedGraph) -> Linked:
    """With the things that are approved under another IRI by that one: "same as" says which these are."""
    told = {f.object: f.subject for f in linked.facts if f.predicate == SAME_AS}
    if linked.own or not told:
        return linked
    names = {told[o]: s for s, o in graph.having(SAME_AS, told) if told[o] != s}
    if not names:
        return linked
    entities = (renamed(e, names) for e in linked.entities)
    facts = (renamed(f, names) for f in linked.facts)
    return replace(
        linked,
        entities=tuple(e for e in entities if isinstance(e, Entity)),
        facts=tuple(f for f in facts if isinstance(f, Fact)),
    )


def _named(terms: Sequence[Term], approved: Ontology, induced: Ontology) -> dict[URIRef, URIRef]:
    """The terms that another name stands for: approved first, then what the texts of the cycle brought."""
    by_name: dict[tuple[str, tuple[str, ...]], URIRef] = {}
    for known in (approved, induced):
        said: tuple[Term, ...] = (*known.classes, *known.properties)
        for term in said:
            by_name.setdefault(_name(term), term.iri)
    mine = {t.iri for t in terms}
    found = {}
    for term in terms:
        other = by_name.get(_name(term))
        there = term.iri in approved.class_by_iri or term.iri in approved.property_by_iri
        if other and not there and other not in mine:
            found[term.iri] = other
    return found


def _name(term: Term) -> tuple[str, tuple[str, ...]]:
    kind = term.kind if isinstance(term, Property) else "class"
    read = phrase(term.label)
    return kind, (*read.stems, "by" if read.passive else "") if read.stems else (term.label.casefold(),)


def _grown(known: Property, new: Property) -> Property:
    """An approved property with what a file says besides: other words for it, what it leads to."""
    synonyms = {*known.synonyms, *new.synonyms} - {known.label}
    return replace(
        known,
        comment=known.comment or new.comment,
        synonyms=tuple(sorted(synonyms)),
        functional=known.functional or new.functional,
        inverse=known.inverse or new.inverse,
    )


def namesakes(linked: Iterable[Linked], others: Iterable[Entity | ResolvedEntity]) -> tuple[Merge, ...]:
    """Things of a file and others, approved or read in texts, that have one name: people say whether they
    are one."""
    by_name: dict[str, list[URIRef]] = {}
    labels: dict[URIRef, str] = {}
    for o in others:
        labels[o.iri] = o.label
        by_name.setdefault(_plain(o.label), []).append(o.iri)
    found = []
    for e in (e for x in linked if not x.own for e in x.entities):
        for other in by_name.get(_plain(e.label), ())[:3]:
            if other != e.iri:
                found.append(Merge(other, e.iri, labels[other], e.label, SCORE, ("same-name",)))
    return tuple(found[:MOST_MERGES])


def _plain(label: str) -> str:
    return " ".join(label.casefold().split())
