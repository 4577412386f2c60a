"""What people decided about likely pairs in earlier cycles, for entity resolution: it binds."""

from collections.abc import Iterator

from sqlalchemy import and_, or_
from sqlmodel import col, select

from jobs.work import Work
from kg.model import Change as KgChange
from kg.model import Decision, Entity, Kind
from kg.resolve import Decided
from portal import change_rows
from portal.models import Change, Cycle, CycleKind, CycleState

Pair = tuple[str, str]
ACCEPTED = (Decision.accepted, Decision.edited)


def of_rag(work: Work) -> Decided:
    """Pairs that were merged, kept apart or split in cycles that are closed, by IRI and by name.

    What was decided last about a pair holds.
    """
    same: dict[frozenset[str], tuple[Pair, bool]] = {}
    with work.parts.session() as db:
        rows = db.exec(
            select(Change, Cycle.state)
            .join(Cycle, col(Change.cycle_id) == Cycle.id)
            .where(
                Cycle.rag_id == work.rag_id,
                Cycle.id != work.cycle_id,
                col(Cycle.state).in_([CycleState.approved, CycleState.rejected]),
                or_(
                    col(Change.kind) == Kind.merge_entities,
                    and_(col(Change.kind) == Kind.new_entity, col(Cycle.kind) == CycleKind.correction),
                ),
                col(Change.decision).in_([*ACCEPTED, Decision.rejected]),
            )
            .order_by(col(Cycle.finished_at), col(Cycle.id))
        ).all()
    for row, state in rows:
        change = change_rows.change_of(row)
        accepted = row.decision in ACCEPTED
        if accepted and state is not CycleState.approved:
            continue  # the cycle was turned down as a whole
        if change.merge is not None:
            for pair in _merged(change):
                same[frozenset(pair)] = (pair, accepted)
        elif accepted:
            for pair in _split(change):
                same[frozenset(pair)] = (pair, False)
    return Decided(
        same=frozenset(pair for pair, one in same.values() if one),
        apart=frozenset(pair for pair, one in same.values() if not one),
    )


def _merged(change: KgChange) -> Iterator[Pair]:
    assert change.merge is not None
    yield str(change.merge.keep), str(change.merge.drop)
    yield change.merge.keep_label, change.merge.drop_label


def _split(change: KgChange) -> Iterator[Pair]:
    """The thing that was divided, and what became of a part of it."""
    old = next((c for c in change.before if isinstance(c, Entity)), None)
    new = next((c for c in change.after if isinstance(c, Entity)), None)
    if old is not None and new is not None and old.iri != new.iri:
        yield str(old.iri), str(new.iri)
        yield old.label, new.label
