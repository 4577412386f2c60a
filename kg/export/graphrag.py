"""A version as the Parquet tables of MS GraphRAG in a zip: `ferag import-graphrag` and GraphRAG read it."""

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from kg.export.pages import everything, version_of
from kg.export.words import Words
from kg.extract.tables_write import write_tables
from kg.model import Delta, Document, Entity, Fact, Resolution, ResolvedEntity, ResolvedRelation, TextUnit
from kg.store import GraphStore
from kg.vocab import Dataset


@dataclass(frozen=True, slots=True)
class Texts:
    """The documents that the version was read from, and their text units."""

    documents: tuple[Document, ...] = ()
    units: tuple[TextUnit, ...] = ()


def write(store: GraphStore, dataset: Dataset, out: BinaryIO, undo: Delta, texts: Texts) -> int:
    """Returns the number of facts: rows of relationships, or of covariates where the object is a value."""
    words = Words(version_of(store, dataset, undo).ontology())
    entities: list[ResolvedEntity] = []
    relations: list[ResolvedRelation] = []
    for some_entities, some_facts in everything(store, dataset, undo):
        entities.extend(_entity(e, words) for e in some_entities)
        relations.extend(_relation(f, words) for f in some_facts)
    with tempfile.TemporaryDirectory() as folder:
        write_tables(
            Path(folder), texts.documents, texts.units, {}, Resolution(tuple(entities), tuple(relations))
        )
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:  # Parquet is compressed already
            for path in _tables(Path(folder)):
                archive.write(path, path.name)
    return len(relations)


def _tables(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("*.parquet"))


def _entity(e: Entity, words: Words) -> ResolvedEntity:
    return ResolvedEntity(
        iri=e.iri,
        label=e.label,
        language=e.language,
        types=tuple(words.ontology.label(t) for t in e.types),
        aliases=e.aliases,
        description=e.description,
        evidence=e.evidence,
        approved=True,
    )


def _relation(f: Fact, words: Words) -> ResolvedRelation:
    return ResolvedRelation(
        subject=f.subject,
        predicate=words.ontology.label(f.predicate),
        object=f.object,
        description=f.description,
        confidence=f.confidence,
        weight=f.weight,
        periods=f.periods,
        qualifiers=f.qualifiers,
        evidence=f.evidence,
    )
