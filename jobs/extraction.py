"""Text units claimed in small batches, extracted one by one, each result committed under its own token.

Any number of workers do this at once for the same cycle. A unit whose worker died is claimed again when
its lease ends; one that took several workers down with it is put aside, with the reason.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select

from jobs.deadlines import TooLong, deadline
from jobs.extractors import extractor
from kg import values
from kg.approved import ApprovedGraph
from kg.errors import ModelDown, ModelRefused, StoreDown, Unparsable
from kg.extract import Context, Extractor
from kg.model import Extraction, Ontology, TextUnit
from portal.leases import beat_units, beating, claim_units
from portal.models import Cycle, CycleState, Rag, Revision, Step, StepName, StepState, Unit, UnitState
from portal.text_units import units_of
from portal.wiring import Parts

log = logging.getLogger(__name__)

BATCH = 8  # text units of one claim
MAX_CLAIMS = 3  # of a unit: more means that it takes workers down
UNIT_SECONDS = 300


Claimed = tuple[Unit, str]  # with its revision's key
Outcome = tuple[Extraction | None, str]  # with the problem, if there was one


@dataclass(frozen=True)
class ForCycle:
    """The extractor with what it should know of this cycle's knowledge base."""

    extractor: Extractor
    ontology: Ontology
    guidance: str
    rag_id: int
    number: int


def for_cycle(parts: Parts, cycle_id: int) -> ForCycle:
    with parts.session() as db:
        cycle = db.get_one(Cycle, cycle_id)
        rag = db.get_one(Rag, cycle.rag_id)
    ontology = Ontology()
    if rag.version:
        ontology = ApprovedGraph(parts.store, parts.dataset(cycle.rag_id)).ontology()
    reader = extractor(parts, cycle.rag_id, cycle_id)
    return ForCycle(reader, ontology, rag.guidance, cycle.rag_id, cycle.number)


def help_with(parts: Parts, cycle_id: int, interrupted: Callable[[], bool]) -> None:
    """Extract units of this cycle until there is none to claim, or its work is stopped."""
    ready: ForCycle | None = None

    def check() -> None:
        if interrupted() or not _wanted(parts, cycle_id):
            raise _Enough

    try:
        while True:
            check()
            ready = ready or for_cycle(parts, cycle_id)
            if not extract_batch(parts, ready, cycle_id, check, lambda: None):
                return
    except (_Enough, StoreDown, ModelDown, ModelRefused):
        return  # the worker that has the cycle meets the same and says so


class _Enough(Exception):
    """This helper is not needed any more."""


def _wanted(parts: Parts, cycle_id: int) -> bool:
    with parts.session() as db:
        found = db.exec(
            select(Step.id)
            .join(Cycle, col(Step.cycle_id) == Cycle.id)
            .where(
                Cycle.id == cycle_id,
                Cycle.state == CycleState.running,
                col(Cycle.cancel_requested).is_(False),
                Step.name == StepName.graphrag,
                Step.state == StepState.running,
            )
        ).first()
    return found is not None


def extract_batch(
    parts: Parts,
    ready: ForCycle,
    cycle_id: int,
    check: Callable[[], None],
    report: Callable[[], None],
) -> int:
    """Claim some units and extract them; how many were claimed. `check` may raise between two units."""
    with parts.session() as db:
        claimed = claim_units(db, cycle_id, BATCH)
        rows = db.exec(
            select(Unit, Revision.key)
            .join(Revision, col(Unit.revision_id) == Revision.id)
            .where(col(Unit.id).in_(claimed))
            .order_by(col(Unit.id))
        ).all()
    mine = dict(claimed)

    def beat() -> None:
        with parts.session() as db:
            beat_units(db, mine)
            db.commit()

    try:
        with beating(beat):
            for some in _in_flight(rows, ready):
                check()
                for unit, outcome in _read(parts, ready, some):
                    _commit(parts, unit, *outcome)
                    mine.pop(unit.id or 0)
                report()
    finally:
        _give_back(parts, mine)
    return len(rows)


