"""`ferag restore`: a backup into an empty installation, of the same or another kind.

The backup is read and verified before anything is written; the rows come last, in one transaction, so
that nobody sees an installation that is half there. One that was interrupted can be run again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rdflib import URIRef
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import SQLModel

from kg.store import dump
from portal import audit, db, wiring
from portal.access import Actor
from portal.backup import model_keys, rows
from portal.backup.archive import Reader, damaged
from portal.backup.manifest import Kept, KeptGraph, Manifest, release
from portal.backup.take import SETTINGS, secrets_of
from portal.errors import Conflict, Invalid
from portal.wiring import Parts

UNDER_WAY = ".restoring"  # in the file store: which backup is being restored
SETTINGS_FILE = "restored-settings.env"


@dataclass(frozen=True, slots=True)
class Restored:
    manifest: Manifest
    settings: Path  # those of the backup, for the operator


def restore(parts: Parts, actor: Actor, path: Path, *, with_secrets: bool = True) -> Restored:
    """Put everything back, and compare it with the backup's hashes.

    Invalid if the backup is damaged, of another release's tables or other IRIs, or its secrets are
    missing. Conflict if anything is in the target.
    """
    if not path.is_file():
        raise Invalid("file", "no-file", name=path)
    read = Reader(path)
    try:
        manifest = read.manifest
        _fits(parts, manifest)
        secrets = _secrets(path, manifest) if with_secrets else ()
        read.verify()
        _ready(parts, read)
        for kept in read.kept():
            _file(parts, read, kept)
        for graph in manifest.graphs:
            _graph(parts, read, graph)
        _rows(parts, read, secrets)
        kept_settings = parts.settings.data_dir / SETTINGS_FILE
        kept_settings.write_bytes(b"".join(read.pieces(SETTINGS)))
    finally:
        read.close()
    with parts.session() as opened:
        audit.record(opened, actor, "restore", subject=path.name, made_at=manifest.made_at)
        opened.commit()
    parts.files.delete(UNDER_WAY)
    return Restored(manifest, kept_settings)


def _fits(parts: Parts, manifest: Manifest) -> None:
    here = db.revision(parts.engine)
    if manifest.database != here:
        raise Invalid("file", "backup-other-release", theirs=manifest.release, ours=release())
    if manifest.base_iri != parts.settings.base_iri:
        raise Invalid("file", "backup-other-iri", iri=manifest.base_iri)


def _ready(parts: Parts, read: Reader) -> None:
    """Conflict unless nothing is there, but what an interrupted restore of this backup left."""
    with parts.engine.connect() as connection:
        if not rows.empty(connection):
            raise Conflict("target-not-empty", what="the database")
    again = parts.files.exists(UNDER_WAY) and parts.files.get(UNDER_WAY).decode() == read.id
    if not again:
        for what, files in (
            ("the file store", parts.files),
            ("the index", wiring.index_files(parts.settings)),
        ):
            if any(not key.startswith(".") for key in files.everything()):
                raise Conflict("target-not-empty", what=what)
    for rag_id in read.manifest.rags:
        dataset = parts.dataset(rag_id)
        parts.store.create(dataset)
        there = parts.store.graphs(dataset)
        if there and not again:
            raise Conflict("target-not-empty", what="the graph store")
        if there:
            parts.store.drop_graphs(dataset, there)
    parts.files.put(UNDER_WAY, read.id.encode())


def _file(parts: Parts, read: Reader, kept: Kept) -> None:
    target = parts.files if kept.place == "files" else wiring.index_files(parts.settings)
    try:
        with read.blob(kept.sha256) as stream:
            target.put(kept.key, stream)
    except ValueError as e:
        raise damaged(read.path, str(e)) from e


def _graph(parts: Parts, read: Reader, kept: KeptGraph) -> None:
    """Load a graph, and read it back."""
    dataset, graph = parts.dataset(kept.rag_id), URIRef(kept.graph)
    if not graph.startswith(dataset.root):
        raise damaged(read.path, f"{graph} is no graph of {dataset.name}")
    parts.store.load(dataset, graph, dump.to_triples(read.pieces(kept.entry), graph))
    found = dump.fingerprint(parts.store, dataset, graph)
    if (found.lines, found.hash) != (kept.quads, kept.hash):
        raise Conflict("restored-otherwise", what=graph, why=f"{found.lines} of {kept.quads} triples")


def _rows(parts: Parts, read: Reader, secrets: Iterable[Mapping[str, Any]]) -> None:
    """All rows or none; compared before they are committed."""
    try:
        with parts.engine.begin() as connection:
            _alone(connection)
            if not rows.empty(connection):
                raise Conflict("target-not-empty", what="the database")
            connection.execute(SQLModel.metadata.tables["outbox"].delete())
            for kept in read.manifest.tables:
                table = SQLModel.metadata.tables[kept.name]
                rows.put(connection, table, read.lines(kept.entry))
            for said in secrets:
                if model_keys.KIND in said:
                    model_keys.put(parts.settings, connection, said)
                elif "setting" not in said:
                    rows.put_secret(connection, said)
            rows.count_on(connection)
            for kept in read.manifest.tables:
                found = rows.fingerprint(connection, SQLModel.metadata.tables[kept.name])
                if (found.lines, found.hash) != (kept.rows, kept.hash):
                    raise Conflict("restored-otherwise", what=kept.name, why=f"{found.lines} of {kept.rows}")
    except (SQLAlchemyError, KeyError, ValueError) as e:
        raise damaged(read.path, str(e)) from e


def _alone(connection: Connection) -> None:
    """Nobody registers while the rows come."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE user_account IN EXCLUSIVE MODE"))
    else:
        connection.execute(text("UPDATE user_account SET email = email"))  # begins, see `portal.db`


def _secrets(path: Path, manifest: Manifest) -> Iterator[Mapping[str, Any]]:
    """The other file's lines; Invalid if it is not there, or not this backup's."""
    beside = secrets_of(path)
    if not beside.is_file():
        raise Invalid("file", "secrets-missing", name=beside.name)
    seen = hashlib.sha256()
    with beside.open("rb") as stream:
        for line in stream:
            seen.update(line)
    if seen.hexdigest() != manifest.secrets:
        raise Invalid("file", "secrets-differ", name=beside.name, backup=path.name)

    def lines() -> Iterator[Mapping[str, Any]]:
        with beside.open("rb") as stream:
            for line in stream:
                yield json.loads(line)

    return lines()
