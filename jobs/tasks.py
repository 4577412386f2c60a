"""What RQ calls: each takes one opaque id, looks it up, and does nothing if there is nothing to do."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from jobs import extraction, pipeline
from jobs.context import context, parts
from portal import publishing


@contextmanager
def _doing(what: str) -> Iterator[None]:
    context().doing = what
    with structlog.contextvars.bound_contextvars(job=what):
        try:
            yield
        finally:
            context().doing = ""


def cycle(cycle_id: str) -> None:
    """Run a cycle's steps."""
    with _doing(f"cycle {cycle_id}"):
        pipeline.run_cycle(parts(), int(cycle_id), context().wanted_back)


def extract(cycle_id: str) -> None:
    """Help with a cycle's text units."""
    with _doing(f"extract {cycle_id}"):
        extraction.help_with(parts(), int(cycle_id), context().wanted_back)


def publish(cycle_id: str) -> None:
    """Carry an approved cycle into the graph."""
    with _doing(f"publish {cycle_id}"):
        publishing.run(parts(), int(cycle_id))


def index(rag_id: str) -> None:
    """Look after a knowledge base's retrieval index."""
    from portal import upkeep  # noqa: PLC0415  # heavy: loads the index

    with _doing(f"index {rag_id}"):
        upkeep.run(parts(), int(rag_id))


def answer(message_id: str) -> None:
    """Write a chat's answer."""
    from portal import chats  # noqa: PLC0415  # heavy: only the worker for answers loads it

    with _doing(f"answer {message_id}"):
        chats.write_answer(parts(), int(message_id))
