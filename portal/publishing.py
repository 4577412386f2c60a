"""Carrying an approved cycle into the graph: one process at a time, again by itself if that one died."""

import logging

from kg.errors import StoreDown
from portal import leases, versions
from portal.errors import PartDown
from portal.wiring import Parts

log = logging.getLogger(__name__)


def run(parts: Parts, cycle_id: int) -> versions.Published | None:
    """Finish the publishing of a claimed cycle; None if another worker is at it, or it must wait."""
    with parts.session() as db:
        if not leases.claim_publishing(db, cycle_id):
            return None

    def beat() -> None:
        with parts.session() as db:
            leases.keep_publishing(db, cycle_id)

    try:
        with leases.beating(beat):
            return versions.finish(parts, cycle_id)
    except (StoreDown, PartDown) as e:
        log.warning("publishing of cycle %s waits: %s", cycle_id, e)
        return None
    finally:
        with parts.session() as db:
            leases.end_publishing(db, cycle_id)
