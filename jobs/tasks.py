"""What RQ calls: each takes one opaque id, looks it up, and does nothing if there is nothing to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rq import get_current_job

from jobs import extraction, pipeline, room
from jobs.context import context, parts
from portal import publishing
from portal.tracing import doing
from portal.work_queue import INDEX, PIPELINE, PUBLISH, QUICK, push, workers

log = logging.getLogger(__name__)


@contextmanager
def _doing(what: str, argument: str) -> Iterator[None]:
    job = get_current_job()
    context().doing = f"{what} {argument}"
    try:
        with doing(f"job {what}", job.meta if job else None, job=context().doing):
            yield
    finally:
        context().doing = ""


def cycle(cycle_id: str) -> None:
    """Run a cycle's steps."""
    with _doing("cycle", cycle_id):
        pipeline.run_cycle(parts(), int(cycle_id), context().wanted_back)


def extract(cycle_id: str) -> None:
    """Help with a cycle's text units."""
    with _doing("extract", cycle_id):
        extraction.help_with(parts(), int(cycle_id), context().wanted_back)


def publish(cycle_id: str) -> None:
    """Carry an approved cycle into the graph."""
    with _doing("publish", cycle_id):
        if not _handed_on(PUBLISH, cycle_id, room.units_of_cycle(parts(), int(cycle_id))):
            publishing.run(parts(), int(cycle_id))


def index(rag_id: str) -> None:
    """Look after a knowledge base's retrieval index."""
    from portal import upkeep  # noqa: PLC0415  # heavy: loads the index

    with _doing("index", rag_id):
        if not _handed_on(INDEX, rag_id, room.units_of_rag(parts(), int(rag_id))):
            upkeep.run(parts(), int(rag_id))


def purge(rag_id: str) -> None:
    """Take away what is left of a knowledge base that was deleted long ago."""
    from portal import purging  # noqa: PLC0415  # heavy: loads the index

    with _doing("purge", rag_id):
        purging.run(parts(), int(rag_id))


def _handed_on(task: str, argument: str, units: int) -> bool:
    """Large work is not for the worker on whom answers wait, nor for one that has gathered memory: is it
    asked for again?"""
    job = get_current_job()
    if job is None or not room.is_large(units):
        return False
    others = [w for w in workers(parts().redis) if w.queue == PIPELINE and not w.drained]
    if job.origin == QUICK and others:
        push(parts().redis, task, argument, job.meta, PIPELINE)
        return True
    if job.origin == PIPELINE and room.is_short(units):
        push(parts().redis, task, argument, job.meta, PIPELINE)
        log.info("this worker begins anew, to have room for %s %s", task, argument)
        context().begin_anew()
        return True
    return False


def answer(message_id: str) -> None:
    """Write a chat's answer."""
    from portal import chats  # noqa: PLC0415  # heavy: only the worker for answers loads it

    with _doing("answer", message_id):
        chats.write_answer(parts(), int(message_id))
