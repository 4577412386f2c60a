"""The extraction of one cycle: who reads, with what it should know; helpers on all workers; what was read."""

from collections.abc import Callable

from sqlmodel import col, select

from jobs.extractors import extractor
from jobs.halt import Halt
from jobs.units import BATCH, ForCycle, extract_some
from kg import values
from kg.approved import ApprovedGraph
from kg.errors import ModelDown, ModelRefused, StoreDown
from kg.model import Extraction, Ontology, TextUnit
from portal import budgets, model_profiles
from portal.models import Cycle, CycleState, Rag, Revision, Step, StepName, StepState, Unit
from portal.text_units import units_of
from portal.wiring import Parts

AT_ONCE = 500  # rows: a library has ten thousand, each with all that was read in it

__all__ = ["BATCH", "ForCycle", "as_chosen", "extract_some", "extractions_of", "for_cycle", "help_with"]


def for_cycle(parts: Parts, cycle_id: int) -> ForCycle:
    with parts.session() as db:
        cycle = db.get_one(Cycle, cycle_id)
        rag = db.get_one(Rag, cycle.rag_id)
    ontology = Ontology()
    if rag.version:
        ontology = ApprovedGraph(parts.store, parts.dataset(cycle.rag_id)).ontology()
    chosen = model_profiles.reader(parts)
    halt = Halt()
    reader = extractor(parts, cycle.rag_id, cycle_id, halt.around)
    return ForCycle(reader, ontology, rag.guidance, cycle.rag_id, cycle.number, chosen, halt)


def as_chosen(parts: Parts, ready: ForCycle, cycle_id: int) -> ForCycle:
    """The same, or made anew if an administrator has chosen another model meanwhile."""
    return ready if ready.still_chosen(parts) else for_cycle(parts, cycle_id)


def help_with(parts: Parts, cycle_id: int, interrupted: Callable[[], bool]) -> None:
    """Extract units of this cycle until there is none to claim, or its work is stopped."""
    ready: ForCycle | None = None

    def check() -> None:
        if interrupted() or not _wanted(parts, cycle_id):
            raise _Enough

    try:
        while True:
            check()
            ready = as_chosen(parts, ready, cycle_id) if ready else for_cycle(parts, cycle_id)
            if not extract_some(parts, ready, cycle_id, check, lambda: None):
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
        return found is not None and not budgets.used_up(db, cycle_id)


def extractions_of(parts: Parts, rag_id: int, cycle_id: int) -> tuple[list[TextUnit], list[Extraction]]:
    """All units of the cycle with what was read in them, in the order of the documents."""
    units: list[TextUnit] = []
    found: list[Extraction] = []
    with parts.session() as db:
        number = db.get_one(Cycle, cycle_id).number
        rows = db.exec(
            select(Unit.number, Unit.extraction, Revision.key)
            .join(Revision, col(Unit.revision_id) == Revision.id)
            .where(Unit.cycle_id == cycle_id)
            .order_by(col(Unit.revision_id), col(Unit.number))
            .execution_options(yield_per=AT_ONCE)
        )
        for position, extraction, key in rows:
            units.append(units_of(parts, rag_id, number, key)[position])
            if extraction is not None:
                found.append(values.from_json(Extraction, extraction))
    return units, found