def _in_flight(rows: Sequence[Claimed], ready: ForCycle) -> Iterator[Sequence[Claimed]]:
    """As many at a time as the extractor takes: one that computes here takes one."""
    size = max(1, getattr(ready.extractor, "in_flight", 1))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _read(parts: Parts, ready: ForCycle, rows: Sequence[Claimed]) -> Iterator[tuple[Unit, Outcome]]:
    """Each unit with what was found in it."""
    if len(rows) == 1:
        try:
            with deadline(UNIT_SECONDS):
                outcome = _outcome(parts, ready, *rows[0])
        except TooLong:
            outcome = None, f"it took longer than {UNIT_SECONDS} seconds"
        yield rows[0][0], outcome
        return
    with ThreadPoolExecutor(len(rows)) as pool:
        for (unit, _), outcome in zip(
            rows, pool.map(lambda row: _outcome(parts, ready, *row), rows), strict=True
        ):
            yield unit, outcome


def _outcome(parts: Parts, ready: ForCycle, unit: Unit, revision_key: str) -> Outcome:
    """What was read, or why nothing was. ModelDown, ModelRefused and StoreDown pass."""
    if unit.attempt > MAX_CLAIMS:
        return None, "the workers that read this text died"
    units = units_of(parts, ready.rag_id, ready.number, revision_key)
    text_unit = units[unit.number]
    before = units[unit.number - 1].text[-300:] if unit.number else ""
    context = Context(
        title=text_unit.document, ontology=ready.ontology, guidance=ready.guidance, before=before
    )
    try:
        found = ready.extractor.extract(text_unit, context)
    except Unparsable as e:
        return None, str(e)
    except (ModelDown, ModelRefused, StoreDown):
        raise
    except Exception as e:  # one text that an extractor stumbles over must not stop a thousand others
        log.exception("text unit %s of %s is put aside", text_unit.number, text_unit.document)
        return None, f"{type(e).__name__}: {e}"
    return found, found.problem


def _commit(parts: Parts, unit: Unit, found: Extraction | None, problem: str) -> None:
    """The result, unless another worker has claimed the unit meanwhile."""
    with parts.session() as db:
        db.execute(
            update(Unit)
            .where(
                col(Unit.id) == unit.id,
                col(Unit.attempt) == unit.attempt,
                col(Unit.state) == UnitState.waiting,
            )
            .values(
                state=UnitState.quarantined if problem else UnitState.done,
                extraction=values.to_json(found) if found else None,
                problem=problem[:1000],
                lease_until=None,
            )
        )
        db.commit()


def _give_back(parts: Parts, claimed: dict[int, int]) -> None:
    """Units that were claimed and not begun: free at once, and the claim does not count."""
    if not claimed:
        return
    with parts.session() as db:
        for unit_id, attempt in claimed.items():
            db.execute(
                update(Unit)
                .where(col(Unit.id) == unit_id, col(Unit.attempt) == attempt)
                .values(attempt=attempt - 1, lease_until=None)
            )
        db.commit()


def extractions_of(parts: Parts, rag_id: int, cycle_id: int) -> tuple[list[TextUnit], list[Extraction]]:
    """All units of the cycle with what was read in them, in the order of the documents."""
    units: list[TextUnit] = []
    found: list[Extraction] = []
    with parts.session() as db:
        number = db.get_one(Cycle, cycle_id).number
        rows = db.exec(
            select(Unit, Revision.key)
            .join(Revision, col(Unit.revision_id) == Revision.id)
            .where(Unit.cycle_id == cycle_id)
            .order_by(col(Unit.revision_id), col(Unit.number))
        ).all()
    for row, key in rows:
        units.append(units_of(parts, rag_id, number, key)[row.number])
        if row.extraction is not None:
            found.append(values.from_json(Extraction, row.extraction))
    return units, found
