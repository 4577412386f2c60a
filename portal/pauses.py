"""Publishing held up for a while, for all processes and machines: people go on asking and reviewing.

What is approved meanwhile waits in its row, and is published by a worker when the pause has ended.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import delete, text, update
from sqlmodel import col, select

from portal.db import lock_writers
from portal.errors import Conflict
from portal.leases import PUBLISHING, beating
from portal.models import Cycle, Pause, now
from portal.wiring import Parts

SECONDS = 30.0  # a pause whose holder died ends so soon
PATIENCE = 600.0  # for what is being published


@contextmanager
def publishing_paused(parts: Parts) -> Iterator[None]:
    """Nobody publishes in this block. Conflict if somebody else has paused it, or does not finish."""
    holder = uuid.uuid4().hex
    _begin(parts, holder)
    try:
        with beating(lambda: _keep(parts, holder)):
            _wait(parts)
            yield
    finally:
        with parts.session() as db:
            db.execute(delete(Pause).where(col(Pause.holder) == holder))
            db.commit()


def _begin(parts: Parts, holder: str) -> None:
    with parts.session() as db:
        lock_writers(db)
        if db.connection().dialect.name == "postgresql":
            # who is about to claim a cycle has done so, or will see the pause
            db.execute(text("LOCK TABLE cycle IN SHARE ROW EXCLUSIVE MODE"))
        db.execute(delete(Pause).where(col(Pause.name) == PUBLISHING, col(Pause.until) < now()))
        if db.get(Pause, PUBLISHING) is not None:
            raise Conflict("paused-already")
        db.add(Pause(name=PUBLISHING, holder=holder, until=_until()))
        db.commit()


def _keep(parts: Parts, holder: str) -> None:
    with parts.session() as db:
        db.execute(update(Pause).where(col(Pause.holder) == holder).values(until=_until()))
        db.commit()


def _wait(parts: Parts) -> None:
    """Until what was being published is."""
    until = time.monotonic() + PATIENCE
    while True:
        with parts.session() as db:
            busy = db.exec(select(Cycle.id).where(col(Cycle.lease_until) > now()).limit(1)).first()
        if busy is None:
            return
        if time.monotonic() > until:
            raise Conflict("publishing-lasts")
        time.sleep(0.1)


def _until() -> datetime:
    return now() + timedelta(seconds=SECONDS)
