"""What the steps of a cycle wrote: tables and Turtle files that members may take away."""

from typing import IO

from portal import access, cycles
from portal.access import Action, Actor
from portal.errors import NotFound
from portal.wiring import Parts

ENDINGS = (".ttl", ".parquet")


def listing(parts: Parts, actor: Actor, rag_id: int, number: int) -> tuple[str, ...]:
    """Their names."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.export)
        cycles.find(db, rag_id, number)
    folder = cycles.folder(rag_id, number)
    names = (key.removeprefix(f"{folder}/") for key in parts.files.keys(folder))
    return tuple(n for n in names if n.endswith(ENDINGS) and "/" not in n)


def stream(parts: Parts, actor: Actor, rag_id: int, number: int, name: str) -> IO[bytes]:
    if name not in listing(parts, actor, rag_id, number):
        raise NotFound("file", name)
    return parts.files.open(f"{cycles.folder(rag_id, number)}/{name}")
