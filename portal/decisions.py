"""Deciding: accept, reject, edit or leave open, with what hangs on it.

Decisions are drafts, saved at once and seen by everyone; publishing (`portal.versions`) makes them count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col, select

from kg.model import Change as KgChange
from kg.model import Decision
from portal import access, audit, change_rows, models, verdicts
from portal.access import Action, Actor
from portal.dependencies import needed_by, needs_of
from portal.errors import Conflict, Invalid
from portal.models import Change, Cycle, CycleState
from portal.review_rows import (
    Filter,
    Row,
    find_cycle,
    matching,
    one,
    row_of,
    safe_in_bulk_condition,
    with_decider,
)
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Decided:
    """`changed` counts every row touched; `also` are sentences of rows that came along."""

    changed: int
    also: tuple[str, ...] = ()


def consequences(
    parts: Parts, actor: Actor, rag_id: int, number: int, ids: Sequence[str], decision: Decision
) -> tuple[Row, ...]:
    """The other rows that this decision would take along: what falls with it, or what it needs."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        cycle = find_cycle(db, rag_id, number)
        along = _along(db, cycle, ids, decision)
        found = db.exec(
            with_decider()
            .where(col(Change.cycle_id) == cycle.id, col(Change.change_id).in_(along))
            .order_by(col(Change.position))
        ).all()
        return tuple(row_of(*r) for r in found)


def decide(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    number: int,
    ids: Sequence[str],
    decision: Decision,
    reason: str = "",
) -> Decided:
    """Decide these rows. Rejecting takes along what hangs on them; accepting, the undecided they need.

    Raises Conflict if an accepted row needs one that was rejected.
    """
    if decision is Decision.edited:
        raise Invalid("decision", "use-edit")
    with parts.session() as db:
        cycle = _reviewable(db, actor, rag_id, number)
        along = _along(db, cycle, ids, decision)
        also = db.exec(
            select(Change.sentence)
            .where(col(Change.cycle_id) == cycle.id, col(Change.change_id).in_(along))
            .order_by(col(Change.position))
        ).all()
        changed = _set(db, cycle, actor, _ids(cycle, [*ids, *along]), decision, reason)
        audit.record(db, actor, f"review.{decision}", rag_id=rag_id, subject=f"cycle {number}", count=changed)
        db.commit()
        return Decided(changed, tuple(also))


def decide_matching(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    number: int,
    where: Filter,
    decision: Decision,
    reason: str = "",
    everything: bool = False,
) -> Decided:
    """Decide all rows that match. Accepting in bulk leaves out what a person should look at one by one
    (conflicts, no evidence, an ontology change that is not accepted yet) unless `everything` is set.
    What somebody decided already stays, unless the filter asks for such rows."""
    with parts.session() as db:
        cycle = _reviewable(db, actor, rag_id, number)
        condition = matching(cycle, where)
        if decision is not Decision.undecided and not where.decision:
            condition = and_(condition, col(Change.decision) == Decision.undecided)
        if decision is Decision.accepted and not everything:
            condition = and_(condition, safe_in_bulk_condition())
        ids = db.exec(select(Change.change_id).where(condition)).all()
        along = _along(db, cycle, ids, decision)
        changed = _set(db, cycle, actor, _ids(cycle, [*ids, *along]), decision, reason)
        audit.record(db, actor, f"review.{decision}", rag_id=rag_id, subject=f"cycle {number}", count=changed)
        db.commit()
        return Decided(changed)


def edit(parts: Parts, actor: Actor, rag_id: int, number: int, change: KgChange) -> Decided:
    """Fix and accept: put `change` (made by `kg.changes.edited`) in place of the proposal of its id."""
    with parts.session() as db:
        cycle = _reviewable(db, actor, rag_id, number)
        stored = one(db, cycle, change.id)[0]
        change_rows.rewrite(stored, change)
        db.add(stored)
        change_rows.relink(db, stored.cycle_id, change)
        db.flush()
        along = _along(db, cycle, [change.id], Decision.accepted)
        _set(db, cycle, actor, _ids(cycle, along), Decision.accepted, "")
        _set(db, cycle, actor, _ids(cycle, [change.id]), Decision.edited, "")
        audit.record(db, actor, "review.edited", rag_id=rag_id, subject=f"cycle {number}", change=change.id)
        db.commit()
        return Decided(1 + len(along))


def _reviewable(db: Session, actor: Actor, rag_id: int, number: int) -> Cycle:
    access.check(db, actor, rag_id, Action.decide)
    cycle = find_cycle(db, rag_id, number)
    if cycle.state is not CycleState.review:
        raise Conflict("not-in-review", number=number, state=cycle.state)
    return cycle


def _along(db: Session, cycle: Cycle, ids: Sequence[str], decision: Decision) -> list[str]:
    """Ids beyond `ids` that a decision takes along."""
    assert cycle.id is not None
    if decision is Decision.rejected:
        return [i for i, _, state in needed_by(db, cycle.id, ids) if state != Decision.rejected]
    if decision is Decision.accepted:
        needs = needs_of(db, cycle.id, ids)
        rejected = [sentence for _, sentence, state in needs if state == Decision.rejected]
        if rejected:
            raise Conflict("needs-rejected", sentence=rejected[0])
        return [i for i, _, state in needs if state == Decision.undecided]
    return []


def _ids(cycle: Cycle, ids: Sequence[str]) -> list[ColumnElement[bool]]:
    """Conditions that together select these rows, in pieces that every database takes."""
    pieces = [ids[i : i + 500] for i in range(0, len(ids), 500)]
    return [and_(col(Change.cycle_id) == cycle.id, col(Change.change_id).in_(p)) for p in pieces]


def _set(
    db: Session,
    cycle: Cycle,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    decision: Decision,
    reason: str,
) -> int:
    assert cycle.id is not None
    terms = verdicts.accepted_terms(db, cycle.id)
    undecided = decision is Decision.undecided
    changed = 0
    for condition in conditions:
        result = db.execute(
            update(Change)
            .where(condition, col(Change.decision) != decision)
            .values(
                decision=decision,
                decided_by=None if undecided else actor.user_id,
                decided_at=None if undecided else models.now(),
                reason=reason[:1000],
                again=False,
            )
        )
        changed += result.rowcount  # type: ignore[attr-defined]
    verdicts.renew_needing(db, cycle.id, terms, verdicts.accepted_terms(db, cycle.id))
    return changed
