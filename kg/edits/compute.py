"""Edits against what is approved: the change set of a correction cycle.

What adds goes the way of what documents say (the same conflicts are found); what changes or takes away
names its change itself. Deterministic: the same edits against the same graph have the same ids.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.approved import Approved
from kg.edits import facts, terms, things
from kg.edits.model import (
    ChangedFact,
    ChangedTerm,
    Merged,
    NewFact,
    NewTerm,
    NewThing,
    Problem,
    RemovedFact,
    SignedEdit,
    Split,
    Triple,
)
from kg.merge import conflicts
from kg.merge import facts as fact_changes
from kg.merge import things as thing_changes
from kg.merge.frame import Frame
from kg.model import (
    Change,
    ChangeSet,
    Entity,
    Fact,
    Kind,
    Merge,
    Ontology,
    OntologyClass,
    Property,
    Verdict,
)
from kg.ontology import Induction
from kg.validate import validate
from kg.vocab import Dataset, digest


@dataclass(frozen=True)
class Corrected:
    """`of` are the ids of the changes of each edit, `problems` why an edit makes none; by the edit's id."""

    change_set: ChangeSet
    of: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    problems: Mapping[int, Problem] = field(default_factory=dict)


def corrected(
    dataset: Dataset, edits: Sequence[SignedEdit], approved: Approved, base_version: int, cycle: int = 0
) -> Corrected:
    """Every edit as changes; one that has nothing to change any more has a problem instead."""
    frame = Frame(dataset, _said(edits, approved), approved, cycle)
    made: list[tuple[SignedEdit, Change]] = []
    problems: dict[int, Problem] = {}
    added = _added(frame, edits)
    for signed in edits:
        if isinstance(signed.edit, NewThing | NewFact | Merged):
            found = added.get(signed.id, [])
            large = isinstance(signed.edit, Merged) and things.too_many(frame, signed.edit.drop)
            outcome: list[Change] | Problem = Problem.large if large else found or _no_change(frame, signed)
        else:
            outcome = _own(frame, signed)
        if isinstance(outcome, Problem):
            problems[signed.id] = outcome
        else:
            made += [(signed, change) for change in outcome]
    kept: dict[str, Change] = {}
    of: dict[int, tuple[str, ...]] = {}
    for signed, change in made:
        kept.setdefault(change.id, _signed(signed, change))
        of[signed.id] = (*of.get(signed.id, ()), change.id)
    ordered = sorted(kept.values(), key=lambda c: _ORDER.index(c.kind))
    return Corrected(validate(dataset, ChangeSet(base_version, tuple(ordered)), approved), of, problems)


# what others can depend on comes first
_ORDER = [
    Kind.new_class, Kind.new_property, Kind.ontology_edit, Kind.new_entity, Kind.merge_entities,
    Kind.type_change, Kind.changed_value, Kind.removed_fact, Kind.new_fact, Kind.conflict,
    Kind.removed_entity,
]  # fmt: skip


def _said(edits: Iterable[SignedEdit], approved: Approved) -> Induction:
    """What the edits add, as if it had been read."""
    classes: list[OntologyClass] = []
    properties: list[Property] = []
    entities: dict[object, Entity] = {}
    new: dict[object, Fact] = {}
    there = {e.iri for e in approved.entities}
    for signed in edits:
        match signed.edit:
            case NewTerm(term) | ChangedTerm(term):
                if isinstance(term, OntologyClass):
                    classes.append(term)
                else:
                    properties.append(term)
            case NewThing(thing) | Split(thing=thing) if thing.iri not in there:
                entities[thing.iri] = things.signed(thing, signed)
            case NewFact(triple, period):
                said = facts.signed(Fact(*triple), signed)
                held = (period,) if period and (period.start or period.end) else ()
                fact = replace(said, periods=held)
                known = new.get(fact.triple)
                new[fact.triple] = thing_changes.gathered(known, fact) if known else fact
    ontology = Ontology(tuple(classes), tuple(properties))
    things_ = there | {e.iri for e in entities.values()}
    relations = {p.iri for p in (*approved.ontology.properties, *properties)}
    said_ = tuple(f for f in new.values() if facts.ends(f.triple) <= things_ and f.predicate in relations)
    return Induction(ontology, tuple(entities.values()), said_)


