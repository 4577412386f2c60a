"""A change set as rows: written when a cycle is staged, read when it is reviewed or published."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from kg import changes
from kg.model import Change, ChangeSet, Decision, Entity, Fact
from kg.rdf import triple_key
from portal import models, verdicts
from portal.models import ChangeLink, Touched
from portal.verdicts import RISK

BATCH = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class _Decided:
    """What people made of a proposal before it was computed anew."""

    sentence: str
    decision: str
    decided_by: int | None
    decided_at: datetime | None
    reason: str
    content: dict[str, Any]


def replace(db: Session, cycle_id: int, change_set: ChangeSet) -> int:
    """Write the cycle's rows anew; a decision stays where the same proposal says the same. Returns how many
    decisions were dropped because what they were about has changed its meaning."""
    kept = {
        key: _Decided(*rest)
        for key, *rest in db.execute(
            select(models.Change.key, *(col(getattr(models.Change, f.name)) for f in fields(_Decided))).where(
                models.Change.cycle_id == cycle_id, models.Change.decision != Decision.undecided
            )
        )
    }
    for table in (ChangeLink, Touched, models.Change):
        db.execute(delete(table).where(col(table.cycle_id) == cycle_id))
    survived = 0
    for batch in _batches(list(enumerate(change_set.changes))):
        rows = [_values(change, cycle_id, position, kept.get(change.key)) for position, change in batch]
        survived += sum(row["decision"] != Decision.undecided for row in rows)
        db.execute(insert(models.Change), rows)
        _link(db, cycle_id, [change for _, change in batch])
    verdicts.renew_needing(db, cycle_id, frozenset(), verdicts.accepted_terms(db, cycle_id))
    return len(kept) - survived


def relink(db: Session, cycle_id: int, change: Change) -> None:
    """Write anew what an edited change depends on and speaks of."""
    for table in (ChangeLink, Touched):
        mine = (col(table.cycle_id) == cycle_id, col(table.change_id) == change.id)
        db.execute(delete(table).where(*mine))
    _link(db, cycle_id, [change])
    verdicts.renew(db, cycle_id, change.id)


def _link(db: Session, cycle_id: int, of: Sequence[Change]) -> None:
    needs = [
        {"cycle_id": cycle_id, "change_id": c.id, "needs": need}
        for c in of
        for need in sorted(set(c.depends_on))
    ]
    speaks = [
        {"cycle_id": cycle_id, "change_id": c.id, "what": what} for c in of for what in sorted(_touched(c))
    ]
    for table, found in ((ChangeLink, needs), (Touched, speaks)):
        if found:
            db.execute(insert(table), found)


def _touched(change: Change) -> set[str]:
    """The facts that a change is about, approved or proposed, and the text units it was read from."""
    said = [c for c in (*change.before, *change.after) if isinstance(c, Entity | Fact)]
    facts = {fact_key(c) for c in said if isinstance(c, Fact)}
    return facts | {unit_key(e.unit_id) for c in said for e in c.evidence if e.unit_id}


def fact_key(fact: Fact) -> str:
    return f"fact:{triple_key(*fact.triple)}"


def unit_key(unit_id: str) -> str:
    return f"unit:{unit_id}"


def _values(change: Change, cycle_id: int, position: int, old: _Decided | None) -> dict[str, Any]:
    """A row as its columns; what was decided holds if it was corrected, or the proposal says the same."""
    again = False
    if old and old.decision == Decision.edited:
        columns = _columns(changes.with_after(change, changes.from_json(old.content)))
    else:
        columns = _columns(change)
        again = old is not None and old.sentence != columns["sentence"]
        old = None if again else old
    known = {"cycle_id": cycle_id, "change_id": change.id, "key": change.key, "position": position}
    return {
        **known,
        **columns,
        "kind": change.kind,
        "decision": old.decision if old else Decision.undecided,
        "decided_by": old.decided_by if old else None,
        "decided_at": old.decided_at if old else None,
        "reason": old.reason if old else "",
        "again": again,
    }


def rewrite(row: models.Change, change: Change) -> None:
    """Put this change, proposed or edited, into the row: all columns that follow from it."""
    for name, value in _columns(change).items():
        setattr(row, name, value)


def _columns(change: Change) -> dict[str, Any]:
    return {
        "fit": change.fit,
        "verdict": change.verdict,
        "risk": RISK[change.verdict] * 100 + round((1 - change.confidence) * 99),
        "subject": change.subject,
        "predicate": change.predicate,
        "object": change.object,
        "sentence": changes.sentence(change),
        "class_label": _class_label(change),
        "confidence": change.confidence,
        "documents": "\n".join(sorted({e.document for e in change.evidence})),
        "content": changes.to_json(change),
    }


def _class_label(change: Change) -> str:
    """The fragment of the class that the change is about, for the class filter."""
    for content in (*change.after, *change.before):
        if isinstance(content, Entity) and content.types:
            return str(content.types[0]).rsplit("#", 1)[-1][:200]
    return ""


def change_of(row: models.Change) -> Change:
    return changes.from_json(row.content)


def decided(db: Session, cycle_id: int, *decisions: Decision) -> tuple[Change, ...]:
    """The changes with one of these decisions, edited ones as edited, in the order of the change set."""
    rows = db.exec(
        select(models.Change)
        .where(
            models.Change.cycle_id == cycle_id,
            col(models.Change.decision).in_(decisions),
        )
        .order_by(col(models.Change.position))
        .execution_options(yield_per=BATCH)
    )
    return tuple(change_of(r) for r in rows)


def chosen(db: Session, cycle_id: int, ids: Collection[str]) -> tuple[Change, ...]:
    """These changes as they are decided now, in the order of the change set."""
    rows: list[models.Change] = []
    for start in range(0, len(ids), BATCH):
        piece = sorted(ids)[start : start + BATCH]
        mine = (models.Change.cycle_id == cycle_id, col(models.Change.change_id).in_(piece))
        rows.extend(db.exec(select(models.Change).where(*mine)))
    return tuple(change_of(r) for r in sorted(rows, key=lambda r: r.position))


def all_changes(db: Session, cycle_id: int) -> Iterable[tuple[models.Change, Change]]:
    """Every row with its change, in the order of the change set, read in batches."""
    statement = (
        select(models.Change)
        .where(models.Change.cycle_id == cycle_id)
        .order_by(col(models.Change.position))
        .execution_options(yield_per=BATCH)
    )
    for row in db.exec(statement):
        yield row, change_of(row)


def _batches(items: Sequence[tuple[int, Change]]) -> Iterable[Sequence[tuple[int, Change]]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
