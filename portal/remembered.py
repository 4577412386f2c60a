"""What people decided for good: what was rejected, what is not the same, what a correction took away."""

from collections.abc import Mapping

from sqlalchemy import delete
from sqlmodel import Session, col, select

from kg.merge import taken_away
from kg.model import Decision, Kind
from portal import change_rows
from portal.models import Change, Cycle, CycleKind, Remembered

REMOVED = "removed"
AT_ONCE = 500  # keys of one statement


def remember(db: Session, cycle: Cycle, by: int) -> None:
    """Keep what the decisions on a published cycle say for later ones."""
    rejected = db.exec(
        select(Change.key, Change.kind)
        .where(Change.cycle_id == cycle.id, Change.decision == Decision.rejected)
        .distinct()
    ).all()
    mine = select(Change.key).where(Change.cycle_id == cycle.id, Change.decision == Decision.rejected)
    before = (Remembered.rag_id == cycle.rag_id, col(Remembered.key).in_(mine))
    known = set(db.exec(select(Remembered.key).where(*before)))
    for key, kind in rejected:
        if key not in known:
            what = "apart" if kind == Kind.merge_entities else "rejected"
            db.add(Remembered(rag_id=cycle.rag_id, kind=what, key=key, by=by))
    _taken_away(db, cycle, by)


def _taken_away(db: Session, cycle: Cycle, by: int) -> None:
    """The marks of what a correction takes away stand; of what any cycle brings back they are gone."""
    correction = cycle.kind is CycleKind.correction
    mine = (col(Remembered.rag_id) == cycle.rag_id, col(Remembered.kind) == REMOVED)
    if not correction and db.exec(select(Remembered.id).where(*mine).limit(1)).first() is None:
        return
    assert cycle.id is not None
    marks: dict[str, str] = {}
    back: set[str] = set()
    for change in change_rows.decided(db, cycle.id, Decision.accepted, Decision.edited):
        back |= taken_away.brought(change)
        if correction and change.statement:
            said = change.statement
            note = f"{said.by}, {said.day}: {said.reason}"
            marks |= dict.fromkeys(taken_away.lost(change), note)
    over = sorted(back | marks.keys())
    for i in range(0, len(over), AT_ONCE):
        db.execute(delete(Remembered).where(*mine, col(Remembered.key).in_(over[i : i + AT_ONCE])))
    for mark in sorted(marks.keys() - back):
        db.add(Remembered(rag_id=cycle.rag_id, kind=REMOVED, key=mark, by=by, note=marks[mark][:1000]))


def removed(db: Session, rag_id: int) -> Mapping[str, str]:
    """What was taken away, as marks of `kg.merge.taken_away`, with who, when and why."""
    mine = (Remembered.rag_id == rag_id, Remembered.kind == REMOVED)
    return dict(db.exec(select(Remembered.key, Remembered.note).where(*mine)).all())


def rejected(db: Session, rag_id: int) -> frozenset[str]:
    """The keys of proposals that people turned down."""
    mine = (Remembered.rag_id == rag_id, Remembered.kind != REMOVED)
    return frozenset(db.exec(select(Remembered.key).where(*mine)))
