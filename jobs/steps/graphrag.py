"""Thesis: read the documents, split them into text units, extract what each says, on all workers."""

import logging
import time

from sqlalchemy import func
from sqlmodel import col, select

from jobs import allowance, extraction, reading
from jobs.work import Work
from portal import budgets
from portal.errors import Invalid
from portal.leases import Interrupted, Paused
from portal.models import CycleKind, Unit, UnitState
from portal.tracing import carrier
from portal.work_queue import CYCLE, EXTRACT, PIPELINE, PUBLISH, enqueue, push, queued, workers

log = logging.getLogger(__name__)

SLICE_SECONDS = 30.0  # then another cycle that waits gets its turn
IDLE_SECONDS = 0.3


def run(work: Work) -> None:
    if work.kind in (CycleKind.removal, CycleKind.correction):
        return
    reading.read_all(work)
    done, total = counts(work)
    if not total:
        raise Invalid("files", "nothing-readable")
    work.progress(done, total, now=True)
    if done < total:
        ready = extraction.for_cycle(work.parts, work.cycle_id)
        _foresee(work, ready)
        _ask_for_help(work, total - done)
        _extract(work, ready)


def _foresee(work: Work, ready: extraction.ForCycle) -> None:
    """Before a model's first call: what it will take; a person decides on more than its budget."""
    with work.session() as db:
        cycle = work.cycle(db)
        if cycle.estimate is not None:
            return
        units = db.exec(
            select(Unit.tokens).where(Unit.cycle_id == work.cycle_id, Unit.state == UnitState.waiting)
        ).all()
        expected = ready.expected(db, units)
        if expected is None:
            return
        budgets.foresee(cycle, expected)
        db.add(cycle)
        too_much = 0 < cycle.budget < expected.tokens
    if too_much:
        raise Paused("budget-estimate")


def counts(work: Work) -> tuple[int, int]:
    """Text units: finished, all."""
    with work.parts.session() as db:
        found = dict(
            db.exec(
                select(Unit.state, func.count())
                .where(Unit.cycle_id == work.cycle_id)
                .group_by(col(Unit.state))
            ).all()
        )
    total = sum(found.values())
    return total - found.get(UnitState.waiting, 0), total


def _ask_for_help(work: Work, waiting: int) -> None:
    """One job for each further worker that there are text units for."""
    if waiting <= extraction.BATCH:
        return
    with work.session() as db:
        enqueue(db, EXTRACT, work.cycle_id)
    helpers = sum(w.queue == PIPELINE for w in workers(work.parts.redis)) - 1
    for _ in range(1, min(helpers, waiting // extraction.BATCH)):
        push(work.parts.redis, EXTRACT, str(work.cycle_id), carrier())


def _extract(work: Work, ready: extraction.ForCycle) -> None:
    """Until every unit is done: those that others have claimed are waited for, or taken when they died."""
    began = time.monotonic()

    def check() -> None:
        work.lease.check()
        if ready.billed:
            allowance.check(work.parts, work.rag_id, work.cycle_id)

    while True:
        ready = extraction.as_chosen(work.parts, ready, work.cycle_id)
        took = extraction.extract_some(work.parts, ready, work.cycle_id, check, lambda: _report(work))
        done, total = counts(work)
        work.progress(done, total, now=done == total)
        if done == total:
            return
        if not took:
            time.sleep(IDLE_SECONDS)
        if time.monotonic() - began > SLICE_SECONDS and _others_wait(work):
            raise Interrupted


def _report(work: Work) -> None:
    if work.due:  # counting is not free
        work.progress(*counts(work))


def _others_wait(work: Work) -> bool:
    waiting = queued(work.parts.redis) - {(CYCLE, str(work.cycle_id))}
    return any(task in (CYCLE, PUBLISH) for task, _ in waiting)
