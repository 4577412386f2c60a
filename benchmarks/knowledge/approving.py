"""Cycles carried from text or tables to an approved graph held in memory, everything accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kg import changes, names
from kg.approved import Approved
from kg.contents import contents
from kg.embed import Embedder
from kg.extract import Context
from kg.extract.offline import Offline
from kg.extract.tables import read_tables
from kg.merge import merge
from kg.model import (
    ChangeSet,
    Document,
    Entity,
    Extraction,
    Fact,
    Ontology,
    OntologyClass,
    Property,
    Quad,
    Resolution,
    TextUnit,
)
from kg.ontology import Induction, induce
from kg.resolve import resolve, wanted_keys
from kg.text.read import read
from kg.text.units import split
from kg.validate import validate
from kg.vocab import Dataset


@dataclass(frozen=True)
class Reading:
    """What one cycle's documents say, before anything is resolved."""

    documents: tuple[Document, ...]
    units: tuple[TextUnit, ...]
    extractions: tuple[Extraction, ...]


@dataclass(frozen=True)
class Cycle:
    reading: Reading
    resolution: Resolution
    induction: Induction
    before: Approved
    change_set: ChangeSet


def tables(folder: Path) -> Reading:
    found = read_tables(folder)
    return Reading(found.documents, found.units, found.extractions)


def offline(folder: Path) -> Reading:
    extractor = Offline()
    documents = tuple(
        read(f.read_bytes(), f.name, f"{folder.parent.name}-{f.stem}") for f in sorted(folder.iterdir())
    )
    units = tuple(u for d in documents for u in split(d))
    return Reading(documents, units, tuple(extractor.extract(u, Context(title=u.document)) for u in units))


class Graph:
    def __init__(self, dataset: Dataset) -> None:
        self.dataset, self.quads, self.version = dataset, frozenset[Quad](), 0

    def approved(self) -> Approved:
        found = contents(self.dataset, self.quads)
        return Approved(
            Ontology(
                tuple(c for c in found if isinstance(c, OntologyClass)),
                tuple(c for c in found if isinstance(c, Property)),
            ),
            tuple(c for c in found if isinstance(c, Entity)),
            tuple(c for c in found if isinstance(c, Fact)),
        )

    def run(self, reading: Reading, embedder: Embedder | None = None) -> Cycle:
        """Resolve, induce, merge, validate; accept everything."""
        before = self.approved()
        resolution = resolve(
            self.dataset,
            reading.extractions,
            reading.units,
            _candidates(before.entities, wanted_keys(reading.extractions)),
            before.ontology,
            embedder=embedder,
        )
        induction = induce(self.dataset, resolution, before.ontology, embedder, before.entities)
        found = merge(
            self.dataset, induction, resolution.merges, before, self.version, cycle=self.version + 1
        )
        found = validate(self.dataset, found, before)
        delta = changes.delta(self.dataset, found.changes, self.version + 1).delta
        self.quads = (self.quads - delta.remove) | delta.add
        self.version += 1
        return Cycle(reading, resolution, induction, before, found)


def _candidates(entities: Sequence[Entity], wanted: frozenset[str]) -> dict[str, tuple[Entity, ...]]:
    found: dict[str, list[Entity]] = {}
    for e in entities:
        for key in set().union(*(names.keys(n) for n in (e.label, *e.aliases))) & wanted:
            found.setdefault(key, []).append(e)
    return {k: tuple(v) for k, v in found.items()}
