"""Community summaries: written after a version is published, found by questions for an overview."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from kg.embed import Embedder
from kg.errors import ModelError
from kg.index import schema
from kg.index.communities import Community, Earlier, communities, told
from kg.index.view import View
from kg.index.web import Web, web

MOST_WRITTEN = 40  # communities of one version that a model puts into words
MOST_TOLD = 40  # facts that it is told of each

log = logging.getLogger(__name__)

_COLUMNS = ("key", "level", "title", "summary", "entities", "facts", "units", "vector")

Words = Callable[[Sequence[str]], str]  # what these facts say, in a few sentences; "" for none


def write(view: View, embedder: Embedder, words: Words | None = None) -> int:
    """Writes the version's communities, those of versions before it go; returns how many are new.

    Of these the widest and largest get `words` of a model, unless there are none; where it fails, sentences
    of the facts stay.
    """
    tables, version = view.tables, view.version
    earlier, vectors = _stored(view)
    vector = dict(zip(earlier.communities, vectors, strict=True))
    joined = web(view)
    found = communities(joined, earlier)
    new = [c for c in found if c not in vector]
    if words:
        written = _written(joined, new, words)
        new = [replace(c, summary=written.get(c.key) or c.summary) for c in new]
        found = tuple({**{c.key: c for c in found}, **{c.key: c for c in new}}.values())
    made = embedder.passages([f"{c.title}: {c.summary}" for c in new])
    vector |= zip(new, made, strict=True)
    tables.delete(schema.COMMUNITIES, f"version = {version}")
    rows = []
    for c in found:
        rows.append(
            {
                "version": version,
                "key": c.key,
                "level": c.level,
                "title": c.title,
                "summary": c.summary,
                "entities": list(c.entities),
                "facts": list(c.facts),
                "units": list(c.units),
                "vector": vector[c],
            }
        )
    tables.add_rows(schema.COMMUNITIES, rows)
    tables.delete(schema.COMMUNITIES, f"version < {version}")
    return len(new)


def read(view: View) -> tuple[tuple[Community, ...], np.ndarray]:
    """The communities of the view's version, or of the last one before it that has some; and their
    vectors, float32[n, d]."""
    earlier, vectors = _stored(view)
    return earlier.communities, vectors


def _stored(view: View) -> tuple[Earlier, np.ndarray]:
    rows = view.tables.read(
        schema.COMMUNITIES, ["version", *_COLUMNS], f"version <= {view.version}"
    ).to_pylist()
    last = max((r["version"] for r in rows), default=0)
    rows = sorted((r for r in rows if r["version"] == last), key=lambda r: (r["level"], r["key"]))
    vectors = np.array([r["vector"] for r in rows], np.float32).reshape(-1, view.tables.dimensions)
    return Earlier(last, tuple(_community(r) for r in rows)), vectors


def _written(joined: Web, new: Sequence[Community], words: Words) -> dict[str, str]:
    """Words by key, of the widest and largest, until the model fails."""
    found: dict[str, str] = {}
    for c in sorted(new, key=lambda c: (c.level, -len(c.entities), c.key))[:MOST_WRITTEN]:
        facts = told(joined, frozenset(joined.positions(c.entities)), MOST_TOLD, MOST_TOLD)
        try:
            found[c.key] = words([str(joined.view.facts.told(f)["sentence"]) for f in facts])
        except ModelError as e:
            log.warning("communities stay in sentences of their facts: %s", e)
            break
    return found


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
