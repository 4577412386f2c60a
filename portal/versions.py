"""Publishing: from accepted changes to a numbered version, and back.

`approve` claims the cycle; `finish` carries it through and may be run again by anyone, any number of
times, after any crash: the publish token in the graph's marker says whether the update happened.
The order is: delta file, index rows (invisible until the version is current), one atomic graph update,
one SQL transaction.
"""

import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import update
from sqlmodel import Session, col, select

from kg import changes, rdf
from kg import model as kg_model
from kg import versions as graph_versions
from kg.approved import ApprovedGraph
from kg.errors import VersionMoved
from kg.model import Decision, Delta
from portal import access, audit, change_rows, comments, indexing, memory, models, remembered, revisions
from portal.access import Action, Actor
from portal.cycles import next_number, restart_from
from portal.errors import Conflict, Invalid
from portal.history import difference, read_delta, write_delta
from portal.models import (
    Change,
    Cycle,
    CycleKind,
    CycleState,
    Rag,
    User,
    Version,
)
from portal.review_rows import find_cycle
from portal.wiring import Parts
from portal.work_queue import INDEX, PUBLISH, enqueue

LARGE = 200_000  # quads of a delta that is not kept beside what comes after it


@dataclass(frozen=True, slots=True)
class Published:
    version: int
    applied: int
    skipped: int
    seconds: float


def approve(parts: Parts, actor: Actor, rag_id: int, number: int, all_: bool = False) -> str:
    """Claim a cycle for publishing; a worker, or `finish`, carries it through.

    `all_` first accepts everything undecided, of a conflict the proposed side. Approving what is being
    published or approved already changes nothing: the name of who did it is the answer, "" if it is oneself.
    """
    with parts.session() as db:
        rag = access.check_approve(db, actor, rag_id, number)
        cycle = find_cycle(db, rag_id, number)
        if cycle.state in (CycleState.publishing, CycleState.approved):
            return _approver(db, cycle, actor)
        if cycle.state is not CycleState.review:
            raise Conflict("not-in-review", number=number, state=cycle.state)
        comments.check_none_asks(db, cycle)
        if all_:
            db.execute(
                update(Change)
                .where(col(Change.cycle_id) == cycle.id, col(Change.decision) == Decision.undecided)
                .values(decision=Decision.accepted, decided_by=actor.user_id, decided_at=models.now())
            )
        taken = [Decision.accepted, Decision.edited]
        if (
            db.exec(
                select(Change.id).where(Change.cycle_id == cycle.id, col(Change.decision).in_(taken)).limit(1)
            ).first()
            is None
        ):
            raise Invalid("changes", "nothing-accepted")
        if cycle.base_version != rag.version:
            recompute(db, cycle)
            db.commit()
            raise Conflict("version-moved", number=number, version=rag.version)
        claimed = db.execute(
            update(Cycle)
            .where(col(Cycle.id) == cycle.id, col(Cycle.state) == CycleState.review)
            .values(
                state=CycleState.publishing,
                publish_token=uuid.uuid4().hex,
                decided_by=actor.user_id,
                error="",
            )
        )
        if not claimed.rowcount:  # type: ignore[attr-defined]
            db.rollback()  # somebody was first, and what they approved is not added to
            db.refresh(cycle)
            return _approver(db, cycle, actor)
        enqueue(db, PUBLISH, cycle.id)
        audit.record(db, actor, "cycle.approve", rag_id=rag_id, subject=f"cycle {number}")
        db.commit()
        return ""


def finish(parts: Parts, cycle_id: int) -> Published | None:
    """Carry a claimed cycle through; None if there is nothing (more) to do.

    Raises StoreDown when the outcome is unknown: run it again when the store answers.
    """
    began = time.monotonic()
    with parts.session() as db:
        cycle = db.get(Cycle, cycle_id)
        if cycle is None or cycle.state is not CycleState.publishing:
            return _already(db, cycle)
        base = db.get_one(Rag, cycle.rag_id).version
        plan = _plan(parts, db, cycle, base)
        dataset, new, token = parts.dataset(cycle.rag_id), base + 1, cycle.publish_token
        number, rag_id = cycle.number, cycle.rag_id
        graph_versions.stage(parts.store, dataset, number, plan.delta)  # only what was accepted
        key = write_delta(parts, rag_id, new, token, plan.delta)
        would_be = ApprovedGraph(parts.store, dataset, number)
        touched = indexing.touched(dataset, plan.delta)
        large = len(plan.delta.add) > LARGE
        changed = plan.changed
        # a library's delta is hundreds of MB: not beside what the index needs
        plan = replace(plan, delta=Delta(), changed=())
        if large:
            memory.give_back()
        known = (
            indexing.planned(dataset, touched, changed, would_be)
            if changed
            else indexing.knowledge(dataset, touched, would_be)
        )
        rows = indexing.of_version(parts, db, cycle, base, known)
        del changed, known
    parts.index.apply(dataset, new, rows, token)
    del rows
    if large:
        memory.give_back()
    delta = read_delta(parts, key)
    try:
        graph_versions.publish(parts.store, dataset, delta, base=base, new=new, token=token)
    except VersionMoved as moved:
        _give_back(parts, cycle_id, base, moved)
        return None
    with parts.session() as db:
        _commit(db, cycle_id, new, key, replace(plan, delta=delta))
    graph_versions.unstage(parts.store, dataset, number)
    return Published(new, len(plan.applied), len(plan.skipped), round(time.monotonic() - began, 3))


