"""What a version changes in the retrieval index, read from the graph as it would be and from the
documents that it brings or takes away. The index can be made anew from the same (`rebuild`)."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from rdflib import URIRef
from sqlmodel import Session, col, select

from kg import rdf
from kg.approved import ApprovedGraph
from kg.export import everything
from kg.index import FactRow, IndexDelta, UnitRow, fact_row
from kg.model import Content, Delta, Entity, Extraction, Fact, Mention, TextUnit
from kg.vocab import RDFS, Dataset
from portal.models import Cycle, CycleKind, CycleState, Rag, Revision, Unit, Version, now
from portal.text_units import read_units
from portal.wiring import Parts

RENAMED_FACTS = 1000  # of a renamed thing whose sentences are written anew
PUBLISHERS_SECONDS = 60.0  # that a rebuild waits for those who are publishing


@dataclass(frozen=True, slots=True)
class Touched:
    """What a delta speaks of; of the things those that get another name. A library's delta is hundreds of
    MB, this is a few."""

    assertions: frozenset[URIRef]
    things: frozenset[URIRef]
    renamed: frozenset[URIRef]


def touched(dataset: Dataset, delta: Delta) -> Touched:
    subjects = {s for quads in (delta.add, delta.remove) for s, _, _, g in quads if g != dataset.ontology}
    things = frozenset(s for s in subjects if s.startswith(f"{dataset.root}entity/"))
    return Touched(
        assertions=frozenset(s for s in subjects if s.startswith(f"{dataset.root}assertion/")),
        things=things,
        renamed=_renamed(dataset, delta),
    )


def _renamed(dataset: Dataset, delta: Delta) -> frozenset[URIRef]:
    named = {s for s, p, _, g in delta.remove if p == RDFS.label and g != dataset.ontology}
    return frozenset(s for s in named if s.startswith(f"{dataset.root}entity/"))


def of_version(
    parts: Parts,
    db: Session,
    cycle: Cycle,
    base: int,
    known: IndexDelta,
    only: frozenset[str] | None = None,
) -> IndexDelta:
    """The index's part of a version: the things and facts `known` of it, with the text units that it brings,
    `only` these if given, and those that it takes away."""
    before, after = revisions_at(db, cycle.rag_id, base), revisions_after(db, cycle, base)
    return replace(
        known,
        units=unit_rows(parts, db, _with_units(db, after - before, only), only),
        removed_units=tuple(u.id for u, _ in read_units(parts, db, sorted(before - after))),
    )


def knowledge(dataset: Dataset, touched: Touched, view: ApprovedGraph) -> IndexDelta:
    """The things and facts that are touched, read from the graph as it would be."""
    assertions, things = touched.assertions, touched.things
    entities = view.entities(things)
    facts = {rdf.assertion(dataset, *f.triple): f for f in view.asserted(assertions)}
    facts |= {rdf.assertion(dataset, *f.triple): f for f in view.facts_about(touched.renamed, RENAMED_FACTS)}
    return IndexDelta(
        entities=entities,
        facts=_fact_rows(view, facts),
        removed_entities=tuple(sorted(things - {e.iri for e in entities})),
        removed_facts=tuple(sorted(assertions - set(facts))),
    )


def planned(
    dataset: Dataset, touched: Touched, changed: Iterable[Content], view: ApprovedGraph
) -> IndexDelta:
    """The same from what a plan changes, all of it: to read back a library's facts takes minutes. From `view`
    come names, and what is said of things that are renamed. A thing that only gets or loses facts stays as
    it is."""
    contents = tuple(changed)
    things = sorted((c for c in contents if isinstance(c, Entity)), key=lambda e: e.iri)
    others = touched.things - {e.iri for e in things}
    facts = {rdf.assertion(dataset, *f.triple): f for f in contents if isinstance(f, Fact)}
    facts |= {rdf.assertion(dataset, *f.triple): f for f in view.facts_about(touched.renamed, RENAMED_FACTS)}
    return IndexDelta(
        entities=tuple(things),
        facts=_fact_rows(view, facts, {e.iri: e.label for e in things}),
        removed_entities=tuple(sorted(others - {e.iri for e in view.names(others)})),
        removed_facts=tuple(sorted(touched.assertions - set(facts))),
    )


def unit_rows(
    parts: Parts, db: Session, revision_ids: Iterable[int], only: frozenset[str] | None = None
) -> tuple[UnitRow, ...]:
    """Rows of the units of these revisions, each with its document's title; of `only` these, if given."""
    rows, title = [], ""
    for unit, extraction in read_units(parts, db, revision_ids):
        title = _title(unit) if unit.number == 0 else title
        if only is not None and unit.id not in only:
            continue
        rows.append(UnitRow(unit, unit.heading[0] if unit.heading else title, _mentions(extraction)))
    return tuple(rows)


def rebuild(parts: Parts, rag_id: int) -> int:
    """Make the index of the approved version anew, beside the one that serves; returns its text units.

    Publishing goes on meanwhile, into both. IndexBusy if a version slipped through: do it again.
    """
    units = 0

    def read() -> tuple[int, IndexDelta]:
        nonlocal units
        wait_for_publishers(parts, rag_id)
        version, delta = whole(parts, rag_id)
        units = len(delta.units)
        return version, delta

    parts.index.rebuild(parts.dataset(rag_id), read)
    return units


