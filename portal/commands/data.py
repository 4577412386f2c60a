"""`ferag export` and `ferag reindex`."""

import shutil
import sys
from pathlib import Path

from portal import exports, upkeep
from portal.commands.common import Caller, enter, rag_of, tell
from portal.wiring import Parts


def export(parts: Parts, caller: Caller, name: str, form: str, out: str, version: int | None) -> int:
    """The approved graph into a file ("-" is the terminal); a file is replaced only when it is whole."""
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    if out == "-":
        with exports.written(parts, actor, rag.id, form, version) as made:
            shutil.copyfileobj(made.file, sys.stdout.buffer)
        return 0
    path = Path(out)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as stream:
            count = exports.export(parts, actor, rag.id, stream, form, version)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    counted = "quads" if exports.FORMS[form].rdf else "facts"
    tell(
        caller, {"rag": rag.name, "format": form, "out": out, counted: count}, f"{count} {counted} in {out}."
    )
    return 0


def reindex(parts: Parts, caller: Caller, name: str) -> int:
    """Build the retrieval index anew from the approved graph and the stored documents."""
    with parts.session() as opened:
        rag = rag_of(opened, name)
    assert rag.id is not None
    units = upkeep.reindex(parts, rag.id)
    tell(caller, {"rag": rag.name, "units": units}, f"{rag.name}: {units} text units indexed.")
    return 0
