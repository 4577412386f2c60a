"""A version with what is only proposed laid over it: rows that are nowhere written down.

They stand in tables in memory, numbered as the next version's, and are seen beside those of the version.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kg.embed import Embedder
from kg.index import schema, segment, writing
from kg.index.ahead import Ahead
from kg.index.rows import IndexDelta
from kg.index.tables import Tables
from kg.index.view import View, removals, see


@dataclass(frozen=True)
class LaidTables(Tables):
    """The tables of a version, with a proposal's `over` them in full text."""

    over: Tables | None = None

    def full_text(
        self, name: str, stems: Sequence[str], version: int, limit: int
    ) -> tuple[np.ndarray, np.ndarray]:
        rows, scores = super().full_text(name, stems, version, limit)
        if self.over is not None:
            more, theirs = self.over.full_text(name, stems, version, limit)
            rows, scores = np.concatenate([rows, more]), np.concatenate([scores, theirs])
        order = np.lexsort((rows, -scores))[:limit]
        return rows[order], scores[order]


def lay(delta: IndexDelta, version: int, embedder: Embedder, below: View | None) -> View:
    """`below`, the view of `version` (None: nothing was ever approved), as it would be with this."""
    over = _in_memory(embedder)
    if below is not None:
        over.add(schema.PREPARED, _prepared(below.tables, [u.unit.id for u in delta.units]))
    known = Ahead(below.tables, embedder) if below and below.embedder == embedder.name else embedder
    writing.write(over, version + 1, delta, embedder, known)
    over.make_searchable()
    added = segment.read(over, version, version + 1)
    if below is None:
        return see(version + 1, over, embedder.name, [added], removals(over))
    tables = LaidTables(below.tables.connection, below.embedder, below.tables.dimensions, over=over)
    gone = _until(removals(below.tables), version)
    gone = {n: _joined(gone[n], there) for n, there in removals(over).items()}
    return see(version + 1, tables, below.embedder, [*below.segments, added], gone)


def _in_memory(embedder: Embedder) -> Tables:
    import lancedb  # noqa: PLC0415  # seconds to load: only where it is used

    tables = Tables(lancedb.connect("memory://"), embedder.name, embedder.dimensions)
    tables.create()
    return tables


def _prepared(tables: Tables, unit_ids: Sequence[str]) -> pa.Table:
    """Vectors that were made ahead for these text units."""
    return tables.read(schema.PREPARED, ["key", "vector", "windows"], writing.among(unit_ids))


Gone = tuple[np.ndarray, np.ndarray]  # keys, versions


def _until(gone: Mapping[str, Gone], version: int) -> dict[str, Gone]:
    """What was removed up to this version: the next one may be being written."""
    return {name: (keys[at <= version], at[at <= version]) for name, (keys, at) in gone.items()}


def _joined(a: Gone, b: Gone) -> Gone:
    return np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]])
