"""The change set for people: its rows, and the graph as it would be, in named graphs of its own."""

import logging
from dataclasses import replace

from sqlmodel import select

from jobs.work import Work
from kg import changes
from kg.approved import ApprovedGraph
from kg.index.writing import said
from kg.model import ChangeSet, Delta
from kg.versions import stage
from portal import change_rows, cycles
from portal.indexing import of_version, unit_rows
from portal.leases import LeaseLost
from portal.models import Revision, StepName

log = logging.getLogger(__name__)

PREPARED_AT_ONCE = 100  # text units, or sentences


def run(work: Work) -> None:
    work.progress(0, 0, now=True)
    own = _prepare_index(work)
    change_set = work.kept(ChangeSet, "changes")
    total = len(change_set.changes)
    plan = changes.delta(work.dataset, change_set.changes, change_set.base_version + 1)
    stage(work.parts.store, work.dataset, work.number, plan.delta)
    _prepare_facts(work, change_set.base_version, plan.delta, own)
    _not_moved(work, change_set.base_version)
    with work.session() as db:
        change_rows.replace(db, work.cycle_id, change_set)
    work.progress(total, total, now=True)


def _prepare_index(work: Work) -> frozenset[str]:
    """Embed the cycle's text units now, so that approving does not wait for it; their ids."""
    with work.parts.session() as db:
        revisions = db.exec(
            select(Revision.id).where(Revision.cycle_id == work.cycle_id, Revision.units > 0)
        ).all()
        rows = unit_rows(work.parts, db, sorted(r for r in revisions if r is not None))
    for start in range(0, len(rows), PREPARED_AT_ONCE):
        work.progress(start, len(rows))
        work.parts.index.prepare(work.dataset, rows[start : start + PREPARED_AT_ONCE])
    return frozenset(r.unit.id for r in rows)


def _prepare_facts(work: Work, base: int, delta: Delta, own: frozenset[str]) -> None:
    """The same for the sentences of its facts and for the things that no unit of it speaks of."""
    would_be = ApprovedGraph(work.parts.store, work.dataset, work.number)
    with work.parts.session() as db:
        rows = of_version(work.parts, db, work.cycle(db), base, delta, would_be, frozenset())
    unsaid = tuple(e for e in rows.entities if not any(q.unit_id in own for q in e.evidence))
    texts = said(replace(rows, entities=unsaid))
    for start in range(0, len(texts), PREPARED_AT_ONCE):
        work.progress(start, len(texts))
        work.parts.index.prepare_said(work.dataset, texts[start : start + PREPARED_AT_ONCE])


def _not_moved(work: Work, base: int) -> None:
    """If another version was approved meanwhile, compare with that one: the reading is not repeated."""
    if work.approved.version() == base:
        return
    log.info("version %s is not the approved one any more", base)
    with work.session() as db:
        cycles.restart_from(db, work.cycle(db), StepName.schema)
        db.commit()
    raise LeaseLost
