"""Changes of the ontology: new classes and properties, and approved ones that have to be wider."""

from collections import Counter
from collections.abc import Iterator

from rapidfuzz import fuzz, process
from rdflib import URIRef

from kg.merge.frame import Frame, change, change_id
from kg.merge.reasons import Reason, said
from kg.model import Change, Kind, OntologyClass, Property
from kg.ontology.class_index import THING


def class_id(frame: Frame, iri: URIRef) -> str | None:
    """The id of the change that proposes this class, None if it is approved or owl:Thing."""
    if iri == THING or iri in frame.approved.ontology.class_by_iri:
        return None
    return change_id(Kind.new_class, iri) if iri in frame.induction.ontology.class_by_iri else None


def property_id(frame: Frame, iri: URIRef) -> str | None:
    """The id of the change that proposes or edits this property, None if it is approved as it is."""
    proposed = frame.induction.ontology.property_by_iri.get(iri)
    if proposed is None or proposed == frame.approved.ontology.property_by_iri.get(iri):
        return None
    known = frame.approved.ontology.property_by_iri.get(iri)
    return change_id(Kind.ontology_edit, *_edited(proposed)) if known else change_id(Kind.new_property, iri)


def ontology_changes(frame: Frame) -> Iterator[Change]:
    """Classes before what is below them, then properties before what is below them."""
    approved, proposed = frame.approved.ontology, frame.induction.ontology
    things = Counter(t for e in frame.induction.entities for t in e.types)
    for c in sorted(proposed.classes, key=lambda c: (len(frame.ontology.ancestors(c.iri)), c.iri)):
        if c.iri not in approved.class_by_iri:
            below = sum(n for t, n in things.items() if c.iri in frame.ontology.ancestors(t))
            yield _new_class(frame, c, below)
    facts = Counter(f.predicate for f in frame.induction.facts)
    for p in sorted(proposed.properties, key=lambda p: (len(p.parents), p.iri)):
        known = approved.property_by_iri.get(p.iri)
        if known is None:
            yield _new_property(frame, p, facts[p.iri])
        elif known != p:
            yield _edit(frame, known, p)


def _new_class(frame: Frame, c: OntologyClass, things: int) -> Change:
    needs = [i for parent in c.parents if (i := class_id(frame, parent))]
    labels = [frame.label(p) for p in c.parents]
    reasons = [
        said(Reason.unlocks, things),
        *_nearest(c.label, [k.label for k in frame.approved.ontology.classes]),
    ]
    return change(
        frame,
        Kind.new_class,
        (c.label, "", ", ".join(labels)),
        (c.iri,),
        after=(c,),
        needs=needs,
        reasons=reasons,
    )


def _new_property(frame: Frame, p: Property, facts: int) -> Change:
    classes = [c for c in (p.domain, p.range if p.kind == "object" else None) if c]
    needs = [i for c in classes if (i := class_id(frame, c))]
    needs += [i for parent in p.parents if (i := property_id(frame, parent))]
    others = [k.label for k in frame.approved.ontology.properties if k.kind == p.kind]
    return change(
        frame,
        Kind.new_property,
        (_end(frame, p.domain), p.label, _end(frame, p.range)),
        (p.iri,),
        after=(p,),
        needs=needs,
        reasons=[said(Reason.unlocks, facts), *_nearest(p.label, others)],
    )


def _edit(frame: Frame, known: Property, proposed: Property) -> Change:
    classes = [c for c in (proposed.domain, proposed.range if proposed.kind == "object" else None) if c]
    needs = [i for c in classes if (i := class_id(frame, c))]
    reasons = []
    if known.domain != proposed.domain:
        reasons.append(said(Reason.wider_domain, _wider(frame, known.domain, proposed.domain)))
    if known.range != proposed.range:
        reasons.append(said(Reason.wider_range, _wider(frame, known.range, proposed.range)))
    if set(proposed.synonyms) - set(known.synonyms):
        reasons.append(said(Reason.synonyms))
    return change(
        frame,
        Kind.ontology_edit,
        (_end(frame, proposed.domain), proposed.label, _end(frame, proposed.range)),
        _edited(proposed),
        before=(known,),
        after=(proposed,),
        needs=needs,
        reasons=reasons,
    )


def _wider(frame: Frame, old: URIRef | None, new: URIRef | None) -> str:
    return f"{_end(frame, old)} → {_end(frame, new)}"


def _edited(p: Property) -> tuple[object, ...]:
    """What tells one edit of a property from another."""
    return (p.iri, p.domain, p.range, p.synonyms)


def _end(frame: Frame, class_: URIRef | None) -> str:
    return frame.label(class_) if class_ else ""


def _nearest(label: str, others: list[str]) -> list[str]:
    """The approved terms most like this one, best first: what to use instead."""
    found = process.extract(label, sorted(set(others)), scorer=fuzz.WRatio, limit=2, score_cutoff=55)
    return [said(Reason.nearest, other) for other, _, _ in found]
