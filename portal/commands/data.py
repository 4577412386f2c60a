"""`ferag export` and `ferag reindex`."""

import sys
from pathlib import Path

from portal import graph, upkeep
from portal.commands.common import Caller, enter, rag_of, tell
from portal.wiring import Parts


def export(parts: Parts, caller: Caller, name: str, form: str, out: str, version: int | None) -> int:
    """The approved graph into a file ("-" is the terminal); a file is replaced only when it is whole."""
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    if out == "-":
        graph.export(parts, actor, rag.id, sys.stdout.buffer, form, version)
        return 0
    path = Path(out)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            quads = graph.export(parts, actor, rag.id, stream, form, version)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    tell(caller, {"rag": rag.name, "format": form, "out": out, "quads": quads}, f"{quads} quads in {out}.")
    return 0


def reindex(parts: Parts, caller: Caller, name: str) -> int:
    """Build the retrieval index anew from the approved graph and the stored documents."""
    with parts.session() as opened:
        rag = rag_of(opened, name)
    assert rag.id is not None
    units = upkeep.reindex(parts, rag.id)
    tell(caller, {"rag": rag.name, "units": units}, f"{rag.name}: {units} text units indexed.")
    return 0