def whole(parts: Parts, rag_id: int) -> tuple[int, IndexDelta]:
    """The approved version, and all that it has."""
    dataset = parts.dataset(rag_id)
    with parts.session() as db:
        version = db.get_one(Rag, rag_id).version
        units = unit_rows(parts, db, sorted(revisions_at(db, rag_id, version)))
    graph = ApprovedGraph(parts.store, dataset)
    entities: list[Entity] = []
    facts: list[FactRow] = []
    for some_entities, some_facts in everything(parts.store, dataset):
        entities.extend(some_entities)
        facts.extend(_fact_rows(graph, {rdf.assertion(dataset, *f.triple): f for f in some_facts}))
    return version, IndexDelta(units, tuple(entities), tuple(facts))


def wait_for_publishers(parts: Parts, rag_id: int) -> None:
    """Until nobody is publishing who began before now: a later one writes the new index as well."""
    deadline = time.monotonic() + PUBLISHERS_SECONDS
    while time.monotonic() < deadline:
        with parts.session() as db:
            at_it = db.exec(
                select(Cycle.id)
                .where(Cycle.rag_id == rag_id, Cycle.state == CycleState.publishing)
                .where(col(Cycle.lease_until) > now())
                .limit(1)
            ).first()
        if at_it is None:
            return
        time.sleep(0.2)


# ---- which documents a version was read from


def revisions_at(db: Session, rag_id: int, version: int) -> frozenset[int]:
    """The ids of the revisions that a version was read from."""
    return frozenset(_held(db, rag_id, _cycles_of(db, rag_id, version)).values())


def revisions_after(db: Session, cycle: Cycle, base: int) -> frozenset[int]:
    """What the revisions will be when the cycle is published on top of `base`."""
    if cycle.kind is CycleKind.rollback:
        assert cycle.rolled_back_to is not None
        return revisions_at(db, cycle.rag_id, cycle.rolled_back_to)
    assert cycle.id is not None
    cycles = [*_cycles_of(db, cycle.rag_id, base), cycle.id]
    return frozenset(_held(db, cycle.rag_id, cycles).values())


def _cycles_of(db: Session, rag_id: int, version: int) -> list[int]:
    """The ids of the cycles that made a version, the first first; what a return undid is left out."""
    earlier = (Version.rag_id == rag_id, col(Version.number) <= version)
    made = {v.number: v for v in db.exec(select(Version).where(*earlier))}
    found, at = [], version
    while at:
        back = made[at].rolled_back_to
        if back is None:
            found.append(made[at].cycle_id)
        at = at - 1 if back is None else back
    return found[::-1]


def _held(db: Session, rag_id: int, cycle_ids: Iterable[int]) -> dict[int, int]:
    """Document to revision, after these cycles. Two questions, however many cycles there were."""
    brought: dict[int, dict[int, int]] = defaultdict(dict)
    for cycle_id, document, revision in db.exec(
        select(Revision.cycle_id, Revision.document_id, Revision.id)
        .where(Revision.rag_id == rag_id, Revision.units > 0)
        .order_by(col(Revision.id))
    ):
        brought[cycle_id][document] = revision or 0
    removing = (Cycle.rag_id == rag_id, col(Cycle.removes).is_not(None))
    removes = dict(db.exec(select(Cycle.id, Cycle.removes).where(*removing)).all())
    held: dict[int, int] = {}
    for cycle_id in cycle_ids:
        held.pop(removes.get(cycle_id) or 0, None)
        held |= brought.get(cycle_id, {})
    return held


# ---- inside


def _with_units(db: Session, revision_ids: Iterable[int], units: frozenset[str] | None) -> list[int]:
    """Those of these revisions that have one of the units; all of them if none are given."""
    wanted = sorted(revision_ids)
    if units is None:
        return wanted
    found = select(Unit.revision_id).where(col(Unit.unit_id).in_(units), col(Unit.revision_id).in_(wanted))
    return sorted(db.exec(found.distinct()))


def _fact_rows(
    graph: ApprovedGraph, facts: Mapping[URIRef, Fact], known: Mapping[URIRef, str] = MappingProxyType({})
) -> tuple[FactRow, ...]:
    """`known`: labels that need not be read."""
    ends = {t for f in facts.values() for t in (f.subject, f.object) if isinstance(t, URIRef)}
    labels = {**known, **{e.iri: e.label for e in graph.names(ends - known.keys())}}
    labels |= {p.iri: p.label for p in graph.ontology().properties}
    return tuple(fact_row(iri, f, labels) for iri, f in sorted(facts.items()))


def _mentions(extraction: Extraction | None) -> tuple[Mention, ...]:
    """The names seen in a unit: those that are only seen, and those of its things where they stand."""
    if extraction is None:
        return ()
    named = [
        Mention(e.name, q.start, q.end, e.type)
        for e in extraction.entities
        for q in e.evidence
        if q.end - q.start <= 2 * len(e.name) + 10  # the name itself, not the sentence around it
    ]
    found = {(m.start, m.end, m.name): m for m in (*extraction.mentions, *named)}
    return tuple(found[k] for k in sorted(found))


def _title(first: TextUnit) -> str:
    """A document's title by its first line, if that stands alone and is short."""
    line, _, rest = first.text.partition("\n")
    return line.strip() if rest.strip() and 0 < len(line) <= 80 and not line.rstrip().endswith(".") else ""
