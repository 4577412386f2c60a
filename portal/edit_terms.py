"""Corrections of the ontology, as people choose them: kinds of things and relations."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rdflib import URIRef

from kg.edits import ChangedTerm, NewTerm, RemovedTerm
from kg.edits.things import language
from kg.model import Ontology, OntologyClass, Property
from kg.vocab import XSD
from portal import edits
from portal.access import Actor
from portal.edit_things import name
from portal.edits import Why
from portal.errors import Conflict, Invalid, NotFound
from portal.wiring import Parts

VALUES = (XSD.string, XSD.date, XSD.gYear, XSD.integer, XSD.decimal, XSD.boolean, XSD.anyURI)


@dataclass(frozen=True, slots=True)
class Relation:
    """How a relation is to be. IRIs: `domain` and `range` of classes, "" for anything; of a relation that
    holds values `range` is a datatype, "" for text of any sort."""

    label: str
    holds_values: bool = False
    domain: str = ""
    range: str = ""
    functional: bool = False
    inverse: str = ""
    parent: str = ""


def new_class(parts: Parts, actor: Actor, rag_id: int, label: str, parent: str, why: Why) -> str:
    """Returns the IRI that it would have. Conflict if there is one of this name."""
    edits.allowed(parts, actor, rag_id)
    known = edits.terms(parts, actor, rag_id)
    called = name(label)
    iri = _free(known, parts.dataset(rag_id).class_(called), called)
    above = (_class(known, parent),) if parent else ()
    edits.keep(
        parts, actor, rag_id, NewTerm(OntologyClass(iri, called, language(called), parents=above)), why
    )
    return str(iri)


def change_class(parts: Parts, actor: Actor, rag_id: int, iri: str, label: str, parent: str, why: Why) -> int:
    """The name and what it is a kind of; its old name stays as another word for it."""
    edits.allowed(parts, actor, rag_id)
    known = edits.terms(parts, actor, rag_id)
    old = known.class_by_iri.get(URIRef(iri))
    if old is None:
        raise NotFound("kind", iri[:80])
    above = _class(known, parent) if parent else None
    if above is not None and old.iri in known.ancestors(above):
        raise Invalid("parent", "edit-circle", name=old.label)
    kept = [p for p in old.parents if p == above]
    parents = tuple(kept) or ((above,) if above else ())
    called = name(label)
    new = replace(
        old,
        label=called,
        language=_language(old, called),
        parents=parents,
        synonyms=_synonyms(old, called),
    )
    return edits.keep(parts, actor, rag_id, ChangedTerm(new), why)


def new_relation(parts: Parts, actor: Actor, rag_id: int, relation: Relation, why: Why) -> str:
    """Returns the IRI that it would have. Conflict if there is one of this name."""
    edits.allowed(parts, actor, rag_id)
    known = edits.terms(parts, actor, rag_id)
    called = name(relation.label)
    iri = _free(known, parts.dataset(rag_id).property_(called), called)
    kind = "datatype" if relation.holds_values else "object"
    made = Property(iri, called, kind, language(called))  # type: ignore[arg-type]
    edits.keep(parts, actor, rag_id, NewTerm(_as(known, made, relation)), why)
    return str(iri)


def change_relation(parts: Parts, actor: Actor, rag_id: int, iri: str, relation: Relation, why: Why) -> int:
    """Its old name stays as another word for it; whether it holds values or things does not change."""
    edits.allowed(parts, actor, rag_id)
    known = edits.terms(parts, actor, rag_id)
    old = known.property_by_iri.get(URIRef(iri))
    if old is None:
        raise NotFound("relation", iri[:80])
    called = name(relation.label)
    named = replace(old, label=called, language=_language(old, called), synonyms=_synonyms(old, called))
    return edits.keep(parts, actor, rag_id, ChangedTerm(_as(known, named, relation)), why)


def remove_term(parts: Parts, actor: Actor, rag_id: int, iri: str, why: Why, instead: str = "") -> int:
    """A kind or a relation; what used it uses `instead`, an IRI of the same sort."""
    edits.allowed(parts, actor, rag_id)
    known = edits.terms(parts, actor, rag_id)
    there = known.class_by_iri if URIRef(iri) in known.class_by_iri else known.property_by_iri
    if instead and (instead == iri or URIRef(instead) not in there):
        raise NotFound("kind" if there is known.class_by_iri else "relation", instead[:80])
    removed = RemovedTerm(URIRef(iri), URIRef(instead) if instead else None)
    return edits.keep(parts, actor, rag_id, removed, why)


def _as(known: Ontology, made: Property, relation: Relation) -> Property:
    range_ = URIRef(relation.range) if relation.range else None
    if made.kind == "object":
        range_ = _class(known, relation.range) if relation.range else None
    elif range_ is not None and range_ not in VALUES and range_ != made.range:
        raise Invalid("range", "bad-value", text=relation.range[:40])
    return replace(
        made,
        domain=_class(known, relation.domain) if relation.domain else None,
        range=range_,
        functional=relation.functional,
        inverse=_relation(known, made, relation.inverse),
        parents=_parents(known, made, relation.parent),
    )


def _parents(known: Ontology, made: Property, parent: str) -> tuple[URIRef, ...]:
    above = _relation(known, made, parent)
    if above is None:
        return ()
    seen, todo = set(), [above]
    while todo:
        iri = todo.pop()
        if iri == made.iri:
            raise Invalid("parent", "edit-circle", name=made.label)
        if iri not in seen and iri in known.property_by_iri:
            seen.add(iri)
            todo += known.property_by_iri[iri].parents
    return (above,)


def _class(known: Ontology, iri: str) -> URIRef:
    if URIRef(iri) not in known.class_by_iri:
        raise NotFound("kind", iri[:80])
    return URIRef(iri)


def _relation(known: Ontology, made: Property, iri: str) -> URIRef | None:
    if not iri:
        return None
    found = made if URIRef(iri) == made.iri else known.property_by_iri.get(URIRef(iri))
    if found is None:
        raise NotFound("relation", iri[:80])
    if found.kind != made.kind or (made.kind != "object" and found is made):
        raise Invalid("inverse", "edit-other-sort", name=found.label)
    return found.iri


def _free(known: Ontology, iri: URIRef, label: str) -> URIRef:
    if iri in known.class_by_iri or iri in known.property_by_iri:
        raise Conflict("edit-there", name=label)
    return iri


def _language(old: OntologyClass | Property, label: str) -> str:
    return old.language if label == old.label else language(label, old.language)


def _synonyms(old: OntologyClass | Property, label: str) -> tuple[str, ...]:
    others: Sequence[str] = (*old.synonyms, *([old.label] if label != old.label else []))
    return tuple(sorted({o for o in others if o != label}))
