"""Part of the graph as compact arrays: what the walk and the nearest-vector scores are computed on.

A segment holds the rows of some versions; it is made from the tables, saved as one file per array
and opened by memory map. Things are names (as seen in texts) and approved entities, by their ids.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from kg.index import schema
from kg.index.alike import alike
from kg.index.spelled import Spelled, spell
from kg.index.tables import Tables
from kg.model import Period
from kg.periods import days


@dataclass(frozen=True)
class Rows:
    """One table's rows, n of them: `row`, `key` int64, `version` int32, `vector` float32[n, d], and what
    is told of them (`schema.SHOWN`)."""

    row: np.ndarray
    key: np.ndarray
    version: np.ndarray
    vector: np.ndarray
    shown: pa.Table


_ARRAYS = ("row", "key", "version", "vector")


@dataclass(frozen=True)
class Segment:
    """Positions are those in this segment; ids are global. All arrays; see the fields' comments."""

    units: Rows
    entities: Rows
    facts: Rows
    unit_document: np.ndarray  # int64[units]
    sentence_unit: np.ndarray  # int32[sentences], ascending
    sentence_vector: np.ndarray  # float16[sentences, d]
    seen_unit: np.ndarray  # int32: a unit ...
    seen_sentence: np.ndarray  # int32: ... in this sentence of the segment, -1 for the title ...
    seen_name: np.ndarray  # int64: ... names this
    entity_name: np.ndarray  # int64[?, 2]: position of the entity, name
    entity_unit: np.ndarray  # int64[?, 2]: position of the entity, key of a unit
    fact_ends: np.ndarray  # int64[facts, 2]: thing ids of subject and object, 0 for a literal
    fact_predicate: np.ndarray  # int64[facts]
    fact_status: np.ndarray  # int8[facts]: -1 former, 1 current, 0 not said
    fact_period: np.ndarray  # int64[?, 3]: position of the fact, first and last day, see kg.periods.days
    fact_unit: np.ndarray  # int64[?, 2]: position of the fact, key of a unit
    name: np.ndarray  # int64[names], ascending
    alike: np.ndarray  # int64[?, 2]: names that are alike ...
    likeness: np.ndarray  # float32[?]: ... and how much
    spelled: Spelled  # the names of its entities


def read(tables: Tables, after: int, until: int) -> Segment:
    """The rows of the versions after `after` up to `until`."""
    where = f"from_version > {after} AND from_version <= {until}"
    units = tables.read(
        schema.UNITS,
        [*_columns(schema.UNITS), "document_key", "windows", "names", "name_windows", "name_texts"],
        where,
    )
    entities = tables.read(
        schema.ENTITIES, [*_columns(schema.ENTITIES), "names", "name_texts", "units"], where
    )
    facts = tables.read(
        schema.FACTS,
        [*_columns(schema.FACTS), "subject_id", "predicate_id", "object_id", "status", "units"],
        where,
    )
    units, entities, facts = _by_row(units), _by_row(entities), _by_row(facts)
    d = tables.dimensions
    counts, sentence_vector = _windows(units["windows"], d)
    first = np.concatenate([[0], np.cumsum(counts)])
    unit, names = _flat(units["names"])
    _, windows = _flat(units["name_windows"])
    sentence = np.where(windows < 0, -1, first[unit] + windows)
    name, text = _texts((units["names"], units["name_texts"]), (entities["names"], entities["name_texts"]))
    pairs, likeness = alike(text.tolist())
    return Segment(
        units=_rows(units, schema.UNITS, d),
        entities=_rows(entities, schema.ENTITIES, d),
        facts=_rows(facts, schema.FACTS, d),
        unit_document=_numbers(units["document_key"]),
        sentence_unit=np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        sentence_vector=sentence_vector,
        seen_unit=unit.astype(np.int32),
        seen_sentence=sentence.astype(np.int32),
        seen_name=names,
        entity_name=np.stack(_flat(entities["names"]), axis=1),
        entity_unit=np.stack(_flat(entities["units"]), axis=1),
        fact_ends=np.stack([_numbers(facts["subject_id"]), _numbers(facts["object_id"])], axis=1),
        fact_predicate=_numbers(facts["predicate_id"]),
        fact_status=facts["status"].to_numpy().astype(np.int8, copy=False),
        fact_period=_periods(facts["periods"]),
        fact_unit=np.stack(_flat(facts["units"]), axis=1),
        name=name,
        alike=name[pairs],
        likeness=likeness,
        spelled=spell(_called(entities)),
    )


def _by_row(table: pa.Table) -> pa.Table:
    """In the order of rows; a table that is in it already is not copied: it may be most of a segment."""
    rows = table["row"].to_numpy()
    return table if (rows[1:] > rows[:-1]).all() else table.sort_by("row")


