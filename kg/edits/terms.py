"""Edits of the ontology as changes: a class or property with all that uses it."""

from collections.abc import Iterable
from dataclasses import replace

from rdflib import URIRef

from kg.edits.model import ChangedTerm, NewTerm, Problem, RemovedTerm, SignedEdit
from kg.edits.needed import MOST
from kg.merge.frame import Frame, change
from kg.merge.reasons import Reason, said
from kg.merge.terms import class_id, property_id
from kg.merge.things import gathered
from kg.model import Change, Content, Entity, Fact, Kind, OntologyClass, Property
from kg.ontology.class_index import THING

Term = OntologyClass | Property


def changes(frame: Frame, by: SignedEdit) -> list[Change] | Problem | None:
    """None if the edit is about no term."""
    match by.edit:
        case NewTerm(term):
            return Problem.same if _known(frame, term.iri) else [_new(frame, term)]
        case ChangedTerm(term):
            known = _known(frame, term.iri)
            if known is None or type(known) is not type(term):
                return Problem.gone
            return Problem.same if known == term else [_changed(frame, known, term)]
        case RemovedTerm(iri, instead):
            known = _known(frame, iri)
            if known is None or (instead is not None and instead != THING and not _known(frame, instead)):
                return Problem.gone
            return _removed(frame, known, instead)
    return None


def _known(frame: Frame, iri: URIRef) -> Term | None:
    ontology = frame.approved.ontology
    return ontology.class_by_iri.get(iri) or ontology.property_by_iri.get(iri)


def _names(frame: Frame, term: Term) -> tuple[str, str, str]:
    if isinstance(term, OntologyClass):
        return term.label, "", _labels(frame, term.parents)
    return _label(frame, term.domain), term.label, _label(frame, term.range)


def _needs(frame: Frame, term: Term) -> list[str]:
    if isinstance(term, OntologyClass):
        return [i for parent in term.parents if (i := class_id(frame, parent))]
    classes = [c for c in (term.domain, term.range if term.kind == "object" else None) if c]
    needs = [i for c in classes if (i := class_id(frame, c))]
    others = [p for p in (*term.parents, term.inverse) if p and p != term.iri]
    return needs + [i for p in others if (i := property_id(frame, p)) and _known(frame, p) is None]


def _new(frame: Frame, term: Term) -> Change:
    kind = Kind.new_class if isinstance(term, OntologyClass) else Kind.new_property
    return change(
        frame,
        kind,
        _names(frame, term),
        (term.iri,),
        after=(term,),
        needs=_needs(frame, term),
        confidence=1.0,
    )


def _changed(frame: Frame, known: Term, term: Term) -> Change:
    identity = property_id(frame, term.iri) if isinstance(term, Property) else None
    made = change(
        frame,
        Kind.ontology_edit,
        _names(frame, term),
        (term.iri,),
        before=(known,),
        after=(term,),
        needs=_needs(frame, term),
        reasons=_reasons(frame, known, term),
        confidence=1.0,
    )
    return replace(made, id=identity or made.id)


def _reasons(frame: Frame, known: Term, term: Term) -> list[str]:
    found = []
    if known.label != term.label:
        found.append(said(Reason.was, known.label))
    if set(term.synonyms) - {known.label} - set(known.synonyms):
        found.append(said(Reason.synonyms, ", ".join(sorted(set(term.synonyms) - set(known.synonyms)))))
    if known.comment != term.comment:
        found.append(said(Reason.described))
    if known.parents != term.parents:
        found.append(
            said(Reason.parents, f"{_labels(frame, known.parents)} → {_labels(frame, term.parents)}")
        )
    if isinstance(known, Property) and isinstance(term, Property):
        for code, old, new in (
            (Reason.wider_domain, known.domain, term.domain),
            (Reason.wider_range, known.range, term.range),
            (Reason.inverse, known.inverse, term.inverse),
        ):
            if old != new:
                found.append(said(code, f"{_label(frame, old)} → {_label(frame, new)}"))
        if known.functional != term.functional:
            found.append(said(Reason.only_one if term.functional else Reason.many))
    return found


def _removed(frame: Frame, known: Term, instead: URIRef | None) -> list[Change] | Problem:
    before: list[Content] = [known]
    after: list[Content] = []
    if isinstance(known, OntologyClass):
        using: list[Entity] | list[Fact] = [e for e in frame.entities.values() if known.iri in e.types]
        upwards = (instead,) if instead else known.parents
        for old in using:
            assert isinstance(old, Entity)
            types = tuple(dict.fromkeys(t for t in _swapped(old.types, known.iri, upwards))) or (THING,)
            before.append(old)
            after.append(replace(old, types=types))
    else:
        using = [f for f in frame.approved.facts if f.predicate == known.iri]
        after += _facts_of(frame, using, instead, before)
    if len(using) > MOST:
        return Problem.large
    terms: tuple[Term, ...] = (*frame.approved.ontology.classes, *frame.approved.ontology.properties)
    for other in terms:
        moved = _without(other, known, instead)
        if other.iri != known.iri and moved != other:
            before.append(other)
            after.append(moved)
    reasons = [said(Reason.goes_along, len(using))] if using else []
    if instead and instead != THING:
        reasons.append(said(Reason.used_instead, frame.label(instead)))
    return [
        change(
            frame,
            Kind.ontology_edit,
            _names(frame, known),
            (known.iri, "removed", instead or ""),
            before=tuple(before),
            after=tuple(after),
            reasons=reasons,
            confidence=1.0,
        )
    ]


def _facts_of(
    frame: Frame, using: Iterable[Fact], instead: URIRef | None, before: list[Content]
) -> list[Content]:
    """The facts of a removed property on the other one, joined with what that says already."""
    after: list[Content] = []
    for fact in using:
        before.append(fact)
        if instead is None:
            continue
        moved = replace(fact, predicate=instead)
        met = frame.facts.get(moved.triple)
        if met:
            before.append(met)
        after.append(gathered(met, moved) if met else moved)
    return after


def _without(other: Term, gone: Term, instead: URIRef | None) -> Term:
    """The term with what it says of the removed one said of what stands for it."""
    upwards = (instead,) if instead else gone.parents
    parents = tuple(p for p in _swapped(other.parents, gone.iri, upwards) if p not in (THING, other.iri))
    if isinstance(other, OntologyClass):
        return replace(other, parents=tuple(dict.fromkeys(parents)))

    def end(term: URIRef | None) -> URIRef | None:
        found = next(iter(upwards), None) if term == gone.iri else term
        return None if found == THING else found

    inverse = None if other.inverse == gone.iri else other.inverse
    return replace(
        other,
        parents=tuple(dict.fromkeys(parents)),
        domain=end(other.domain),
        range=end(other.range),
        inverse=inverse,
    )


def _swapped(terms: Iterable[URIRef], gone: URIRef, for_: tuple[URIRef, ...]) -> list[URIRef]:
    return [new for term in terms for new in (for_ if term == gone else (term,))]


def _label(frame: Frame, term: URIRef | None) -> str:
    return frame.label(term) if term else ""


def _labels(frame: Frame, terms: Iterable[URIRef]) -> str:
    return ", ".join(frame.label(t) for t in terms)
