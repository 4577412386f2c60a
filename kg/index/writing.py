"""From rows as values to rows of the tables, with their vectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from rdflib import Literal

from kg.embed import Embedder
from kg.index import schema
from kg.index.borrowed import Sentences, entity_vectors, mean
from kg.index.rows import FactRow, IndexDelta, UnitRow
from kg.index.tables import Tables
from kg.index.words import name_id, name_key, row_id, stems, thing_id
from kg.model import Entity
from kg.periods import CURRENT, FORMER
from kg.text.sentences import sentences

BATCH = 1000  # rows that are embedded and written at a time
_WINDOW = 1200  # characters of a sentence that are embedded
_NAME = 80  # characters of a name as it is written
_PER_VERSION = 1 << 32


@dataclass(frozen=True, slots=True)
class UnitVectors:
    vector: np.ndarray  # float32[d]
    windows: bytes  # float16[windows, d]


def batches(rows: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    for start in range(0, len(rows), BATCH):
        yield start, rows[start : start + BATCH]


def write(
    tables: Tables, version: int, delta: IndexDelta, embedder: Embedder, known: Embedder | None = None
) -> None:
    """Adds the rows that the version brings and the keys that it removes; `known` embeds facts and things, if
    another does than text units."""
    told = Sentences()
    naming = {e.unit_id for thing in delta.entities for e in thing.evidence}
    for start, units in batches(delta.units):
        vectors = _prepared(tables, units, embedder)
        tables.add_rows(schema.UNITS, unit_rows(units, vectors, version, start))
        for row, found in zip(units, vectors, strict=True):
            if row.unit.id in naming:
                starts = [row.unit.start + a for a, _ in windows(row)]
                told.add(row.unit.id, starts, _matrix(found.windows, len(starts)))
    for start, entities in batches(delta.entities):
        tables.add_rows(schema.ENTITIES, entity_rows(entities, told, known or embedder, version, start))
    for start, facts in batches(delta.facts):
        tables.add_rows(schema.FACTS, fact_rows(facts, known or embedder, version, start))
    gone = [
        *((schema.UNITS, row_id(key)) for key in delta.removed_units),
        *((schema.ENTITIES, thing_id(key)) for key in delta.removed_entities),
        *((schema.FACTS, row_id(key)) for key in delta.removed_facts),
    ]
    tables.add_rows(schema.REMOVALS, [{"kind": k, "key_id": i, "version": version} for k, i in gone])


def prepare(tables: Tables, units: Sequence[UnitRow], embedder: Embedder) -> None:
    """Embeds text units ahead of the version that will bring them."""
    done = set(tables.read(schema.PREPARED, ["key"])["key"].to_pylist())
    for _, batch in batches([u for u in units if u.unit.id not in done]):
        found = embed_units(batch, embedder)
        tables.add_rows(
            schema.PREPARED,
            [
                {"key": u.unit.id, "vector": v.vector, "windows": v.windows}
                for u, v in zip(batch, found, strict=True)
            ],
        )


def forget_prepared(tables: Tables, unit_ids: Sequence[str]) -> None:
    for _, ids in batches(unit_ids):
        tables.delete(schema.PREPARED, among(ids))


def said(delta: IndexDelta) -> list[str]:
    """What its facts are embedded by, and its things unless they borrow a vector."""
    return [*(r.sentence for r in delta.facts), *map(_about, delta.entities)]


def row_number(version: int, position: int) -> int:
    """Rows are numbered in the order of their versions."""
    return version * _PER_VERSION + position


def row_version(rows: np.ndarray) -> np.ndarray:
    """The version that brought each of these rows."""
    return rows // _PER_VERSION


def windows(row: UnitRow) -> list[tuple[int, int]]:
    """The sentences of a text unit, as offsets in it: the model-free facts of the walk."""
    return cut(row.unit.text, row.title, row.unit.language)


def cut(text: str, title: str, language: str) -> list[tuple[int, int]]:
    title = title.strip()
    body = len(title) + 1 if title and text.startswith(f"{title}\n") else 0  # the title stands before each
    return [(a + body, b + body) for a, b in sentences(text[body:], language)]


def embed_units(rows: Sequence[UnitRow], embedder: Embedder) -> list[UnitVectors]:
    """A vector for each sentence, read under its title, and for each text unit their mean."""
    texts: list[str] = []
    counts: list[int] = []
    for row in rows:
        head, text = _head(row), row.unit.text
        cut = windows(row)
        said = [f"{head}: {text[a:b][:_WINDOW]}" if head else text[a:b] for a, b in cut]
        texts += said or [text or head]
        counts.append(len(cut))
    vectors = embedder.passages(texts)
    out, at = [], 0
    for count in counts:
        part = vectors[at : at + max(1, count)]
        whole = mean(part)
        out.append(UnitVectors(part[0] if whole is None else whole, _bytes(part[:count])))
        at += len(part)
    return out


def unit_rows(
    rows: Sequence[UnitRow], vectors: Sequence[UnitVectors], version: int, position: int
) -> list[Mapping[str, Any]]:
    out: list[Mapping[str, Any]] = []
    for i, (row, found) in enumerate(zip(rows, vectors, strict=True)):
        unit = row.unit
        seen = _seen(row)
        out.append(
            {
                "row": row_number(version, position + i),
                "key": unit.id,
                "key_id": row_id(unit.id),
                "from_version": version,
                "terms": " ".join(stems(f"{_head(row)}\n{unit.text}")),
                "vector": found.vector,
                "document_id": unit.document_id,
                "document_key": row_id(unit.document_id),
                "document": unit.document,
                "title": row.title,
                "number": unit.number,
                "start": unit.start,
                "end": unit.end,
                "page": unit.page,
                "heading": list(unit.heading),
                "language": unit.language,
                "tokens": unit.tokens,
                "text": unit.text,
                "windows": found.windows,
                "names": [name for name, _ in seen],
                "name_windows": [window for _, window in seen],
                "name_texts": list(seen.values()),
            }
        )
    return out


def entity_rows(
    rows: Sequence[Entity], told: Sentences, embedder: Embedder, version: int, position: int
) -> list[Mapping[str, Any]]:
    texts = [_about(e) for e in rows]
    vectors = entity_vectors([told.mean(e.evidence) for e in rows], texts, embedder)
    out: list[Mapping[str, Any]] = []
    for i, (entity, text, vector) in enumerate(zip(rows, texts, vectors, strict=True)):
        names = {name_id(key): n[:_NAME] for n in (entity.label, *entity.aliases) if (key := name_key(n))}
        out.append(
            {
                "row": row_number(version, position + i),
                "key": str(entity.iri),
                "key_id": thing_id(str(entity.iri)),
                "from_version": version,
                "terms": " ".join(stems(text)),
                "vector": vector,
                "label": entity.label,
                "description": entity.description,
                "names": list(names),
                "name_texts": list(names.values()),
                "units": sorted({row_id(e.unit_id) for e in entity.evidence if e.unit_id}),
            }
        )
    return out


def fact_rows(
    rows: Sequence[FactRow], embedder: Embedder, version: int, position: int
) -> list[Mapping[str, Any]]:
    out: list[Mapping[str, Any]] = []
    vectors = embedder.passages([r.sentence for r in rows])
    for i, (row, vector) in enumerate(zip(rows, vectors, strict=True)):
        fact = row.fact
        out.append(
            {
                "row": row_number(version, position + i),
                "key": str(row.iri),
                "key_id": row_id(str(row.iri)),
                "from_version": version,
                "terms": " ".join(stems(row.sentence)),
                "vector": vector,
                "sentence": row.sentence,
                "subject": str(fact.subject),
                "predicate": str(fact.predicate),
                "object": fact.object.n3(),
                "subject_id": thing_id(str(fact.subject)),
                "predicate_id": thing_id(str(fact.predicate)),
                "periods": [{"start": p.start, "end": p.end} for p in fact.periods],
                "status": (CURRENT in fact.qualifiers) - (FORMER in fact.qualifiers),
                "object_id": 0 if isinstance(fact.object, Literal) else thing_id(str(fact.object)),
                "units": sorted({row_id(e.unit_id) for e in fact.evidence if e.unit_id}),
                "evidence": [
                    {
                        "document_id": e.document_id,
                        "start": e.start,
                        "end": e.end,
                        "quote": e.quote,
                        "document": e.document,
                        "unit_id": e.unit_id,
                        "page": e.page,
                    }
                    for e in sorted(fact.evidence)
                ],
                "statements": [asdict(s) for s in fact.statements],
            }
        )
    return out


def _prepared(tables: Tables, units: Sequence[UnitRow], embedder: Embedder) -> list[UnitVectors]:
    """Vectors made ahead where there are some, made now for the rest."""
    table = tables.read(schema.PREPARED, ["key", "vector", "windows"], among([u.unit.id for u in units]))
    known = {
        r["key"]: UnitVectors(np.array(r["vector"], np.float32), r["windows"]) for r in table.to_pylist()
    }
    missing = [u for u in units if u.unit.id not in known]
    known |= {u.unit.id: v for u, v in zip(missing, embed_units(missing, embedder), strict=True)}
    return [known[u.unit.id] for u in units]


def _bytes(vectors: np.ndarray) -> bytes:
    return bytes(vectors.astype(np.float16).tobytes())


def _matrix(windows: bytes, rows: int) -> np.ndarray:
    """float16[rows, d]"""
    return np.frombuffer(windows, np.float16).reshape(rows, -1) if rows else np.zeros((0, 0), np.float16)


def among(keys: Sequence[str]) -> str:
    quoted = ",".join("'" + k.replace("'", "''") + "'" for k in keys)
    return f"key IN ({quoted})" if quoted else "false"


def _head(row: UnitRow) -> str:
    """What a text unit is read under: its document's title and its own heading."""
    parts = [row.title.strip(), *(h.strip() for h in row.unit.heading[-1:])]
    return ". ".join(dict.fromkeys(p for p in parts if p))


def _about(entity: Entity) -> str:
    names = ", ".join((entity.label, *entity.aliases))
    return f"{names}: {entity.description}" if entity.description else names


def _seen(row: UnitRow) -> dict[tuple[int, int], str]:
    """(name, window) -> the name as written; the title and heading as window -1."""
    starts = [a for a, _ in windows(row)]
    found: dict[tuple[int, int], str] = {}
    for name in (row.title, *row.unit.heading[-1:]):
        key = name_key(name)
        if key:
            found[name_id(key), -1] = name[:_NAME]
    for mention in row.mentions:
        key = name_key(mention.name)
        if key and starts:
            at = mention.start - row.unit.start
            window = max(0, int(np.searchsorted(starts, at, side="right")) - 1)
            found.setdefault((name_id(key), window), mention.name[:_NAME])
    return found
