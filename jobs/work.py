"""A step's work in hand: the parts, the lease, the cycle, and where its artifacts are."""

import hashlib
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import case, update
from sqlmodel import Session, col

from kg import values
from kg.approved import ApprovedGraph
from kg.vocab import Dataset
from portal import cycles, events, models
from portal.leases import Lease
from portal.models import Cycle, CycleKind, Step, StepName
from portal.wiring import Parts

log = logging.getLogger(__name__)
T = TypeVar("T")
REPORT_SECONDS = 0.5


@dataclass
class Work:
    parts: Parts
    lease: Lease
    cycle_id: int
    rag_id: int
    number: int
    kind: CycleKind
    step: StepName
    reported: float = field(default=0.0)

    @property
    def dataset(self) -> Dataset:
        return self.parts.dataset(self.rag_id)

    @property
    def approved(self) -> ApprovedGraph:
        return ApprovedGraph(self.parts.store, self.dataset)

    @property
    def folder(self) -> str:
        """Where this cycle's artifacts are in the file store."""
        return cycles.folder(self.rag_id, self.number)

    @property
    def due(self) -> bool:
        """Is it time to say how far the step is?"""
        return time.monotonic() - self.reported >= REPORT_SECONDS

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction whose commit is refused if the lease is lost; commits at the end of the block."""
        with self.parts.session() as db:
            yield db
            self.lease.fence(db)
            db.commit()

    def cycle(self, db: Session) -> Cycle:
        return db.get_one(Cycle, self.cycle_id)

    def progress(self, done: int, total: int, detail: str = "", *, now: bool = False) -> None:
        """Say how far the step is: the row and the event, at most twice a second unless `now`."""
        self.lease.check()
        if not now and done < total and not self.due:
            return
        self.reported = time.monotonic()
        with self.session() as db:
            db.execute(
                update(Step)
                .where(col(Step.id) == self.lease.step_id)
                .values(
                    done=done,
                    total=total,
                    detail=detail[:300],
                    counted_at=case((col(Step.total) != total, models.now()), else_=col(Step.counted_at)),
                    counted_from=case((col(Step.total) != total, done), else_=col(Step.counted_from)),
                )
            )
        self.tell("running", done, total)

    def tell(self, status: str, done: int = 0, total: int = 0, error: str = "") -> None:
        events.publish(
            self.parts.redis, self.cycle_id, events.Progress(status, self.step, done, total, error)
        )

    # ---- values handed from step to step

    def keep(self, name: str, value: object) -> None:
        with tempfile.TemporaryFile() as lines:
            lines.writelines(values.lines(value))
            lines.seek(0)
            self.parts.files.put(f"{self.folder}/{name}.json", lines)

    def has(self, name: str) -> bool:
        return self.parts.files.exists(f"{self.folder}/{name}.json")

    def fingerprint(self, name: str) -> str:
        """SHA-256 of what is kept under this name."""
        found = hashlib.sha256()
        with self.parts.files.open(f"{self.folder}/{name}.json") as lines:
            for line in lines:
                found.update(line)
        return found.hexdigest()

    def kept(self, kind: type[T], name: str) -> T:
        with self.parts.files.open(f"{self.folder}/{name}.json") as lines:
            return values.from_lines(kind, lines)
