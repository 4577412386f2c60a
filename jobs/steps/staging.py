"""The change set for people: its rows, and the graph as it would be, in named graphs of its own."""

import logging

from sqlmodel import select

from jobs.work import Work
from kg import changes
from kg.model import ChangeSet
from kg.versions import stage
from portal import change_rows, cycles
from portal.indexing import unit_rows
from portal.leases import LeaseLost
from portal.models import Revision, StepName

log = logging.getLogger(__name__)

PREPARED_AT_ONCE = 100  # text units


def run(work: Work) -> None:
    work.progress(0, 0, now=True)
    _prepare_index(work)
    change_set = work.kept(ChangeSet, "changes")
    total = len(change_set.changes)
    plan = changes.delta(work.dataset, change_set.changes, change_set.base_version + 1)
    stage(work.parts.store, work.dataset, work.number, plan.delta)
    _not_moved(work, change_set.base_version)
    with work.session() as db:
        change_rows.replace(db, work.cycle_id, change_set)
    work.progress(total, total, now=True)


def _prepare_index(work: Work) -> None:
    """Embed the cycle's text units now, so that approving does not wait for it."""
    with work.parts.session() as db:
        revisions = db.exec(
            select(Revision.id).where(Revision.cycle_id == work.cycle_id, Revision.units > 0)
        ).all()
        rows = unit_rows(work.parts, db, sorted(r for r in revisions if r is not None))
    for start in range(0, len(rows), PREPARED_AT_ONCE):
        work.progress(start, len(rows))
        work.parts.index.prepare(work.dataset, rows[start : start + PREPARED_AT_ONCE])


def _not_moved(work: Work, base: int) -> None:
    """If another version was approved meanwhile, compare with that one: the reading is not repeated."""
    if work.approved.version() == base:
        return
    log.info("version %s is not the approved one any more", base)
    with work.session() as db:
        cycles.restart_from(db, work.cycle(db), StepName.schema)
        db.commit()
    raise LeaseLost
