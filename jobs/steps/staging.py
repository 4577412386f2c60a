"""The change set for people: its rows, and the graph as it would be, in named graphs of its own.

What approving will need embedded is embedded here. The embedder and all changes of a library do not fit
beside each other: the text units come first, then the changes, then their sentences, and a worker that has
no room for what comes next begins anew.
"""

import logging
from dataclasses import dataclass, replace

from sqlmodel import col, select

from jobs import room
from jobs.work import Work
from kg import changes
from kg.approved import ApprovedGraph
from kg.changes import Plan
from kg.index.writing import said
from kg.model import ChangeSet
from kg.versions import stage
from portal import change_rows, cycles
from portal.indexing import planned, touched, unit_rows
from portal.leases import LeaseLost
from portal.models import Revision, StepName, Unit

log = logging.getLogger(__name__)

PREPARED_AT_ONCE = 100  # text units, or sentences


@dataclass(frozen=True, slots=True)
class Said:
    """The sentences of a change set's facts, and its things that no unit of the cycle speaks of."""

    changes: str  # the fingerprint of the change set
    total: int  # changes in it
    texts: tuple[str, ...]


def run(work: Work) -> None:
    work.progress(0, 0, now=True)
    units = _units(work)
    many = sum(units.values())
    if not work.parts.files.exists(_embedded(work)):
        _prepare_units(work, units)
        work.parts.files.put(_embedded(work), b"")
        _room_for(many)
    said = _said_of(work, work.fingerprint("changes"))
    if said is None:
        said = _staged(work)
        work.keep("said", said)
        _room_for(many)
    for start in range(0, len(said.texts), PREPARED_AT_ONCE):
        work.progress(start, len(said.texts))
        work.parts.index.prepare_said(work.dataset, said.texts[start : start + PREPARED_AT_ONCE])
    work.progress(said.total, said.total, now=True)


def _embedded(work: Work) -> str:
    return f"{work.folder}/embedded"


def _room_for(units: int) -> None:
    if room.is_short(units):
        raise room.Short


def _units(work: Work) -> dict[int, int]:
    """How many text units each revision of the cycle has."""
    mine = (Revision.cycle_id == work.cycle_id, Revision.units > 0)
    with work.parts.session() as db:
        found = db.exec(select(Revision.id, Revision.units).where(*mine).order_by(col(Revision.id)))
        return {id_: many for id_, many in found if id_ is not None}


def _said_of(work: Work, changes_: str) -> Said | None:
    """What was kept of this change set."""
    if not work.has("said"):
        return None
    said = work.kept(Said, "said")
    return said if said.changes == changes_ else None


def _staged(work: Work) -> Said:
    """Its graph and its rows are there now."""
    change_set = work.kept(ChangeSet, "changes")
    plan = changes.delta(work.dataset, change_set.changes, change_set.base_version + 1)
    stage(work.parts.store, work.dataset, work.number, plan.delta)
    texts = _texts(work, plan)
    _not_moved(work, change_set.base_version)
    with work.session() as db:
        change_rows.replace(db, work.cycle_id, change_set)
    return Said(work.fingerprint("changes"), len(change_set.changes), texts)


def _prepare_units(work: Work, units: dict[int, int]) -> None:
    """Embed the cycle's text units now, so that approving does not wait for it."""
    done, total = 0, sum(units.values())
    for revision in units:
        with work.parts.session() as db:
            rows = unit_rows(work.parts, db, [revision])
        for start in range(0, len(rows), PREPARED_AT_ONCE):
            work.progress(done + start, total)
            work.parts.index.prepare(work.dataset, rows[start : start + PREPARED_AT_ONCE])
        done += len(rows)


def _texts(work: Work, plan: Plan) -> tuple[str, ...]:
    """What the facts will be embedded by, and things that no text unit of the cycle speaks of."""
    would_be = ApprovedGraph(work.parts.store, work.dataset, work.number)
    rows = planned(work.dataset, touched(work.dataset, plan.delta), plan.changed, would_be)
    with work.parts.session() as db:
        own = set(db.exec(select(Unit.unit_id).where(Unit.cycle_id == work.cycle_id)))
    unsaid = tuple(e for e in rows.entities if not any(q.unit_id in own for q in e.evidence))
    return tuple(said(replace(rows, entities=unsaid)))


def _not_moved(work: Work, base: int) -> None:
    """If another version was approved meanwhile, compare with that one: the reading is not repeated."""
    if work.approved.version() == base:
        return
    log.info("version %s is not the approved one any more", base)
    with work.session() as db:
        cycles.restart_from(db, work.cycle(db), StepName.schema)
        db.commit()
    raise LeaseLost
