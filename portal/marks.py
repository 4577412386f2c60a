"""What was read in a stretch of a document's text: each fact at its quote, with where it stands today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rdflib import URIRef
from sqlmodel import Session, col, select

from kg import rdf
from kg.approved import ApprovedGraph
from kg.model import Change, Decision, Fact, Kind
from kg.vocab import Dataset
from portal import access, change_rows, models
from portal.access import Action, Actor
from portal.errors import NotFound
from portal.models import Cycle, CycleState, Revision, Touched, Unit
from portal.review_rows import TABS
from portal.wiring import Parts

KINDS: tuple[Kind, ...] = (*TABS["facts"], *TABS["conflicts"])


class FactState(StrEnum):
    waiting = "to-review"
    approved = "approved"
    rejected = "rejected"
    gone = "gone"  # was approved, and is not in the knowledge base any more


@dataclass(frozen=True, slots=True)
class MarkedFact:
    """`places` are offsets in the document's text, one for each quote in it."""

    cycle: int  # its number
    change: str
    said: Change
    state: FactState
    places: tuple[tuple[int, int], ...]


def within(
    parts: Parts, actor: Actor, rag_id: int, revision_key: str, start: int, end: int
) -> tuple[MarkedFact, ...]:
    """The facts with a quote in `text[start:end]`, in the order of their quotes."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        revision = db.exec(
            select(Revision).where(Revision.rag_id == rag_id, Revision.key == revision_key)
        ).first()
        if revision is None:
            raise NotFound("document", revision_key)
        found = [
            (cycle, row, change_rows.change_of(row)) for cycle, row in _changes(db, revision, start, end)
        ]
    dataset = parts.dataset(rag_id)
    marked: list[tuple[MarkedFact, set[URIRef]]] = []
    for cycle, row, change in found:
        quotes = {(e.start, e.end) for e in change.evidence if e.document_id == revision_key}
        places = tuple(sorted((a, b) for a, b in quotes if a < end and b > start))
        if places:
            nodes = {rdf.assertion(dataset, *c.triple) for c in change.after if isinstance(c, Fact)}
            marked.append(
                (MarkedFact(cycle.number, row.change_id, change, _state(cycle, row), places), nodes)
            )
    there = _there(parts, dataset, [nodes for m, nodes in marked if m.state is FactState.approved])
    today = [
        replace(m, state=FactState.gone)
        if m.state is FactState.approved and nodes and not nodes & there
        else m
        for m, nodes in marked
    ]
    return tuple(sorted(today, key=lambda m: (m.places, m.cycle, m.change)))


def _changes(db: Session, revision: Revision, start: int, end: int) -> Sequence[tuple[Cycle, models.Change]]:
    """Changes that were read in the passages there; a revision's passages are those of its own cycle."""
    units = db.exec(
        select(Unit.unit_id).where(Unit.revision_id == revision.id, Unit.start < end, Unit.end > start)
    ).all()
    change = models.Change
    return db.exec(
        select(Cycle, change)
        .join(change, col(change.cycle_id) == Cycle.id)
        .where(
            Cycle.rag_id == revision.rag_id,
            col(change.kind).in_(KINDS),
            col(change.id).in_(
                select(change.id)
                .join(
                    Touched,
                    (col(Touched.cycle_id) == change.cycle_id) & (col(Touched.change_id) == change.change_id),
                )
                .where(col(Touched.what).in_([change_rows.unit_key(u) for u in units]))
            ),
        )
    ).all()


def _state(cycle: Cycle, row: models.Change) -> FactState:
    if row.decision == Decision.rejected or cycle.state in (CycleState.rejected, CycleState.cancelled):
        return FactState.rejected
    if cycle.state is not CycleState.approved:
        return FactState.waiting
    return FactState.approved if row.decision in (Decision.accepted, Decision.edited) else FactState.rejected


def _there(parts: Parts, dataset: Dataset, of_each: Iterable[set[URIRef]]) -> set[URIRef]:
    """Of the facts' nodes, those that the approved graph has."""
    nodes = {n for some in of_each for n in some}
    if not nodes:
        return set()
    facts = ApprovedGraph(parts.store, dataset).asserted(nodes)
    return {rdf.assertion(dataset, *f.triple) for f in facts}
