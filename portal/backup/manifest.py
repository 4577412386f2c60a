"""What a backup says of itself: who made it, and number and hash of everything in it."""

import json
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from portal.errors import Invalid

FORMAT = 1


def release() -> str:
    return version("ferag")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the archive: size in bytes, SHA-256 of its content."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of the installation: `place` is "files" or "index", `key` its name there."""

    place: str
    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class KeptGraph:
    """A named graph; `hash` is `kg.fingerprint` of its canonical N-Triples lines."""

    rag_id: int
    graph: str
    entry: str
    quads: int
    hash: str


@dataclass(frozen=True, slots=True)
class KeptTable:
    """`hash` is `kg.fingerprint` of its rows as JSON."""

    name: str
    entry: str
    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`database` is the migration that the tables have, `secrets` the SHA-256 of the other file."""

    release: str
    database: str
    base_iri: str
    made_at: str
    rags: tuple[int, ...]
    graphs: tuple[KeptGraph, ...]
    tables: tuple[KeptTable, ...]
    files: int
    entries: tuple[Entry, ...]
    secrets: str
    format: int = FORMAT

    @property
    def quads(self) -> int:
        return sum(g.quads for g in self.graphs)

    @property
    def rows(self) -> int:
        return sum(t.rows for t in self.tables)

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @classmethod
    def from_json(cls, path: Path, written: bytes) -> "Manifest":
        """Invalid if it is no manifest, or one of another format."""
        try:
            said: dict[str, Any] = json.loads(written)
            if said["format"] != FORMAT:
                raise Invalid("file", "backup-format", name=path.name, release=said.get("release", "?"))
            return cls(
                **said
                | {
                    "rags": tuple(int(r) for r in said["rags"]),
                    "graphs": tuple(KeptGraph(**g) for g in said["graphs"]),
                    "tables": tuple(KeptTable(**t) for t in said["tables"]),
                    "entries": tuple(Entry(**e) for e in said["entries"]),
                }
            )
        except (ValueError, TypeError, KeyError) as e:
            raise Invalid("file", "backup-damaged", name=path.name, why=f"manifest: {e}") from e