def _windows(column: pa.ChunkedArray, dimensions: int) -> tuple[np.ndarray, np.ndarray]:
    """How many sentences each unit has, int64[units]; their vectors, float16[sentences, dimensions]."""
    size = 2 * dimensions
    counts, parts = [np.zeros(0, np.int64)], [np.zeros((0, dimensions), np.float16)]
    for chunk in column.chunks:
        if not len(chunk):
            continue
        _, offsets, data = chunk.buffers()
        at = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
        counts.append(np.diff(at) // size)
        held = np.frombuffer(data, np.uint8)[at[0] : at[-1]] if data is not None else np.zeros(0, np.uint8)
        parts.append(held.view(np.float16).reshape(-1, dimensions))
    whole = parts[1] if len(parts) == 2 else np.concatenate(parts)
    return np.concatenate(counts).astype(np.int64), whole


def _called(entities: pa.Table) -> list[list[str]]:
    """The names of each, its label first."""
    labels, others = entities["label"].to_pylist(), entities["name_texts"].to_pylist()
    return [[label, *(also or ())] for label, also in zip(labels, others, strict=True)]


def _columns(table: str) -> list[str]:
    return ["row", "key_id", "from_version", "vector", *schema.SHOWN[table]]


def save(segment: Segment, folder: Path) -> None:
    """One file per array, and one for what is told of each table's rows."""
    folder.mkdir(parents=True)
    for f in fields(Segment):
        value = getattr(segment, f.name)
        if isinstance(value, Spelled):
            for part in fields(Spelled):
                np.save(folder / f"{f.name}.{part.name}.npy", getattr(value, part.name), allow_pickle=False)
            continue
        if not isinstance(value, Rows):
            np.save(folder / f"{f.name}.npy", value, allow_pickle=False)
            continue
        for name in _ARRAYS:
            np.save(folder / f"{f.name}.{name}.npy", getattr(value, name), allow_pickle=False)
        with pa.ipc.new_file(folder / f"{f.name}.arrow", value.shown.schema) as file:
            file.write_table(value.shown)


def load(folder: Path) -> Segment:
    """By memory map."""

    def array(name: str) -> np.ndarray:
        return np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)

    def rows(name: str) -> Rows:
        with pa.memory_map(str(folder / f"{name}.arrow")) as file:
            shown = pa.ipc.open_file(file).read_all()
        return Rows(**{a: array(f"{name}.{a}") for a in _ARRAYS}, shown=shown)

    made: dict[str, Any] = {
        f.name: rows(f.name) if f.name in schema.SEARCHED else array(f.name)
        for f in fields(Segment)
        if f.name != "spelled"
    }
    spelled = Spelled(**{f.name: array(f"spelled.{f.name}") for f in fields(Spelled)})
    return Segment(**made, spelled=spelled)


def _rows(table: pa.Table, name: str, dimensions: int) -> Rows:
    vector = table["vector"].combine_chunks()
    flat = vector.flatten().to_numpy(zero_copy_only=False) if len(vector) else np.zeros(0, np.float32)
    return Rows(
        row=_numbers(table["row"]),
        key=_numbers(table["key_id"]),
        version=_numbers(table["from_version"]).astype(np.int32),
        vector=flat.astype(np.float32, copy=False).reshape(-1, dimensions),
        shown=table.select(schema.SHOWN[name]).combine_chunks(),
    )


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return column.to_numpy().astype(np.int64, copy=False)


def _flat(column: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """A column of lists as (position of the row, value), int64 both."""
    array = column.combine_chunks()
    lengths = np.asarray(array.value_lengths().fill_null(0).to_numpy(zero_copy_only=False), np.int64)
    values = np.asarray(array.flatten().to_numpy(zero_copy_only=False), np.int64)
    return np.repeat(np.arange(len(lengths)), lengths), values


def _periods(column: pa.ChunkedArray) -> np.ndarray:
    found = [
        (at, *days(Period(p["start"], p["end"])))
        for at, periods in enumerate(column.to_pylist())
        for p in periods or ()
    ]
    return np.array(found, np.int64).reshape(-1, 3)


def _texts(*columns: tuple[pa.ChunkedArray, pa.ChunkedArray]) -> tuple[np.ndarray, np.ndarray]:
    """Distinct names, ascending by id, and how each is written."""
    ids = np.concatenate([_flat(names)[1] for names, _ in columns])
    written = np.concatenate(
        [np.asarray(t.combine_chunks().flatten().to_pylist(), dtype=np.str_) for _, t in columns]
    )
    distinct, first = np.unique(ids, return_index=True)
    return distinct, written[first].astype(np.str_)