def _added(frame: Frame, edits: Sequence[SignedEdit]) -> dict[int, list[Change]]:
    """Changes of new things, new facts and merges, with the contradictions they meet; by edit."""
    asked = {s.id: s.edit for s in edits}
    merges = [m for s in edits if isinstance(s.edit, Merged) and (m := _merge(frame, s.edit))]
    cards, untied = _cards(frame, edits)
    taken = frozenset(f.triple for c in cards for f in (*c.before, *c.after) if isinstance(f, Fact))
    changes = [
        *thing_changes.new_things(frame),
        *thing_changes.merges(frame, merges),
        *(_needing(c, untied) for c in fact_changes.new_facts(frame, taken)),
        *facts.told_again(frame, taken),
        *cards,
    ]
    found: dict[int, list[Change]] = {}
    for change in changes:
        for id_, edit in asked.items():
            if _makes(edit, change):
                found.setdefault(id_, []).append(change)
    return found


def _cards(frame: Frame, edits: Sequence[SignedEdit]) -> tuple[list[Change], dict[Triple, list[str]]]:
    """What contradicts what is approved as the other edits leave it: who ends a role and adds the next one
    contradicts nothing. With the new facts that this is true of, and the changes that make it so."""
    other: dict[Triple, Fact | None] = {}
    ids: dict[Triple, list[str]] = {}
    for signed in edits:
        if isinstance(signed.edit, ChangedFact | RemovedFact):
            found = facts.changes(frame, signed)
            for change in () if isinstance(found, Problem) else found:
                old = change.before[0]
                assert isinstance(old, Fact)
                other[old.triple] = next((f for f in change.after if isinstance(f, Fact)), None)
                ids.setdefault(old.triple, []).append(change.id)
    now, _ = conflicts.conflicts(frame, ())
    if not other:
        return list(now), {}
    left = [f for t in frame.facts for f in (other.get(t, frame.facts[t]),) if f is not None]
    then, _ = conflicts.conflicts(replace(frame, approved=replace(frame.approved, facts=tuple(left))), ())
    still = {t for c in then for t in _new(frame, c)}
    kept = [c for c in now if _new(frame, c) & still or not _new(frame, c)]
    untied: dict[Triple, list[str]] = {}
    for card in now:
        if card not in kept:
            needs = [i for f in card.before if isinstance(f, Fact) for i in ids.get(f.triple, ())]
            untied |= dict.fromkeys(_new(frame, card), needs)
    return kept, untied


def _new(frame: Frame, card: Change) -> set[Triple]:
    return {f.triple for f in card.after if isinstance(f, Fact) and f.triple not in frame.facts}


def _needing(change: Change, untied: Mapping[Triple, Sequence[str]]) -> Change:
    needs = [i for f in change.after if isinstance(f, Fact) for i in untied.get(f.triple, ())]
    return replace(change, depends_on=tuple(sorted({*change.depends_on, *needs}))) if needs else change


def _makes(edit: object, change: Change) -> bool:
    match edit:
        case NewThing(thing):
            new = change.after[0] if change.after else None
            return change.kind is Kind.new_entity and isinstance(new, Entity) and new.iri == thing.iri
        case Merged(keep, drop):
            merge = change.merge
            return merge is not None and {merge.keep, merge.drop} == {keep, drop}
        case NewFact(triple):
            return any(isinstance(c, Fact) and c.triple == triple for c in change.after)
    return False


def _merge(frame: Frame, edit: Merged) -> Merge | None:
    keep, drop = frame.entities.get(edit.keep), frame.entities.get(edit.drop)
    if keep is None or drop is None or things.too_many(frame, drop.iri):
        return None
    return Merge(keep.iri, drop.iri, keep.label, drop.label, 1.0)


def _own(frame: Frame, signed: SignedEdit) -> list[Change] | Problem:
    return terms.changes(frame, signed) or things.changes(frame, signed) or facts.changes(frame, signed)


def _no_change(frame: Frame, signed: SignedEdit) -> Problem:
    match signed.edit:
        case Merged(keep, drop):
            return Problem.same if keep == drop else Problem.gone
        case NewFact(triple):
            asked = any(f.triple == triple for f in frame.induction.facts)
            return Problem.same if asked else Problem.gone
    return Problem.same


def _signed(signed: SignedEdit, change: Change) -> Change:
    """With whose it is; a document corroborates only what the edit brings a quote for."""
    verdict = change.verdict
    if not signed.evidence and verdict in (Verdict.single_source, Verdict.corroborated, Verdict.no_evidence):
        verdict = Verdict.stated
    key = change.key if change.merge else digest("correction", change.id, length=32)
    return replace(change, key=key, verdict=verdict, statement=signed.statement)
