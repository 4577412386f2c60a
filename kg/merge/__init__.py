"""A cycle against the approved graph: every difference as one change that a person can decide.

Deterministic; the cost follows the cycle and the approved facts that it touches.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from rdflib import URIRef

from kg.approved import Approved
from kg.merge import conflicts, facts, terms, things
from kg.merge.frame import Frame, change
from kg.merge.reasons import Reason, said
from kg.model import Change, ChangeSet, Entity, Fact, Kind, Merge, Ontology
from kg.ontology import Induction
from kg.ontology.class_index import THING
from kg.vocab import Dataset, digest

__all__ = ["Reason", "merge", "removal", "touched"]


def merge(
    dataset: Dataset,
    induction: Induction,
    merges: Sequence[Merge],
    approved: Approved,
    base_version: int,
    rejected: frozenset[str] = frozenset(),
    cycle: int = 0,
    withdrawn: Collection[str] = (),
) -> ChangeSet:
    """The change set that makes the approved graph say what the cycle says.

    `rejected` are keys of earlier proposals that people turned down: they stay out, with what hangs
    on them. `withdrawn` are documents that this cycle takes away or replaces.
    """
    frame = Frame(dataset, induction, approved, cycle, frozenset(withdrawn))
    if rejected:
        frame = Frame(dataset, _without_rejected(frame, rejected), approved, cycle, frozenset(withdrawn))
    retyped = [c for c in things.type_changes(frame) if c.key not in rejected]
    frame = replace(
        frame, retyped={c.before[0].iri: c.id for c in retyped if isinstance(c.before[0], Entity)}
    )
    cards, taken = conflicts.conflicts(frame, merges)
    changes = [
        *terms.ontology_changes(frame),
        *things.new_things(frame),
        *things.merges(frame, merges),
        *retyped,
        *things.gains(frame),
        *facts.new_facts(frame, taken),
        *facts.gains(frame, taken),
        *cards,
        *facts.losses(frame, taken),
    ]
    changes += _removed_things(frame, changes)
    return ChangeSet(base_version, tuple(_named(_kept(changes, rejected))))


def removal(
    dataset: Dataset, document_ids: Collection[str], approved: Approved, base_version: int
) -> ChangeSet:
    """What goes when these documents go: facts and things that nothing else says."""
    return merge(dataset, Induction(), (), approved, base_version, withdrawn=document_ids)


def touched(induction: Induction, merges: Iterable[Merge] = ()) -> frozenset[URIRef]:
    """The things whose approved facts, in both directions, a merge has to see."""
    ends = {t for f in (*induction.facts, *induction.denied) for t in (f.subject, f.object)}
    found = {t for t in ends if isinstance(t, URIRef)} | {e.iri for e in induction.entities}
    found |= {e.thing for e in induction.endings} | {i for m in merges for i in (m.keep, m.drop)}
    return frozenset(found)


def _removed_things(frame: Frame, changes: Sequence[Change]) -> Iterator[Change]:
    """Things whose documents are withdrawn and of which no fact is left."""
    going = {
        f.triple: c.id
        for c in changes
        if c.kind is Kind.removed_fact
        for f in c.before
        if isinstance(f, Fact)
    }
    for iri in sorted(frame.entities):
        entity = frame.entities[iri]
        if not entity.evidence or entity.statements or iri in frame.proposed or not frame.withdrawn:
            continue
        if any(e.document_id not in frame.withdrawn for e in entity.evidence):
            continue
        about = [f.triple for f in frame.about.get(iri, ())]
        if any(t not in going for t in about):
            continue
        yield change(
            frame,
            Kind.removed_entity,
            (entity.label, "", ", ".join(frame.label(t) for t in entity.types if t != THING)),
            (iri,),
            before=(entity,),
            needs=[going[t] for t in about],
            reasons=[said(Reason.source_withdrawn, d) for d in sorted({e.document for e in entity.evidence})],
        )


def _kept(changes: Sequence[Change], rejected: frozenset[str]) -> list[Change]:
    """Without what people turned down before and what cannot be without it."""
    out = {c.id for c in changes if c.key in rejected}
    size = -1
    while size != len(out):
        size = len(out)
        out |= {c.id for c in changes if out & set(c.depends_on)}
    return [c for c in changes if c.id not in out]


def _named(changes: Sequence[Change]) -> Iterator[Change]:
    """Keys made single: of two namesakes the second's says that it is the second."""
    seen: Mapping[str, int] = {}
    counts = dict(seen)
    for c in changes:
        number = counts.get(c.key, 0)
        counts[c.key] = number + 1
        yield replace(c, key=digest(c.key, number, length=32)) if number else c


def _without_rejected(frame: Frame, rejected: frozenset[str]) -> Induction:
    """Classes that people turned down give way to what is above them; terms used no more are not proposed."""
    induction = frame.induction
    changes = list(terms.ontology_changes(frame))
    refused = {c.after[0].iri for c in changes if c.key in rejected and c.kind is Kind.new_class}  # type: ignore[union-attr]
    if not refused:
        return induction

    def instead(iri: URIRef) -> URIRef:
        while iri in refused:
            parents = frame.ontology.class_by_iri[iri].parents
            iri = parents[0] if parents else THING
        return iri

    classes = tuple(
        replace(c, parents=tuple(p for p in map(instead, c.parents) if p != THING))
        for c in induction.ontology.classes
        if c.iri not in refused
    )
    properties = tuple(
        replace(
            p,
            domain=_or_none(instead(p.domain)) if p.domain else None,
            range=_or_none(instead(p.range)) if p.range and p.kind == "object" else p.range,
        )
        for p in induction.ontology.properties
    )
    entities = tuple(replace(e, types=tuple(map(instead, e.types))) for e in induction.entities)
    return replace(induction, ontology=Ontology(classes, properties), entities=entities)


def _or_none(iri: URIRef) -> URIRef | None:
    return None if iri == THING else iri
