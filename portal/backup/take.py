"""`ferag backup`: one moment of the installation in one file, while people go on asking.

Publishing is paused while the database's moment is taken and the graphs and the index are read; then it
goes on. Files are read after that: they are written before the rows that speak of them, and stay.
"""

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pydantic import SecretStr
from rdflib import URIRef
from sqlalchemy import Connection
from sqlmodel import SQLModel, col, select

from kg import versions
from kg.errors import VersionMoved
from kg.fingerprint import Fingerprint
from kg.store import dump
from kg.vocab import Dataset
from portal import audit, db, wiring
from portal.access import Actor
from portal.backup import index_keys, rows
from portal.backup.archive import FILES, PIECE, Reader, Writer
from portal.backup.manifest import Kept, KeptGraph, KeptTable, Manifest, release
from portal.errors import Conflict
from portal.files import Files
from portal.models import Cycle, CycleState, now
from portal.pauses import publishing_paused
from portal.settings import Settings
from portal.wiring import Parts

SPOOLED = 2**24  # bytes of a file that are held in memory; larger ones in a temporary file
SETTINGS = "settings.env"


@dataclass(frozen=True, slots=True)
class Taken:
    manifest: Manifest
    size: int  # bytes
    paused: float  # seconds in which nobody could publish


def secrets_of(path: Path) -> Path:
    """The file beside a backup that lets people in: kept elsewhere, and apart from it."""
    return path.with_name(f"{path.name}.secrets")


def backup(parts: Parts, actor: Actor, path: Path) -> Taken:
    """Write the backup and, beside it, its secrets; both are there when it is whole and read back.

    Conflict if there is such a file already, if another backup is being taken, or if a version was
    published in spite of the pause (by a process that had stood still).
    """
    for there in (path, secrets_of(path)):
        if there.exists():
            raise Conflict("file-exists", name=there.name)
    part, secret_part = (p.with_name(f".{p.name}.part") for p in (path, secrets_of(path)))
    with parts.session() as opened:
        audit.record(opened, actor, "backup", subject=path.name)
        opened.commit()
    try:
        with _private(part) as out, _private(secret_part) as secret_out:
            paused = _write(parts, out, secret_out)
        with closing(Reader(part)) as read:
            read.verify()
        secret_part.replace(secrets_of(path))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        secret_part.unlink(missing_ok=True)
    return Taken(read.manifest, path.stat().st_size, paused)


def _write(parts: Parts, out: IO[bytes], secret_out: IO[bytes]) -> float:
    """Everything, the manifest last; seconds of the pause."""
    with ExitStack() as stack:
        writer = stack.enter_context(closing(Writer(out)))
        kept = stack.enter_context(tempfile.TemporaryFile())
        with publishing_paused(parts):
            began = time.monotonic()
            moment = stack.enter_context(rows.snapshot(parts.engine))
            rag = SQLModel.metadata.tables["rag"]
            rags = tuple(moment.execute(select(rag.c.id).order_by(rag.c.id)).scalars())
            graphs = tuple(g for r in rags for g in _graphs(parts, moment, writer, r))
            index = wiring.index_files(parts.settings)
            _files(writer, "index", index, index_keys.moment(index), kept)
            paused = time.monotonic() - began
        tables = tuple(_table(moment, writer, t.name) for t in rows.open_tables())
        secrets = _secrets(parts.settings, moment, secret_out)
        _files(writer, "files", parts.files, parts.files.everything(), kept)
        kept.seek(0)
        with writer.entry(FILES) as entry:
            number = 0
            for line in kept:
                entry.write(line)
                number += 1
        with writer.entry(SETTINGS) as entry:
            entry.write(_settings(parts.settings, secret=False))
        writer.finish(
            Manifest(
                release=release(),
                database=db.revision(parts.engine),
                base_iri=parts.settings.base_iri,
                made_at=now().isoformat(),
                rags=rags,
                graphs=graphs,
                tables=tables,
                files=number,
                entries=tuple(writer.entries),
                secrets=secrets,
            )
        )
    return paused


