"""Edits of things as changes."""

from dataclasses import replace

from rdflib import URIRef

from kg.contents import evidence_order
from kg.edits.model import Problem, RemovedThing, Renamed, Retyped, SignedEdit, Split
from kg.edits.needed import MOST
from kg.merge.frame import Frame, change
from kg.merge.reasons import Reason, said
from kg.merge.terms import class_id
from kg.merge.things import substituted
from kg.model import Change, Entity, Kind
from kg.names import name
from kg.ontology.class_index import THING


def signed(thing: Entity, by: SignedEdit) -> Entity:
    """The thing with who says it, and the quotes they give."""
    return replace(
        thing,
        statements=tuple(sorted({*thing.statements, by.statement})),
        evidence=tuple(sorted({*thing.evidence, *by.evidence}, key=evidence_order)),
    )


def language(label: str, otherwise: str = "en") -> str:
    """Of a name that a person typed, by its alphabet."""
    if name(label).script == "cyrillic":
        return "ru"
    return otherwise if otherwise != "ru" else "en"


def too_many(frame: Frame, iri: URIRef) -> bool:
    """More facts than one change takes along."""
    return len(frame.about.get(iri, ())) > MOST


def changes(frame: Frame, by: SignedEdit) -> list[Change] | Problem | None:
    """None if the edit is about no thing."""
    match by.edit:
        case Renamed(iri) | Retyped(iri) | RemovedThing(iri) | Split(iri) if iri not in frame.entities:
            return Problem.gone
        case Renamed():
            return _renamed(frame, by.edit, by)
        case Retyped():
            return _retyped(frame, by.edit, by)
        case RemovedThing(iri):
            return _removed(frame, frame.entities[iri])
        case Split():
            return _split(frame, by.edit, by)
    return None


def _renamed(frame: Frame, edit: Renamed, by: SignedEdit) -> list[Change] | Problem:
    known = frame.entities[edit.iri]
    aliases = tuple(sorted(set(edit.aliases) - {edit.label}))
    if (edit.label, aliases, edit.description) == (known.label, known.aliases, known.description):
        return Problem.same
    reasons = []
    if edit.label != known.label:
        reasons.append(said(Reason.was, known.label))
    reasons += [said(Reason.alias, a) for a in aliases if a not in known.aliases and a != known.label]
    lost = {known.label, *known.aliases} - {edit.label, *aliases}
    reasons += [said(Reason.not_called, a) for a in sorted(lost)]
    if edit.description != known.description:
        reasons.append(said(Reason.described))
    after = replace(known, label=edit.label, aliases=aliases, description=edit.description)
    if edit.label != known.label:
        after = replace(after, language=language(edit.label, known.language))
    return [
        change(
            frame,
            Kind.changed_value,
            (edit.label, "", ""),
            (edit.iri, "name", edit.label, *aliases, edit.description),
            before=(known,),
            after=(signed(after, by),),
            reasons=reasons,
            confidence=1.0,
        )
    ]


def _retyped(frame: Frame, edit: Retyped, by: SignedEdit) -> list[Change] | Problem:
    known = frame.entities[edit.iri]
    if set(edit.types) == set(known.types):
        return Problem.same
    return [
        change(
            frame,
            Kind.type_change,
            (known.label, "", _kinds(frame, edit.types)),
            (edit.iri, *edit.types),
            before=(known,),
            after=(signed(replace(known, types=edit.types), by),),
            needs=[i for t in edit.types if (i := class_id(frame, t))],
            turbulent=[said(Reason.new_class, frame.label(t)) for t in edit.types if class_id(frame, t)],
            reasons=[said(Reason.other_type, _kinds(frame, known.types))],
            confidence=1.0,
        )
    ]


def _removed(frame: Frame, known: Entity) -> list[Change] | Problem:
    about = frame.about.get(known.iri, ())
    if len(about) > MOST:
        return Problem.large
    return [
        change(
            frame,
            Kind.removed_entity,
            (known.label, "", _kinds(frame, known.types)),
            (known.iri,),
            before=(known, *about),
            reasons=[said(Reason.goes_along, len(about))] if about else [],
            confidence=1.0,
        )
    ]


def _split(frame: Frame, edit: Split, by: SignedEdit) -> list[Change] | Problem:
    """Facts that are not approved any more, or not about it, are left where they are."""
    known = frame.entities[edit.iri]
    if edit.thing.iri in frame.entities:
        return Problem.same
    moved = [f for t in edit.facts if (f := frame.facts.get(t)) and edit.iri in (f.subject, f.object)]
    if edit.facts and not moved:
        return Problem.gone
    after = [m for f in moved if (m := substituted(f, {edit.iri: edit.thing.iri}))]
    evidence = {*edit.thing.evidence, *(e for f in moved for e in f.evidence)}
    new = signed(replace(edit.thing, evidence=tuple(sorted(evidence, key=evidence_order))), by)
    theirs = {new.label.casefold(), *(a.casefold() for a in new.aliases)}
    left = replace(known, aliases=tuple(a for a in known.aliases if a.casefold() not in theirs))
    return [
        change(
            frame,
            Kind.new_entity,
            (new.label, "", _kinds(frame, new.types)),
            (new.iri,),
            before=(known, *moved),
            after=(new, left, *after),
            needs=[i for t in new.types if (i := class_id(frame, t))],
            turbulent=[said(Reason.new_class, frame.label(t)) for t in new.types if class_id(frame, t)],
            reasons=[said(Reason.split_from, known.label), said(Reason.goes_along, len(after))],
            confidence=1.0,
        )
    ]


def _kinds(frame: Frame, types: tuple[URIRef, ...]) -> str:
    return ", ".join(frame.label(t) for t in types if t != THING)
