"""Carrying an approved cycle into the graph: one process at a time, again by itself if that one died."""

import logging

from kg.errors import KgError, StoreDown, TooSlow
from kg.versions import published
from portal import leases, versions
from portal.errors import PartDown
from portal.models import Cycle, CycleKind, CycleState, Rag, now
from portal.wiring import Parts

log = logging.getLogger(__name__)


def run(parts: Parts, cycle_id: int) -> versions.Published | None:
    """Finish the publishing of a claimed cycle; None if another process is at it, or it must wait."""
    with parts.session() as db:
        if not leases.claim_publishing(db, cycle_id):
            return None

    def beat() -> None:
        with parts.session() as db:
            leases.keep_publishing(db, cycle_id)

    try:
        with leases.beating(beat):
            return versions.finish(parts, cycle_id)
    except (StoreDown, TooSlow, PartDown) as e:
        log.warning("publishing of cycle %s waits: %s", cycle_id, e)
        return None
    except KgError as e:
        log.exception("cycle %s cannot be published", cycle_id)
        _give_up(parts, cycle_id, str(e))
        return None
    finally:
        with parts.session() as db:
            leases.end_publishing(db, cycle_id)


def _give_up(parts: Parts, cycle_id: int, why: str) -> None:
    """Trying again would not help: the cycle goes back to review and says why; a rollback has failed."""
    with parts.session() as db:
        cycle = db.get_one(Cycle, cycle_id)
        new = db.get_one(Rag, cycle.rag_id).version + 1
        dataset = parts.dataset(cycle.rag_id)
        if cycle.state is not CycleState.publishing or published(
            parts.store, dataset, new, cycle.publish_token
        ):
            return  # it is in the graph: what failed came after, and is done again
        parts.index.drop(dataset, new)
        cycle.state, cycle.error = CycleState.review, why[:2000]
        if cycle.kind is CycleKind.rollback:
            cycle.state, cycle.finished_at = CycleState.failed, now()
        db.add(cycle)
        db.commit()