def recompute(db: Session, cycle: Cycle) -> None:
    """Compute the change set again against what is approved now, from what was read: no model calls.

    Decisions on changes that still say the same are kept (`change_rows.replace`).
    """
    restart_from(db, cycle, models.StepName.schema)


def reject(parts: Parts, actor: Actor, rag_id: int, number: int, reason: str = "") -> None:
    """Turn a whole cycle down: nothing of it enters the graph, and its proposals stay rejected."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.decide)
        cycle = find_cycle(db, rag_id, number)
        taken = db.execute(
            update(Cycle)
            .where(
                col(Cycle.id) == cycle.id,
                col(Cycle.state).in_([CycleState.review, CycleState.failed, CycleState.paused]),
            )
            .values(state=CycleState.rejected, decided_by=actor.user_id, finished_at=models.now())
        )
        if not taken.rowcount:  # type: ignore[attr-defined]
            raise Conflict("not-in-review", number=number, state=cycle.state)
        audit.record(db, actor, "cycle.reject", rag_id=rag_id, subject=f"cycle {number}", reason=reason)
        db.commit()
    graph_versions.unstage(parts.store, parts.dataset(rag_id), number)


def rollback(parts: Parts, actor: Actor, rag_id: int, to: int) -> int:
    """Claim a new version whose content is that of version `to`; returns its cycle's id for `finish`."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.approve)
        rag = db.get_one(Rag, rag_id)
        if not 0 <= to < rag.version:
            raise Invalid("version", "no-such-version", to=to, current=rag.version)
        cycle = Cycle(
            rag_id=rag_id,
            number=next_number(db, rag_id),
            kind=CycleKind.rollback,
            state=CycleState.publishing,
            rolled_back_to=to,
            base_version=rag.version,
            publish_token=uuid.uuid4().hex,
            created_by=_user(actor),
            decided_by=_user(actor),
        )
        db.add(cycle)
        db.flush()
        assert cycle.id is not None
        enqueue(db, PUBLISH, cycle.id)
        audit.record(db, actor, "version.rollback", rag_id=rag_id, subject=f"version {to}")
        db.commit()
        return cycle.id


# ---- inside


def _approver(db: Session, cycle: Cycle, actor: Actor) -> str:
    first = db.get(User, cycle.decided_by) if cycle.decided_by != actor.user_id else None
    return (first.name or first.email) if first else ""


def _plan(parts: Parts, db: Session, cycle: Cycle, base: int) -> changes.Plan:
    if cycle.kind is CycleKind.rollback:
        assert cycle.rolled_back_to is not None
        return changes.Plan(difference(parts, cycle.rag_id, base, cycle.rolled_back_to))
    assert cycle.id is not None
    taken = change_rows.decided(db, cycle.id, Decision.accepted, Decision.edited)
    return plan_of(parts, cycle.rag_id, taken, base)


def plan_of(parts: Parts, rag_id: int, taken: Sequence[kg_model.Change], base: int) -> changes.Plan:
    """What these changes would do to the approved version `base`."""
    dataset = parts.dataset(rag_id)
    # an edit or a merge may meet a fact that is approved already: its sources are joined to that one's
    met = [rdf.assertion(dataset, *triple) for triple in changes.said(taken)] if base else []
    approved = ApprovedGraph(parts.store, dataset).asserted(met) if met else ()
    return changes.delta(dataset, taken, base + 1, approved)


def _give_back(parts: Parts, cycle_id: int, base: int, moved: VersionMoved) -> None:
    """Another version came first: the cycle goes back to review, computed anew; a rollback has failed."""
    with parts.session() as db:
        cycle = db.get_one(Cycle, cycle_id)
        if cycle.state is not CycleState.publishing:
            return
        if db.get_one(Rag, cycle.rag_id).version == base:
            raise moved  # the graph is ahead of the rows: another publish is between its two commits
        parts.index.drop(parts.dataset(cycle.rag_id), base + 1)
        if cycle.kind is CycleKind.rollback:
            cycle.state, cycle.error = CycleState.failed, "version-moved"
        else:
            recompute(db, cycle)
        db.add(cycle)
        db.commit()


def _commit(db: Session, cycle_id: int, new: int, key: str, plan: changes.Plan) -> None:
    """The one SQL transaction that follows the graph update; a second run finds it done."""
    cycle = db.get_one(Cycle, cycle_id)
    taken = db.execute(
        update(Cycle)
        .where(col(Cycle.id) == cycle_id, col(Cycle.state) == CycleState.publishing)
        .values(state=CycleState.approved, version=new, finished_at=models.now())
    )
    if not taken.rowcount:  # type: ignore[attr-defined]
        return
    approver = cycle.decided_by or cycle.created_by
    db.add(
        Version(
            rag_id=cycle.rag_id,
            number=new,
            cycle_id=cycle_id,
            rolled_back_to=cycle.rolled_back_to,
            approved_by=approver,
            applied=len(plan.applied),
            skipped=len(plan.skipped),
            added=len(plan.delta.add),
            removed=len(plan.delta.remove),
            delta_key=key,
        )
    )
    db.execute(update(Rag).where(col(Rag.id) == cycle.rag_id).values(version=new))
    remembered.remember(db, cycle, approver)
    revisions.make_current(db, cycle, new - 1)
    enqueue(db, INDEX, cycle.rag_id)
    db.commit()


def _already(db: Session, cycle: Cycle | None) -> Published | None:
    if cycle is None or cycle.version is None:
        return None
    version = db.exec(
        select(Version).where(Version.rag_id == cycle.rag_id, Version.number == cycle.version)
    ).first()
    return Published(version.number, version.applied, version.skipped, 0.0) if version else None


def _user(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id
