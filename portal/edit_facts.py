"""Corrections of facts, as people type them."""

from rdflib import Literal, URIRef

from kg.edits import ChangedFact, NewFact, RemovedFact
from kg.errors import BadInput
from kg.model import Fact, Period, Property, Term
from kg.ontology.dates import date as spelled_date
from kg.store.terms import canonical, iri
from kg.vocab import XSD
from portal import corrections, edits
from portal.access import Actor
from portal.edits import Why
from portal.errors import Invalid, NotFound
from portal.wiring import Parts

DATES = frozenset({XSD.date, XSD.gYear, XSD.gYearMonth})
PLAIN = (None, XSD.string)


def new_fact(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    subject: str,
    relation: str,
    object_: str,
    why: Why,
    since: str = "",
    until: str = "",
) -> int:
    """`object_` is the IRI of a thing, or of a relation that holds values a value as people type it."""
    edits.allowed(parts, actor, rag_id)
    property_ = _property(parts, actor, rag_id, relation)
    triple = (_iri(subject, "subject"), property_.iri, _object(property_, object_))
    return edits.keep(parts, actor, rag_id, NewFact(triple, period(since, until)), why)


def change_fact(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    fact: Fact,
    why: Why,
    relation: str = "",
    object_: str = "",
    periods: tuple[tuple[str, str], ...] | None = None,
) -> int:
    """What is "" or None stays as it is; `periods` as people type them, each (since, until)."""
    edits.allowed(parts, actor, rag_id)
    property_ = _property(parts, actor, rag_id, relation or fact.predicate)
    new: Term = _object(property_, object_) if object_ else fact.object
    if isinstance(new, Literal) is (property_.kind == "object"):
        raise Invalid("object", "edit-object-kind", relation=property_.label)
    held = fact.periods if periods is None else tuple(p for s, u in periods if (p := period(s, u)))
    changed = ChangedFact(fact.triple, (fact.subject, property_.iri, new), held)
    return edits.keep(parts, actor, rag_id, changed, why)


def remove_fact(parts: Parts, actor: Actor, rag_id: int, fact: Fact, why: Why) -> int:
    edits.allowed(parts, actor, rag_id)
    return edits.keep(parts, actor, rag_id, RemovedFact(fact.triple), why)


def period(since: str, until: str) -> Period | None:
    """Invalid if one of them is no date, or if it ends before it begins."""
    start, end = corrections.date(since), corrections.date(until)
    length = min(len(start), len(end))
    if start and end and end[:length] < start[:length]:
        raise Invalid("until", "edit-dates", since=start, until=end)
    return Period(start, end) if start or end else None


def value(property_: Property, text: str) -> Literal:
    """A value as people type it, of the sort that the relation holds. Invalid if it is none.

    >>> from rdflib import URIRef
    >>> founded = Property(URIRef("urn:p"), "founded", "datatype", range=XSD.gYear)
    >>> value(founded, "3.2010").n3()
    '"2010-03"^^<http://www.w3.org/2001/XMLSchema#gYearMonth>'
    """
    typed = " ".join(text.split())
    if not typed:
        raise Invalid("value", "edit-value")
    if property_.range in PLAIN:
        return Literal(typed)
    if property_.range in DATES:
        day = corrections.date(typed) if spelled_date(typed) is None else str(spelled_date(typed))
        kind = {4: XSD.gYear, 7: XSD.gYearMonth}.get(len(day), XSD.date)
        return Literal(day, datatype=kind, normalize=False)
    wanted = Literal(typed.replace(",", ".").replace(" ", ""), datatype=property_.range, normalize=False)
    kept = canonical(wanted)  # what is not of its datatype becomes plain text
    if not isinstance(kept, Literal) or kept.datatype is None or kept.datatype == XSD.string:
        raise Invalid("value", "bad-value", text=typed[:40])
    return kept


def _object(property_: Property, text: str) -> Term:
    return _iri(text, "object") if property_.kind == "object" else value(property_, text)


def _property(parts: Parts, actor: Actor, rag_id: int, iri: str) -> Property:
    found = edits.terms(parts, actor, rag_id).property_by_iri.get(URIRef(iri))
    if found is None:
        raise NotFound("relation", iri[:80])
    return found


def _iri(text: str, field: str) -> URIRef:
    if not text:
        raise Invalid(field, "edit-thing")
    try:
        iri(text)
    except BadInput:
        raise NotFound("thing", text[:80]) from None
    return URIRef(text)
