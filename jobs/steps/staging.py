"""The change set for people: its rows, and the graph as it would be, in named graphs of its own."""

import logging

from jobs.work import Work
from kg import changes
from kg.model import ChangeSet
from kg.versions import stage
from portal import change_rows, cycles
from portal.leases import LeaseLost
from portal.models import StepName

log = logging.getLogger(__name__)


def run(work: Work) -> None:
    change_set = work.kept(ChangeSet, "changes")
    total = len(change_set.changes)
    work.progress(0, total, now=True)
    plan = changes.delta(work.dataset, change_set.changes, change_set.base_version + 1)
    stage(work.parts.store, work.dataset, work.number, plan.delta)
    _not_moved(work, change_set.base_version)
    with work.session() as db:
        change_rows.replace(db, work.cycle_id, change_set)
    work.progress(total, total, now=True)


def _not_moved(work: Work, base: int) -> None:
    """If another version was approved meanwhile, compare with that one: the reading is not repeated."""
    if work.approved.version() == base:
        return
    log.info("cycle %s: version %s is not the approved one any more", work.cycle_id, base)
    with work.session() as db:
        cycles.restart_from(db, work.cycle(db), StepName.schema)
        db.commit()
    raise LeaseLost
