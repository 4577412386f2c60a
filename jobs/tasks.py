"""What RQ calls: each takes one opaque id, looks it up, and does nothing if there is nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager

from rq import get_current_job

from jobs import extraction, pipeline
from jobs.context import context, parts
from portal import publishing
from portal.tracing import doing


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
        publishing.run(parts(), int(cycle_id))


def index(rag_id: str) -> None:
    """Look after a knowledge base's retrieval index."""
    from portal import upkeep  # noqa: PLC0415  # heavy: loads the index

    with _doing("index", rag_id):
        upkeep.run(parts(), int(rag_id))


def answer(message_id: str) -> None:
    """Write a chat's answer."""
    from portal import chats  # noqa: PLC0415  # heavy: only the worker for answers loads it

    with _doing("answer", message_id):
        chats.write_answer(parts(), int(message_id))
