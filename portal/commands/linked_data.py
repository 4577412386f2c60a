"""`ferag import-rdf`: files of linked data in, a cycle out, to be reviewed as any other."""

import time
from collections.abc import Sequence
from pathlib import Path

from kg.errors import Unreadable
from kg.text.formats.kinds import kind
from kg.text.formats.rdf_kinds import RDF_KINDS
from portal import cycles, documents
from portal.commands.common import Caller, enter
from portal.commands.documents import nothing, opened, outcome, wait_for
from portal.errors import Invalid
from portal.wiring import Parts


def import_rdf(parts: Parts, caller: Caller, name: str, files: Sequence[Path], wait: bool) -> int:
    """Invalid if one of the files is no RDF: as a text it can be ingested."""
    began = time.monotonic()
    actor, rag = enter(parts, caller, name)
    assert rag.id is not None
    for path in files:
        if not _is_rdf(path):
            raise Invalid("files", "not-rdf", name=path.name)
    receipt = documents.upload(parts, actor, rag.id, opened([(path, "") for path in files]))
    if receipt.cycle is None:
        return nothing(caller, rag.name, receipt.refused, began)
    if wait:
        wait_for(parts, actor, rag.id, receipt.cycle)
    view = cycles.get(parts, actor, rag.id, receipt.cycle)
    return outcome(parts, caller, actor, rag, view, receipt.refused, began)


def _is_rdf(path: Path) -> bool:
    try:
        return kind(path.read_bytes(), path.name) in RDF_KINDS
    except Unreadable:
        return False
