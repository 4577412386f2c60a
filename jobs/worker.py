"""A worker process: `python -m jobs.worker`. One queue, jobs in this very process, no fork.

LanceDB and ONNX Runtime hold threads that do not survive a fork, and the extractor's models take seconds
to load; so a job runs where they are. A worker that dies takes its job along, no orphan goes on.
"""

import argparse
import importlib
import logging
import os
import signal
import sys
import threading
import time
import uuid
from collections.abc import Callable
from types import FrameType
from typing import Any

import redis
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.job import Job
from rq.timeouts import BaseDeathPenalty
from sqlalchemy.exc import SQLAlchemyError

from jobs.context import context
from jobs.sweeper import SECONDS, sweep_quietly
from kg.errors import KgError
from portal import db, logs, settings, tracing, wiring, work_queue
from portal.embedded import addresses
from portal.errors import CannotStart, PartDown
from portal.settings import Settings
from portal.wiring import Parts

log = logging.getLogger(__name__)

NICE = 10  # what reads a library gives way to pages and answers on the same cores
SIGN_SECONDS = 3.0
IDLE_SECONDS = 2  # between two looks whether to take more work


class _NoPenalty(BaseDeathPenalty):
    """RQ's own time limit raises an ordinary exception that handlers swallow: the steps have their own."""

    def setup_death_penalty(self) -> None:
        return

    def cancel_death_penalty(self) -> None:
        return


class Worker(SimpleWorker):
    death_penalty_class = _NoPenalty
    log_result_lifespan = False

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[Job, Queue] | None:
        """The next job; None, which ends the loop, once this worker is drained or to end."""
        while not context().wanted_back():
            found = super().dequeue_job_and_maintain_ttl(IDLE_SECONDS, max_idle_time=IDLE_SECONDS)
            if found is not None:
                return found
        return None

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """RQ's own line would have the error's words, and so perhaps a document's."""
        log.error("job %s failed", job.func_name, exc_info=exc_info)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End the job in hand at its next check, not only after it."""
        context().ask_to_stop()
        super().request_stop(signum, frame)

    def request_force_stop(self, signum: int, frame: FrameType | None) -> None:
        """A second signal within moments is the same wish (a terminal tells the whole group)."""
        self.log.debug("asked again to stop")


def main(arguments: list[str] | None = None) -> int:
    importlib.import_module("jobs.tasks")  # what cannot be imported is said now, not at the first job
    parser = argparse.ArgumentParser(prog="python -m jobs.worker", description=__doc__)
    parser.add_argument("--queue", choices=work_queue.QUEUES, default=work_queue.PIPELINE)
    parser.add_argument("--parent", type=int, help="end when this process does")
    given = parser.parse_args(arguments)
    try:
        chosen = settings.read()
        parts = wiring.wire(chosen)
    except CannotStart as e:
        print(e, file=sys.stderr)  # noqa: T201
        return 1
    logs.configure(chosen.log_level, chosen.log_format)
    tracing.configure(chosen, "worker")
    if given.queue == work_queue.PIPELINE:
        os.nice(max(0, NICE - os.nice(0)))
    context().parts = parts
    db.upgrade(parts.engine)
    run(parts, given.queue, given.parent)
    if context().anew.is_set():
        given_ = sys.argv[1:] if arguments is None else arguments
        os.execv(sys.executable, [sys.executable, "-m", "jobs.worker", *given_])  # noqa: S606
    return 0


def run(parts: Parts, queue: str, parent: int | None = None) -> None:
    """Work until told to stop; a queue that goes away is waited for."""
    stopping = context().stopping
    name = f"{queue}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    _every(SIGN_SECONDS, lambda: _sign(parts, name, queue, parent))
    _every(SECONDS, lambda: sweep_quietly(parts))
    if queue == work_queue.QUICK:
        _warm(parts)
    pause = 0.2
    while not stopping.is_set():
        if context().drained.is_set():
            stopping.wait(0.5)
            continue
        began = time.monotonic()
        for sig in (signal.SIGTERM, signal.SIGINT):  # RQ puts its own in place while it works
            signal.signal(sig, lambda *_: context().ask_to_stop())
        try:
            _connected(parts.settings, queue, name).work(logging_level="WARNING")
        except redis.RedisError as e:
            log.warning("the queue does not answer: %s", e)
        except StopRequested:
            break
        pause = 0.2 if time.monotonic() - began > 10 else min(pause * 2, 3.0)
        stopping.wait(pause)
    with _quiet():
        work_queue.gone(parts.redis, name)


def _warm(parts: Parts) -> None:
    """Load what every answer needs before somebody waits for one."""
    try:
        importlib.import_module("portal.chats")
        _ = parts.index
    except (OSError, KgError) as e:
        log.warning("the index cannot be opened yet: %s", e)


def _connected(chosen: Settings, queue: str, name: str) -> Worker:
    url = wiring.queue_url(chosen, addresses.read(chosen.data_dir))
    return Worker(
        [queue],
        name=f"{name}-{uuid.uuid4().hex[:4]}",
        connection=redis.Redis.from_url(url, socket_connect_timeout=3),
        worker_ttl=30,
        job_monitoring_interval=10,
        maintenance_interval=15,
        log_job_description=False,
    )


def _sign(parts: Parts, name: str, queue: str, parent: int | None) -> None:
    if parent is not None and os.getppid() != parent:
        log.warning("the process that started this worker is gone")
        os.kill(os.getpid(), signal.SIGTERM)
    with _quiet():
        _follow(context().drained, work_queue.is_drained(parts.redis, name))
        work_queue.still_here(parts.redis, work_queue.sign(name, queue, _BEGAN, context().doing))


def _follow(drained: threading.Event, wanted: bool) -> None:
    if wanted != drained.is_set():
        log.info("this worker takes no more work" if wanted else "this worker works again")
    if wanted:
        drained.set()
    else:
        drained.clear()


_BEGAN = time.time()


class _quiet:  # reads as a statement
    """A queue that is down is said once, by the work loop."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: Any, *_rest: object) -> bool:
        return kind is not None and issubclass(kind, redis.RedisError)


def _every(seconds: float, what: Callable[[], None]) -> None:
    """Call `what` now and then again and again, in a thread of its own, until the worker stops."""

    def loop() -> None:
        while not context().stopping.is_set():
            try:
                what()
            except (PartDown, SQLAlchemyError, redis.RedisError) as e:
                log.warning("%s", e)
            context().stopping.wait(seconds)

    threading.Thread(target=loop, daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
