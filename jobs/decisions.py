"""What people decided about likely pairs in earlier cycles, for entity resolution: it binds."""

from sqlmodel import col, select

from jobs.work import Work
from kg.model import Decision, Kind
from kg.resolve import Decided
from portal import change_rows
from portal.models import Change, Cycle, CycleState


def of_rag(work: Work) -> Decided:
    """Pairs that were merged or kept apart in cycles that are closed, by IRI and by name."""
    pairs: dict[str, set[tuple[str, str]]] = {Decision.accepted: set(), Decision.rejected: set()}
    with work.parts.session() as db:
        rows = db.exec(
            select(Change)
            .join(Cycle, col(Change.cycle_id) == Cycle.id)
            .where(
                Cycle.rag_id == work.rag_id,
                Cycle.id != work.cycle_id,
                col(Cycle.state).in_([CycleState.approved, CycleState.rejected]),
                Change.kind == Kind.merge_entities,
                col(Change.decision).in_(list(pairs)),
            )
        ).all()
    for row in rows:
        merge = change_rows.change_of(row).merge
        if merge is not None:
            pairs[row.decision].add((str(merge.keep), str(merge.drop)))
            pairs[row.decision].add((merge.keep_label, merge.drop_label))
    return Decided(same=frozenset(pairs[Decision.accepted]), apart=frozenset(pairs[Decision.rejected]))
