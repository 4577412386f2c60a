"""The LanceDB tables of one dataset's index, as they stand when they are opened."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from kg.index import schema

if TYPE_CHECKING:
    from lancedb import DBConnection

_QUESTION = 64  # distinct stems of a question that are searched for


@dataclass(frozen=True)
class Tables:
    """`embedder` and `dimensions` of its vectors; what was written after a table was opened is not seen."""

    connection: "DBConnection"
    embedder: str
    dimensions: int
    _open: dict[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> Any:
        if name not in self._open:
            columns = schema.schemas(self.dimensions)[name]
            self._open[name] = self.connection.create_table(name, schema=columns, exist_ok=True)
        return self._open[name]

    def create(self) -> None:
        for name in schema.schemas(self.dimensions):
            self.table(name)

    def add(self, name: str, rows: pa.Table) -> None:
        if rows.num_rows:
            self.table(name).add(rows)

    def add_rows(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        self.add(name, pa.Table.from_pylist(list(rows), schema=schema.schemas(self.dimensions)[name]))

    def read(self, name: str, columns: Sequence[str], where: str = "") -> pa.Table:
        query = self.table(name).search()
        if where:
            query = query.where(where)
        return query.select(list(columns)).to_arrow()

    def count(self, where: str) -> int:
        """Text units, entities and facts."""
        return sum(int(self.table(name).count_rows(where)) for name in schema.SEARCHED)

    def delete(self, name: str, where: str) -> None:
        self.table(name).delete(where)

    def rows(self, name: str, rows: Iterable[int], columns: Sequence[str]) -> dict[int, dict[str, Any]]:
        """Row number -> its columns, of those that exist."""
        wanted = sorted(set(rows))
        if not wanted:
            return {}
        found = self.read(name, ["row", *columns], f"row IN ({','.join(map(str, wanted))})")
        return {r["row"]: r for r in found.to_pylist()}

    def full_text(
        self, name: str, stems: Sequence[str], version: int, limit: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Row numbers (int64) and BM25 scores (float32), best first, of rows up to this version."""
        wanted = list(dict.fromkeys(stems))[:_QUESTION]
        if not wanted or not self._has_index(name, "terms"):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        found = (
            self.table(name)
            .search(" ".join(wanted), query_type="fts", fts_columns="terms")
            .where(f"from_version <= {version}", prefilter=True)
            .select(["row", "_score"])
            .limit(limit)
            .to_arrow()
        )
        rows, scores = found["row"].to_numpy(), found["_score"].to_numpy()
        order = np.lexsort((rows, -scores))  # equal scores in one order, always
        return rows[order], scores[order]

    def nearest(self, name: str, vector: np.ndarray, limit: int) -> tuple[str, ...]:
        """Keys of the rows whose vectors are nearest to this one, nearest first."""
        query = self.table(name).search(vector, vector_column_name="vector").distance_type("cosine")
        return tuple(query.select(["key"]).limit(limit).to_arrow()["key"].to_pylist())

    def make_searchable(self) -> None:
        """The full-text and row-number indexes of tables that have rows and no such index yet."""
        from lancedb.index import FTS, BTree  # noqa: PLC0415  # seconds to load: only where it is used

        for name in schema.SEARCHED:
            if self.table(name).count_rows() == 0:
                continue
            if not self._has_index(name, "terms"):
                # stemmed and folded before, see words: nothing is left to do but to split
                plain = FTS(
                    base_tokenizer="whitespace",
                    stem=False,
                    remove_stop_words=False,
                    lower_case=False,
                    ascii_folding=False,
                )
                self.table(name).create_index("terms", config=plain)
            if not self._has_index(name, "row"):
                self.table(name).create_index("row", config=BTree())

    def compact(self) -> None:
        """Merges small files and brings the indexes up to date."""
        for name in schema.schemas(self.dimensions):
            self.table(name).optimize()

    def _has_index(self, name: str, column: str) -> bool:
        key = f"{name}.{column}"
        if key not in self._open and any(i.columns == [column] for i in self.table(name).list_indices()):
            self._open[key] = True
        return key in self._open