def _graphs(parts: Parts, moment: Connection, writer: Writer, rag_id: int) -> Iterator[KeptGraph]:
    """The approved graphs, and those of cycles in review. Conflict if a version came between."""
    dataset = parts.dataset(rag_id)
    parts.store.create(dataset)
    before = versions.marker(parts.store, dataset)
    cycles = moment.execute(
        select(col(Cycle.number)).where(Cycle.rag_id == rag_id, Cycle.state == CycleState.review)
    ).scalars()
    staged = [dataset.staged(n, c, g) for n in cycles for c in ("add", "remove") for g in dataset.approved]
    for graph in (*dataset.approved, dataset.meta, *staged):
        yield from _graph(parts, dataset, writer, graph)
    after = versions.marker(parts.store, dataset)
    if after != before:
        raise Conflict("published-meanwhile") from VersionMoved(before.version, after.version)


def _graph(parts: Parts, dataset: Dataset, writer: Writer, graph: URIRef) -> Iterator[KeptGraph]:
    """One graph, if it holds anything."""
    found, pieces = Fingerprint(), dump.triples(parts.store, dataset, graph)
    first = next(pieces, None)
    if first is None:
        return
    name = f"graphs/{dataset.name}/{graph.removeprefix(dataset.root)}.nq"
    with writer.entry(name) as entry:
        while first is not None:
            found.add(first)
            entry.write(dump.to_quads(first, graph))
            first = next(pieces, None)
    yield KeptGraph(dataset.rag_id, str(graph), name, found.lines, found.hash)


def _table(moment: Connection, writer: Writer, table: str) -> KeptTable:
    found, name = Fingerprint(), f"database/{table}.jsonl"
    with writer.entry(name) as entry:
        for some in rows.lines(moment, SQLModel.metadata.tables[table]):
            found.add(some)
            entry.write(b"".join(some))
    return KeptTable(table, name, found.lines, found.hash)


def _files(writer: Writer, place: str, files: Files, keys: Iterable[str], kept: IO[bytes]) -> None:
    """Every file, once for each content. One that goes away meanwhile is of no row, or of no index."""
    for key in keys:
        if key.startswith("."):  # what this machine keeps for itself
            continue
        try:
            source = files.open(key)
        except FileNotFoundError:
            continue
        with source, tempfile.SpooledTemporaryFile(SPOOLED) as spool:
            seen = hashlib.sha256()
            while piece := source.read(PIECE):
                seen.update(piece)
                spool.write(piece)
            size = spool.tell()
            spool.seek(0)
            # vectors do not get smaller; originals, artifacts and deltas mostly do
            writer.blob(spool, seen.hexdigest(), packed=place == "files")
        line = Kept(place, key, seen.hexdigest(), size)
        kept.write(json.dumps({n: getattr(line, n) for n in line.__slots__}).encode() + b"\n")


def _secrets(settings: Settings, moment: Connection, out: IO[bytes]) -> str:
    """Secret settings as comments of JSON lines, then what of the rows lets people in; the SHA-256."""
    seen = hashlib.sha256()
    for line in (_settings(settings, secret=True), *rows.secret_lines(moment)):
        out.write(line)
        seen.update(line)
    return seen.hexdigest()


def _settings(settings: Settings, *, secret: bool) -> bytes:
    """`FERAG_NAME=value` of what is set here; as a JSON line each where it is secret."""
    lines = []
    for name in sorted(settings.model_fields_set):
        value = getattr(settings, name)
        plain = str(value.get_secret_value() if isinstance(value, SecretStr) else value)
        hidden = isinstance(value, SecretStr) or "@" in plain  # an address with a password in it
        variable = f"FERAG_{name.upper()}"
        if secret and hidden:
            lines.append(json.dumps({"setting": variable, "value": plain}))
        elif not secret and not hidden:
            lines.append(f"{variable}={plain}")
    return "".join(f"{line}\n" for line in lines).encode()


@contextmanager
def _private(path: Path) -> Iterator[IO[bytes]]:
    """A file for this user only, on the disk when the block ends."""
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        yield out
        out.flush()
        os.fsync(out.fileno())
