"""Text units claimed in small batches and extracted, each result committed under its own token.

A unit whose worker died is claimed again when its lease ends; one that took several workers down with it
is put aside, with the reason.
"""

import contextvars
import logging
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import Session, col, select

from jobs.deadlines import TooLong, deadline
from jobs.halt import Halt, Halted
from kg import values
from kg.errors import ModelDown, ModelRefused, StoreDown, Unparsable
from kg.extract import Context, Extractor
from kg.extract.estimate import Estimate
from kg.model import Extraction, Ontology
from portal import budgets, model_profiles
from portal.leases import beat_units, beating, claim_units
from portal.model_profiles import Profile
from portal.models import Revision, Unit, UnitState
from portal.text_units import units_of
from portal.wiring import Parts

log = logging.getLogger(__name__)

BATCH = 8  # text units of one claim
AHEAD = (
    4  # being read beyond those in flight: no place at the endpoint waits for an answer to be parsed and kept
)
CHECK_SECONDS = 1.0  # between two looks whether to stop
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
    chosen: Profile | None  # the model that was chosen for it
    halt: Halt

    def still_chosen(self, parts: Parts) -> bool:
        return model_profiles.reader(parts) == self.chosen

    @property
    def billed(self) -> bool:
        """Is it a model that reads, with calls that count?"""
        return self.extractor.name.startswith("llm:")

    def context(self, title: str = "", before: str = "") -> Context:
        return Context(title=title, ontology=self.ontology, guidance=self.guidance, before=before)

    def expected(self, db: Session, units: Sequence[int]) -> Estimate | None:
        """What reading units of so many tokens will take at a model; None where none is asked."""
        pace = budgets.pace(db, self.extractor.name.removeprefix("llm:")) if self.billed else None
        return self.extractor.foresee(units, self.context(), pace)


def extract_some(
    parts: Parts,
    ready: ForCycle,
    cycle_id: int,
    check: Callable[[], None],
    report: Callable[[], None],
) -> int:
    """Claim some units and extract them; how many were claimed. `check` may raise between two units."""
    mine: dict[int, int] = {}

    def beat() -> None:
        with parts.session() as db:
            beat_units(db, mine)
            db.commit()

    try:
        with beating(beat):
            read = _one_by_one if ready.extractor.in_flight <= 1 else _many_at_once
            return read(parts, ready, cycle_id, mine, check, report)
    finally:
        _give_back(parts, mine)


def _claim(parts: Parts, cycle_id: int, mine: dict[int, int]) -> Sequence[Claimed]:
    with parts.session() as db:
        claimed = claim_units(db, cycle_id, BATCH)
        mine.update(claimed)
        return db.exec(
            select(Unit, Revision.key)
            .join(Revision, col(Unit.revision_id) == Revision.id)
            .where(col(Unit.id).in_(claimed))
            .order_by(col(Unit.id))
        ).all()


def _one_by_one(
    parts: Parts,
    ready: ForCycle,
    cycle_id: int,
    mine: dict[int, int],
    check: Callable[[], None],
    report: Callable[[], None],
) -> int:
    """One claim's units, each within its time: they are computed here."""
    rows = _claim(parts, cycle_id, mine)
    for row in rows:
        check()
        try:
            with deadline(UNIT_SECONDS):
                outcome = _outcome(parts, ready, *row)
        except TooLong:
            outcome = None, f"it took longer than {UNIT_SECONDS} seconds"
        _commit(parts, row[0], *outcome)
        mine.pop(row[0].id or 0)
        report()
    return len(rows)


def _many_at_once(
    parts: Parts,
    ready: ForCycle,
    cycle_id: int,
    mine: dict[int, int],
    check: Callable[[], None],
    report: Callable[[], None],
) -> int:
    """As many calls in flight as the endpoint takes; the next units are begun before a place is free.

    Ends early, with what it has claimed, when another model is chosen.
    """
    took, left = 0, True
    flying: dict[Future[Outcome], Unit] = {}
    at_once = ready.extractor.in_flight + AHEAD
    ready.halt.over()
    with ThreadPoolExecutor(at_once) as pool:
        try:
            while left or flying:
                check()
                left = left and ready.still_chosen(parts)
                if left and len(flying) < at_once + BATCH:
                    rows = _claim(parts, cycle_id, mine)
                    left = bool(rows)
                    took += len(rows)
                    flying |= {_begin(pool, parts, ready, row): row[0] for row in rows}
                _settle(
                    parts, flying, mine, wait(flying, timeout=CHECK_SECONDS, return_when=FIRST_COMPLETED).done
                )
                report()
        finally:
            ready.halt.now()
            for call in flying:
                call.cancel()
            paid = wait([call for call in flying if not call.cancelled()]).done
            _settle(parts, flying, mine, {call for call in paid if call.exception() is None})
    return took


def _begin(pool: ThreadPoolExecutor, parts: Parts, ready: ForCycle, row: Claimed) -> Future[Outcome]:
    """In a thread of the pool, its log lines and spans still this step's."""
    bound = contextvars.copy_context()
    return pool.submit(lambda: bound.run(_outcome, parts, ready, *row))


def _settle(
    parts: Parts, flying: dict[Future[Outcome], Unit], mine: dict[int, int], done: Collection[Future[Outcome]]
) -> None:
    """Commit what was read, not what was halted; an endpoint that is down or refuses is the caller's."""
    for call in done:
        if isinstance(call.exception(), Halted):
            del flying[call]
            continue
        outcome = call.result()
        unit = flying.pop(call)
        _commit(parts, unit, *outcome)
        mine.pop(unit.id or 0)


def _outcome(parts: Parts, ready: ForCycle, unit: Unit, revision_key: str) -> Outcome:
    """What was read, or why nothing was. ModelDown, ModelRefused and StoreDown pass."""
    if unit.attempt > MAX_CLAIMS:
        return None, "the workers that read this text died"
    units = units_of(parts, ready.rag_id, ready.number, revision_key)
    text_unit = units[unit.number]
    before = units[unit.number - 1].text[-300:] if unit.number else ""
    context = ready.context(text_unit.document, before)
    try:
        with budgets.reading(unit.revision_id):
            found = ready.extractor.extract(text_unit, context)
    except Unparsable as e:
        return None, str(e)
    except (ModelDown, ModelRefused, StoreDown):
        raise
    except Exception as e:  # one text that an extractor stumbles over must not stop a thousand others
        log.exception("text unit %s is put aside", unit.id)
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
