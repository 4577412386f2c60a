"""A knowledge base taken away: any version, in any of the forms that other programs read."""

import contextlib
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, BinaryIO

from kg import export as graph_export
from kg import values
from kg.errors import VersionMoved
from kg.export import Texts
from kg.model import Delta, Document
from portal import access
from portal.access import Action, Actor
from portal.documents import text_key
from portal.errors import Conflict, NotFound
from portal.history import difference
from portal.indexing import revisions_at
from portal.models import Rag, Revision
from portal.text_units import read_units
from portal.wiring import Parts

TRIES = 4  # while versions are published
PAUSE = 0.3  # seconds, longer each time: between the graph's commit and its row's


@dataclass(frozen=True, slots=True)
class Form:
    """One form of export: `name` in addresses and commands, `ending` of its file."""

    name: str
    ending: str
    media_type: str
    title: str
    rdf: bool = True


FORMS = {
    f.name: f
    for f in (
        Form("trig", "trig", "application/trig", "TriG"),
        Form("turtle", "ttl", "text/turtle", "Turtle"),
        Form("nquads", "nq", "application/n-quads", "N-Quads"),
        Form("jsonld", "jsonld", "application/ld+json", "JSON-LD"),
        Form("graphml", "graphml", "application/graphml+xml", "GraphML", rdf=False),
        Form("csv", "csv", "text/csv", "CSV", rdf=False),
        Form("csv-zip", "csv.zip", "application/zip", "CSV, all tables", rdf=False),
        Form("graphrag", "graphrag.zip", "application/zip", "GraphRAG (Parquet)", rdf=False),
    )
}
BY_ENDING = {f.ending: f for f in FORMS.values()}


def export(
    parts: Parts, actor: Actor, rag_id: int, out: BinaryIO, form: str = "trig", version: int | None = None
) -> int:
    """Write the approved version, or an older one, as `form`; returns the number of quads, or of facts.

    Conflict if versions were published faster than one could be written; `out` then holds nothing, unless it
    cannot be taken back.
    """
    _check(parts, actor, rag_id, form)
    if not out.seekable():  # what is of no version must not leave
        with written(parts, actor, rag_id, form, version) as made:
            while piece := made.file.read(2**16):
                out.write(piece)
            return made.count
    for attempt in range(TRIES):
        with contextlib.suppress(VersionMoved):
            return _write(parts, rag_id, out, form, version)
        out.seek(0)
        out.truncate()
        time.sleep(PAUSE * (attempt + 1))
    raise Conflict("exports-moved")


@dataclass(frozen=True, slots=True)
class Written:
    """A temporary file at its beginning: whoever reads it closes it."""

    file: IO[bytes]
    count: int

    def __enter__(self) -> "Written":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()


def written(
    parts: Parts, actor: Actor, rag_id: int, form: str = "trig", version: int | None = None
) -> Written:
    """The same in a temporary file."""
    with contextlib.ExitStack() as kept:
        out = kept.enter_context(tempfile.TemporaryFile())
        count = export(parts, actor, rag_id, out, form, version)
        out.seek(0)
        kept.pop_all()
        return Written(out, count)


def _check(parts: Parts, actor: Actor, rag_id: int, form: str) -> None:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.export)
    if form not in FORMS:
        raise NotFound("format", form)


def _write(parts: Parts, rag_id: int, out: BinaryIO, form: str, version: int | None) -> int:
    with parts.session() as db:
        current = db.get_one(Rag, rag_id).version
    at = current if version is None else version
    undo = difference(parts, rag_id, current, at) if at != current else Delta()
    return graph_export.export(
        parts.store, parts.dataset(rag_id), out, form, undo, at=current, texts=_texts(parts, rag_id, at)
    )


def _texts(parts: Parts, rag_id: int, version: int) -> Callable[[], Texts]:
    """The documents of a version with their text units, read when they are asked for."""

    def read() -> Texts:
        with parts.session() as db:
            ids = sorted(revisions_at(db, rag_id, version))
            keys = [db.get_one(Revision, i).key for i in ids]
            units = tuple(unit for unit, _ in read_units(parts, db, ids))
        documents = (values.loads(Document, parts.files.get(text_key(rag_id, k))) for k in keys)
        return Texts(tuple(documents), units)

    return read
