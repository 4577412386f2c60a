"""The retrieval index of all datasets of an installation: written per version, read as of a version.

A dataset's folder holds generations (one is made anew by `rebuild`); a generation holds tables. What
is written for a version is invisible to readers of earlier ones, and is complete when its row of
`applied` is there: what a killed writer left behind is cleared by the next write.
"""

import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.embed import Embedder
from kg.errors import BadInput, IndexBusy, IndexMissing
from kg.index import ahead, schema, summaries, writing
from kg.index.ahead import Ahead
from kg.index.bases import Bases, cache_of
from kg.index.proposed import lay
from kg.index.rows import IndexDelta, UnitRow
from kg.index.tables import Tables
from kg.index.view import View, removals, see
from kg.vocab import Dataset

if TYPE_CHECKING:
    from lancedb import DBConnection

_VIEWS = 6  # kept in memory
SEEN_SECONDS = 1.0  # for which an index that another process has made anew may still be read as it was


@dataclass(frozen=True, slots=True)
class Generation:
    """A folder of tables whose vectors are of one embedder."""

    number: int
    embedder: str
    dimensions: int


@dataclass(frozen=True, slots=True)
class _Served:
    """The generation that was found to serve, and when."""

    number: int
    since: float


class Index:
    """`uri` is a folder or an S3 address. `cache` is a folder of this machine for arrays that are
    opened by memory map; it can be emptied at any time."""

    def __init__(
        self,
        uri: str | Path,
        embedder: Embedder,
        storage_options: Mapping[str, str] | None = None,
        cache: Path | None = None,
    ) -> None:
        self.uri, self.embedder = str(uri), embedder
        self._options = dict(storage_options) if storage_options else None
        self._bases = Bases(cache or cache_of(self.uri))
        self._views: OrderedDict[tuple[str, int, int], View] = OrderedDict()
        self._served: dict[str, _Served] = {}
        self._lock = threading.Lock()

    # ---- writing

    def prepare(self, dataset: Dataset, units: Sequence[UnitRow]) -> None:
        """Embeds text units ahead of the version that will bring them: `apply` is then quick."""
        tables = self._tables(dataset, self._current(dataset) or self._begin(dataset))
        if self._fits(tables):
            writing.prepare(tables, units, self.embedder)

    def prepare_said(self, dataset: Dataset, texts: Sequence[str]) -> None:
        """The same for what the facts and things of that version are embedded by, see `writing.said`."""
        tables = self._tables(dataset, self._current(dataset) or self._begin(dataset))
        if self._fits(tables):
            ahead.prepare(tables, texts, self.embedder)

    def apply(self, dataset: Dataset, version: int, delta: IndexDelta, token: str = "") -> None:
        """Writes what a version changes; written again with the same token, it does nothing.

        BadInput if a later version is there already.
        """
        current = self._current(dataset) or self._begin(dataset)
        for generation in (current, *self._made(dataset)):
            self._apply(self._tables(dataset, generation), version, delta, token)

    def drop(self, dataset: Dataset, version: int) -> None:
        """Undoes `apply` of a version that was never published, and of any after it."""
        current = self._current(dataset)
        for generation in (*([current] if current else []), *self._made(dataset)):
            _clear(self._tables(dataset, generation), version)
        self._forget(dataset, version)

    def rebuild(self, dataset: Dataset, read: Callable[[], tuple[int, IndexDelta]]) -> None:
        """Writes a version anew, all of it, beside the index that serves until it is done.

        What is published from now on is written into both; `read` is called after that began, so a
        version that comes while it reads is whole by what it brings itself. The index that served stays
        until the next rebuild: others may be reading it. IndexBusy if a version was missed.
        """
        served = self._current(dataset)
        for number in self._numbers(dataset):
            if served is None or number != served.number:
                self._remove(dataset, number)
        generation = self._begin(dataset, ready=False)
        version, delta = read()
        tables = self._tables(dataset, generation)
        writing.write(tables, version, delta, self.embedder)
        tables.make_searchable()
        tables.add_rows(schema.APPLIED, [{"version": version, "token": ""}])
        tables.compact()
        came = _applied(self._tables(dataset, served)) if served else {}
        if {v for v in came if v > version} - set(_applied(self._tables(dataset, generation))):
            raise IndexBusy(dataset.name)
        self._register(dataset, generation, ready=True)
        self._forget(dataset)

    def compact(self, dataset: Dataset, version: int | None = None) -> None:
        """Merges small files, updates the full-text index; with the approved version, the arrays too."""
        generation = self._current(dataset)
        if generation is None:
            return
        self._tables(dataset, generation).compact()
        if version:
            self.view(dataset, version)

    def summarise(self, dataset: Dataset, version: int, words: summaries.Words | None = None) -> int:
        """Finds the version's communities, each with a few sentences of its facts, or of `words` (a model).

        Those that the version did not touch stay as they are; returns how many are new.
        """
        view = self.view(dataset, version)
        if view is None or not self._fits(view.tables):
            return 0
        return summaries.write(view, self.embedder, words)

    def destroy(self, dataset: Dataset) -> None:
        """Removes everything of a dataset."""
        connection = self._registry(dataset)
        for number in self._numbers(dataset):
            self._connect(dataset, number).drop_all_tables()
        connection.drop_all_tables()
        if "://" not in self.uri:
            shutil.rmtree(Path(self.uri) / dataset.name, ignore_errors=True)
        self._forget(dataset)

    # ---- reading

    def version(self, dataset: Dataset) -> int:
        """The last version that is complete, 0 for none."""
        generation = self._current(dataset)
        return max(_applied(self._tables(dataset, generation)), default=0) if generation else 0

    def outdated(self, dataset: Dataset) -> bool:
        """Whether another embedder made the vectors: full text and the graph serve until `rebuild`."""
        generation = self._current(dataset)
        return generation is not None and generation.embedder != self.embedder.name

    def view(self, dataset: Dataset, version: int) -> View | None:
        """The index as of a version; None for version 0, before anything is approved. IndexMissing if it
        is not there: it waits to be made anew, or was made for other versions."""
        if version == 0:
            return None
        with self._lock:
            served = self._served.get(dataset.name)
            if served and time.monotonic() - served.since < SEEN_SECONDS:
                key = (dataset.name, served.number, version)
                if key in self._views:
                    self._views.move_to_end(key)
                    return self._views[key]
        generation = self._current(dataset)
        if generation is None:
            raise IndexMissing(dataset.name, version)
        key = (dataset.name, generation.number, version)
        with self._lock:
            self._served[dataset.name] = _Served(generation.number, time.monotonic())
            if key in self._views:
                self._views.move_to_end(key)
                return self._views[key]
        tables = self._tables(dataset, generation)
        if version not in _applied(tables):
            raise IndexMissing(dataset.name, version)
        segments = self._bases.segments(dataset, generation.number, tables, version)
        view = see(version, tables, generation.embedder, segments, removals(tables))
        with self._lock:
            self._views[key] = view
            while len(self._views) > _VIEWS:
                self._views.popitem(last=False)
        return view

    def prepared_near(self, dataset: Dataset, question: str, limit: int) -> tuple[str, ...]:
        """The ids of the text units nearest to a question, of those that were embedded ahead of a version."""
        generation = self._current(dataset)
        tables = self._tables(dataset, generation) if generation else None
        if tables is None or not self._fits(tables):
            return ()
        (vector,) = self.embedder.questions([question])
        return tables.nearest(schema.PREPARED, vector, limit)

    def proposed(self, dataset: Dataset, version: int, delta: IndexDelta) -> View:
        """The version as it would be with this delta, which is not written anywhere."""
        below = self.view(dataset, version)
        fits = below is None or below.embedder == self.embedder.name
        embedder = self.embedder if below is None or fits else Blank(below.tables.dimensions)
        return lay(delta, version, embedder, below)

    # ---- inside

    def _apply(self, tables: Tables, version: int, delta: IndexDelta, token: str) -> None:
        done = _applied(tables)
        if version < 1 or any(v > version for v in done):
            raise BadInput(f"version {version} cannot be written after version {max(done, default=0)}")
        if token and done.get(version) == token:
            return
        _clear(tables, version)
        fits = self._fits(tables)
        embedder: Embedder = self.embedder if fits else Blank(tables.dimensions)
        writing.write(tables, version, delta, embedder, Ahead(tables, embedder) if fits else embedder)
        tables.make_searchable()
        tables.add_rows(schema.APPLIED, [{"version": version, "token": token}])
        writing.forget_prepared(tables, [u.unit.id for u in delta.units])
        ahead.forget(tables, writing.said(delta))

    def _fits(self, tables: Tables) -> bool:
        return tables.embedder == self.embedder.name

    def _forget(self, dataset: Dataset, since: int = 0) -> None:
        with self._lock:
            self._served.pop(dataset.name, None)
            for key in [k for k in self._views if k[0] == dataset.name and k[2] >= since]:
                del self._views[key]
        self._bases.forget(dataset, since)

    # ---- generations

    def _current(self, dataset: Dataset) -> Generation | None:
        ready = [
            Generation(r["number"], r["embedder"], r["dimensions"])
            for r in self._generations(dataset)
            if r["ready"]
        ]
        return max(ready, key=lambda g: g.number, default=None)

    def _made(self, dataset: Dataset) -> list[Generation]:
        """The one that a rebuild is writing, if there is one."""
        current = self._current(dataset)
        rows = {r["number"]: r for r in self._generations(dataset)}
        newest = max(rows, default=0)
        if newest <= (current.number if current else 0):
            return []
        return [Generation(newest, rows[newest]["embedder"], rows[newest]["dimensions"])]

    def _remove(self, dataset: Dataset, number: int) -> None:
        self._connect(dataset, number).drop_all_tables()
        self._registry(dataset).open_table(schema.GENERATIONS).delete(f"number = {number}")

    def _numbers(self, dataset: Dataset) -> list[int]:
        return sorted({r["number"] for r in self._generations(dataset)})

    def _generations(self, dataset: Dataset) -> list[dict[str, Any]]:
        registry = self._registry(dataset)
        if schema.GENERATIONS not in registry.list_tables().tables:
            return []
        return list(registry.open_table(schema.GENERATIONS).search().to_arrow().to_pylist())

    def _begin(self, dataset: Dataset, ready: bool = True) -> Generation:
        """A new one; numbered by the clock, so that no cache takes it for a destroyed one."""
        number = max([time.time_ns() // 1000, *(n + 1 for n in self._numbers(dataset))])
        generation = Generation(number, self.embedder.name, self.embedder.dimensions)
        self._tables(dataset, generation).create()  # before others know of it
        self._register(dataset, generation, ready)
        return generation

    def _register(self, dataset: Dataset, generation: Generation, ready: bool) -> None:
        row = {
            "number": generation.number,
            "embedder": generation.embedder,
            "dimensions": generation.dimensions,
            "ready": ready,
        }
        table = self._registry(dataset).create_table(
            schema.GENERATIONS, schema=schema.generations(), exist_ok=True
        )
        table.add([row])

    def _registry(self, dataset: Dataset) -> "DBConnection":
        return self._connection(dataset.name)

    def _connect(self, dataset: Dataset, number: int) -> "DBConnection":
        return self._connection(f"{dataset.name}/{number}")

    def _connection(self, place: str) -> "DBConnection":
        import lancedb  # noqa: PLC0415  # seconds to load: only where it is used

        return lancedb.connect(f"{self.uri}/{place}", storage_options=self._options)

    def _tables(self, dataset: Dataset, generation: Generation) -> Tables:
        connection = self._connect(dataset, generation.number)
        return Tables(connection, generation.embedder, generation.dimensions)


@dataclass
class Blank:
    """Stands in where the tables' vectors are of a model that is gone: full text and names still find."""

    dimensions: int
    name: str = ""
    window: int = 0

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.zeros((len(texts), self.dimensions), np.float32)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self.passages(texts)


def _applied(tables: Tables) -> dict[int, str]:
    """Version -> token of the versions that are complete."""
    return {r["version"]: r["token"] for r in tables.read(schema.APPLIED, ["version", "token"]).to_pylist()}


def _clear(tables: Tables, version: int) -> None:
    """Removes what was written for this version and later ones, the sign of completeness first."""
    tables.delete(schema.APPLIED, f"version >= {version}")
    tables.delete(schema.REMOVALS, f"version >= {version}")
    for name in schema.SEARCHED:
        tables.delete(name, f"from_version >= {version}")
