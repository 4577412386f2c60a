"""Edits of facts as changes."""

from collections.abc import Collection, Iterator
from dataclasses import replace

from rdflib import URIRef

from kg.contents import evidence_order
from kg.edits.model import ChangedFact, Problem, RemovedFact, SignedEdit, Triple
from kg.merge import facts as fact_changes
from kg.merge.cards import told_as
from kg.merge.facts import misfits, names, needed
from kg.merge.frame import Frame, change
from kg.merge.reasons import Reason, said
from kg.merge.things import gathered
from kg.model import Change, Fact, Kind
from kg.periods import united

SURE = 1.0  # a person who says it does not guess


def signed(fact: Fact, by: SignedEdit) -> Fact:
    """The fact with who says it, and the quotes they give."""
    return replace(
        fact,
        confidence=SURE,
        statements=tuple(sorted({*fact.statements, by.statement})),
        evidence=tuple(sorted({*fact.evidence, *by.evidence}, key=evidence_order)),
    )


def changes(frame: Frame, by: SignedEdit) -> list[Change] | Problem:
    match by.edit:
        case RemovedFact(triple):
            fact = frame.facts.get(triple)
            return [fact_changes.removed(frame, fact, [])] if fact else Problem.gone
        case ChangedFact():
            return _changed(frame, by.edit, by)
    return Problem.gone


def _changed(frame: Frame, edit: ChangedFact, by: SignedEdit) -> list[Change] | Problem:
    old = frame.facts.get(edit.old)
    if old is None:
        return Problem.gone
    kept = tuple(q for q in old.qualifiers if q[0] != "status") if edit.periods else old.qualifiers
    new = replace(
        old,
        subject=edit.fact[0],
        predicate=edit.fact[1],
        object=edit.fact[2],
        periods=united(edit.periods),
        qualifiers=kept,
        version=0 if edit.fact != old.triple else old.version,
        cycle=frame.cycle,
    )
    if (new.triple, new.periods) == (old.triple, old.periods):
        return Problem.same
    if new.triple != old.triple:  # the documents say the other
        new = replace(new, evidence=(), description="")
    before, met = [old], frame.facts.get(new.triple)
    if met is not None and new.triple != old.triple:
        before.append(met)
        new = gathered(met, new)
    new = signed(new, by)
    return [
        change(
            frame,
            Kind.changed_value,
            names(frame, new),
            (*old.triple, *new.triple, *new.periods),
            before=tuple(before),
            after=(new,),
            needs=needed(frame, new),
            turbulent=misfits(frame, new),
            reasons=[said(Reason.was, told_as(frame, old))],
        )
    ]


def told_again(frame: Frame, taken: Collection[Triple]) -> Iterator[Change]:
    """Approved facts that a person dates anew or brings a quote for."""
    yield from fact_changes.gains(frame, taken)


def ends(triple: Triple) -> set[URIRef]:
    """The things that it is about."""
    return {t for t in (triple[0], triple[2]) if isinstance(t, URIRef)}
