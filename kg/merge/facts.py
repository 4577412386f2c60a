"""Changes of facts: new ones and how they fit, approved ones that gain or lose a source."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from rdflib import Literal, URIRef

from kg.contents import evidence_order
from kg.merge.frame import Frame, change
from kg.merge.reasons import Reason, said
from kg.merge.terms import class_id, property_id
from kg.merge.things import entity_id, gathered
from kg.model import Change, Fact, Kind, Property, Term
from kg.ontology.class_index import THING
from kg.periods import is_open
from kg.vocab import XSD

Triple = tuple[URIRef, URIRef, Term]
_DATES = frozenset({XSD.date, XSD.gYear, XSD.gYearMonth, XSD.dateTime})


def new_facts(frame: Frame, taken: Collection[Triple]) -> Iterator[Change]:
    """Facts that nothing approved says; those of a conflict card (`taken`) stand there."""
    denied = {f.triple for f in frame.induction.denied}
    for fact in frame.induction.facts:
        if fact.triple in taken or approved_form(frame, fact) is not None:
            continue
        why = list(misfits(frame, fact))
        if fact.triple in denied:
            why.append(said(Reason.denied))
        yield change(
            frame,
            Kind.new_fact,
            names(frame, fact),
            fact.triple,
            after=(replace(fact, cycle=frame.cycle),),
            needs=needed(frame, fact),
            turbulent=why,
        )


def approved_form(frame: Frame, fact: Fact) -> Fact | None:
    """The approved fact that says the same, in the other direction too where the relation is symmetric."""
    found = frame.facts.get(fact.triple)
    if found is None and isinstance(fact.object, URIRef):
        standard = frame.standard(fact.predicate)
        if standard and standard.symmetric:
            found = frame.facts.get((fact.object, fact.predicate, fact.subject))
    return found


def gains(frame: Frame, taken: Collection[Triple]) -> Iterator[Change]:
    """Approved facts that another document supports, dates or tells more of."""
    for fact in frame.induction.facts:
        known = approved_form(frame, fact)
        if known is None or known.triple in taken or fact.triple in taken:
            continue
        left = without(known, frame.withdrawn)
        new = replace(fact, subject=known.subject, object=known.object)
        if not is_open(new.periods, new.qualifiers) or not new.qualifiers:
            new = replace(new, qualifiers=tuple(q for q in new.qualifiers if q[0] != "status"))
        after = replace(gathered(left, new), weight=known.weight)
        if after.confidence < known.confidence + 0.05:
            after = replace(after, confidence=known.confidence)
        reasons = []
        if set(new.evidence) - set(left.evidence):
            reasons.append(said(Reason.source))
        if set(after.periods) != set(known.periods):
            reasons.append(said(Reason.period))
        if after.description != known.description:
            reasons.append(said(Reason.description))
        reasons += _withdrawals(frame, known)
        if reasons:
            yield value_change(frame, known, after, reasons)


def value_change(frame: Frame, before: Fact, after: Fact, reasons: list[str]) -> Change:
    documents = sorted({e.document_id for e in before.evidence} ^ {e.document_id for e in after.evidence})
    return change(
        frame,
        Kind.changed_value,
        names(frame, after),
        (*before.triple, *after.triple, *documents, *after.periods),
        before=(before,),
        after=(after,),
        needs=needed(frame, after),
        reasons=reasons,
        key=(*documents, *after.periods),
    )


def without(fact: Fact, withdrawn: Collection[str]) -> Fact:
    if not withdrawn:
        return fact
    return replace(fact, evidence=tuple(e for e in fact.evidence if e.document_id not in withdrawn))


def losses(frame: Frame, taken: Collection[Triple]) -> Iterator[Change]:
    """Approved facts whose documents are withdrawn: gone with the last, poorer by one otherwise."""
    said_again = {f.triple for x in frame.induction.facts if (f := approved_form(frame, x))}
    for triple in sorted(frame.facts, key=str):
        fact = frame.facts[triple]
        reasons = _withdrawals(frame, fact)
        if not reasons or triple in said_again or triple in taken:
            continue
        left = without(fact, frame.withdrawn)
        if left.evidence or left.statements:
            yield value_change(frame, fact, left, reasons)
        else:
            yield removed(frame, fact, reasons)


def removed(frame: Frame, fact: Fact, reasons: list[str]) -> Change:
    return change(frame, Kind.removed_fact, names(frame, fact), fact.triple, before=(fact,), reasons=reasons)


def _withdrawals(frame: Frame, fact: Fact) -> list[str]:
    gone = {e.document or e.document_id for e in fact.evidence if e.document_id in frame.withdrawn}
    return [said(Reason.source_withdrawn, d) for d in sorted(gone)]


def names(frame: Frame, fact: Fact) -> tuple[str, str, str]:
    return frame.label(fact.subject), frame.label(fact.predicate), frame.label(fact.object)


def needed(frame: Frame, fact: Fact) -> list[str]:
    """The changes that this fact hangs on: its property, its things, their types where they matter."""
    found = [property_id(frame, fact.predicate), entity_id(frame, fact.subject)]
    if isinstance(fact.object, URIRef):
        found.append(entity_id(frame, fact.object))
    for term in (fact.subject, fact.object):
        if isinstance(term, URIRef) and term in frame.retyped:
            found.append(frame.retyped[term])
    return [i for i in found if i]


def misfits(frame: Frame, fact: Fact) -> Iterator[str]:
    """Why the fact does not fit the approved ontology as it stands, under RDFS reasoning."""
    if not (fact.evidence or fact.statements):
        yield said(Reason.no_evidence)
    approved = frame.approved.ontology.property_by_iri.get(fact.predicate)
    if approved is None:
        yield said(Reason.new_property, frame.label(fact.predicate))
        return
    yield from _outside(frame, fact.subject, approved.domain, Reason.outside_domain)
    if isinstance(fact.object, URIRef):
        yield from _outside(
            frame, fact.object, approved.range if approved.kind == "object" else None, Reason.outside_range
        )
    elif not fits_datatype(approved, fact.object):
        yield said(Reason.wrong_datatype, str(fact.object.datatype or XSD.string).rsplit("#", 1)[-1])


def _outside(frame: Frame, iri: URIRef, class_: URIRef | None, code: Reason) -> Iterator[str]:
    new = frame.proposed.get(iri)
    if new and iri not in frame.entities:
        for type_ in new.types:
            if class_id(frame, type_):
                yield said(Reason.new_class, frame.label(type_))
    if class_ is None or class_ in frame.types(iri) or class_ == THING:
        return
    yield said(code, frame.label(class_)) if frame.types(iri) else said(Reason.untyped, frame.label(iri))


def fits_datatype(property_: Property, value: Literal) -> bool:
    """Dates of any precision are dates where the range is open or one of them is a part of the other."""
    if property_.kind != "datatype":
        return False
    if property_.range is None:
        return True
    datatype = value.datatype or (XSD.string if not value.language else None)
    return datatype == property_.range or (value.language is not None and property_.range == XSD.string)


__all__ = [
    "Triple",
    "approved_form",
    "evidence_order",
    "gains",
    "losses",
    "misfits",
    "needed",
    "new_facts",
    "removed",
]
