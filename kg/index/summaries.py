"""Community summaries: written after a version is published, found by questions for an overview."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from kg.embed import Embedder
from kg.index import schema
from kg.index.communities import Community, communities
from kg.index.view import View

_COLUMNS = ("key", "level", "title", "summary", "entities", "facts", "units", "vector")


def write(view: View, embedder: Embedder, words: Callable[[Community], str] | None = None) -> int:
    """Writes the version's communities, those of versions before it go; returns how many are new."""
    tables, version = view.tables, view.version
    known = {
        r["key"]: (r["summary"], r["vector"])
        for r in tables.read(schema.COMMUNITIES, ["key", "summary", "vector"]).to_pylist()
    }
    found = communities(view)
    new = [replace(c, summary=words(c)) if words else c for c in found if c.key not in known]
    vectors = embedder.passages([f"{c.title}: {c.summary}" for c in new])
    known |= {c.key: (c.summary, v) for c, v in zip(new, vectors, strict=True)}
    tables.delete(schema.COMMUNITIES, f"version = {version}")
    rows = []
    for c in found:
        summary, vector = known[c.key]
        rows.append(
            {
                "version": version,
                "key": c.key,
                "level": c.level,
                "title": c.title,
                "summary": summary,
                "entities": list(c.entities),
                "facts": list(c.facts),
                "units": list(c.units),
                "vector": vector,
            }
        )
    tables.add_rows(schema.COMMUNITIES, rows)
    tables.delete(schema.COMMUNITIES, f"version < {version}")
    return len(new)


def read(view: View) -> tuple[tuple[Community, ...], np.ndarray]:
    """The communities of the view's version, or of the last one before it that has some; and their
    vectors, float32[n, d]."""
    rows = view.tables.read(
        schema.COMMUNITIES, ["version", *_COLUMNS], f"version <= {view.version}"
    ).to_pylist()
    last = max((r["version"] for r in rows), default=0)
    rows = sorted((r for r in rows if r["version"] == last), key=lambda r: (r["level"], r["key"]))
    vectors = np.array([r["vector"] for r in rows], np.float32).reshape(-1, view.tables.dimensions)
    return tuple(_community(r) for r in rows), vectors


def holding(view: View, iri: str) -> tuple[Community, ...]:
    """Those of `read` that a thing is in, the widest first."""
    member = iri.replace("'", "''")
    rows = view.tables.read(
        schema.COMMUNITIES,
        ["version", *(c for c in _COLUMNS if c != "vector")],
        f"version <= {int(view.version)} AND array_has(entities, '{member}')",
    ).to_pylist()
    last = max((r["version"] for r in rows), default=0)
    found = (_community(r) for r in rows if r["version"] == last)
    return tuple(sorted(found, key=lambda c: (c.level, c.key)))


def _community(row: Mapping[str, Any]) -> Community:
    return Community(
        key=row["key"],
        level=row["level"],
        title=row["title"],
        summary=row["summary"],
        entities=tuple(row["entities"]),
        facts=tuple(row["facts"]),
        units=tuple(row["units"]),
    )
