"""Room for large work: a worker that has gathered memory begins anew before it takes it up."""

import psutil
from sqlalchemy import func
from sqlmodel import col, select

from portal.models import Revision, Unit
from portal.wiring import Parts

FULL = 400 * 2**20  # bytes of memory with which a worker does not begin large work
LARGE = 500  # text units


class Short(Exception):
    """What comes next of this step needs a worker that has begun anew."""


def is_large(units: int) -> bool:
    return units > LARGE


def is_short(units: int) -> bool:
    """Has this process too little left for work on so many text units?"""
    return is_large(units) and int(psutil.Process().memory_info().rss) >= FULL


def units_of_cycle(parts: Parts, cycle_id: int) -> int:
    with parts.session() as db:
        return db.exec(select(func.count(col(Unit.id))).where(Unit.cycle_id == cycle_id)).one()


def units_of_rag(parts: Parts, rag_id: int) -> int:
    """Of its approved version."""
    approved = (Revision.rag_id == rag_id, col(Revision.current))
    with parts.session() as db:
        return db.exec(select(func.sum(Revision.units)).where(*approved)).one() or 0
