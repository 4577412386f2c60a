"""`ferag backup`: one moment of the installation in one file, while people go on asking.

Publishing is paused while the database's moment is taken, what was published since the graphs were copied
is copied again, and the index's files are listed; then it goes on. Files are written before the rows or the
manifests that speak of them, and stay, so they are read after that.
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
from sqlalchemy import Connection
from sqlmodel import SQLModel, col, select

from kg.fingerprint import Fingerprint
from kg.store import dump
from kg.vocab import Dataset
from portal import audit, db, wiring
from portal.access import Actor
from portal.backup import index_keys, model_keys, rows
from portal.backup.archive import FILES, PIECE, Reader, Writer
from portal.backup.graphs import Copied, Copies
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
            paused = _write(parts, path.parent, out, secret_out)
        with closing(Reader(part)) as read:
            read.verify()
        secret_part.replace(secrets_of(path))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        secret_part.unlink(missing_ok=True)
    return Taken(read.manifest, path.stat().st_size, paused)


def _write(parts: Parts, folder: Path, out: IO[bytes], secret_out: IO[bytes]) -> float:
    """Everything, the manifest last, using `folder` meanwhile; seconds of the pause."""
    with ExitStack() as stack:
        writer = stack.enter_context(closing(Writer(out)))
        kept = stack.enter_context(tempfile.TemporaryFile())
        copies = Copies(parts.store, stack.enter_context(tempfile.TemporaryFile(dir=folder)))
        index = wiring.index_files(parts.settings)
        with parts.engine.connect() as connection:
            known = _datasets(parts, connection)
        copies.beforehand(known)
        with publishing_paused(parts):
            began = time.monotonic()
            moment = stack.enter_context(rows.snapshot(parts.engine))
            datasets = _datasets(parts, moment)
            copied = [c for d in datasets for c in copies.moment(d, _in_review(moment, d))]
            keys = index_keys.moment(index)
            paused = time.monotonic() - began
        graphs = tuple(_graph(copies, writer, c) for c in copied)
        if _files(writer, "index", index, keys, kept) < len(keys):
            raise Conflict("index-changed")
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
                rags=tuple(d.rag_id for d in datasets),
                graphs=graphs,
                tables=tables,
                files=number,
                entries=tuple(writer.entries),
                secrets=secrets,
            )
        )
    return paused


def _datasets(parts: Parts, connection: Connection) -> list[Dataset]:
    rag = SQLModel.metadata.tables["rag"]
    there = select(rag.c.id).where(rag.c.purged_at.is_(None)).order_by(rag.c.id)
    return [parts.dataset(r) for r in connection.execute(there).scalars()]


def _in_review(moment: Connection, dataset: Dataset) -> list[int]:
    found = select(col(Cycle.number)).where(Cycle.rag_id == dataset.rag_id, Cycle.state == CycleState.review)
    return list(moment.execute(found).scalars())


def _graph(copies: Copies, writer: Writer, copied: Copied) -> KeptGraph:
    """In canonical form, with its hash."""
    found, dataset, graph = Fingerprint(), copied.dataset, copied.graph
    name = f"graphs/{dataset.name}/{graph.removeprefix(dataset.root)}.nq"
    with writer.entry(name) as entry:
        for lines in dump.in_lines(copies.read(copied)):
            found.add(lines)
            entry.write(dump.to_quads(lines, graph))
    return KeptGraph(dataset.rag_id, str(graph), name, found.lines, found.hash)


def _table(moment: Connection, writer: Writer, table: str) -> KeptTable:
    found, name = Fingerprint(), f"database/{table}.jsonl"
    with writer.entry(name) as entry:
        for some in rows.lines(moment, SQLModel.metadata.tables[table]):
            found.add(some)
            entry.write(b"".join(some))
    return KeptTable(table, name, found.lines, found.hash)


def _files(writer: Writer, place: str, files: Files, keys: Iterable[str], kept: IO[bytes]) -> int:
    """Every file, once for each content; how many were still there. Of those without, no row speaks."""
    number = 0
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
        number += 1
    return number


def _secrets(settings: Settings, moment: Connection, out: IO[bytes]) -> str:
    """Secret settings as comments of JSON lines, then what of the rows lets people in; the SHA-256."""
    seen = hashlib.sha256()
    for line in (
        _settings(settings, secret=True),
        *rows.secret_lines(moment),
        *model_keys.lines(settings, moment),
    ):
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
