"""Tiny documents with what an extractor read in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.model import Evidence, ExtractedEntity, ExtractedRelation, Extraction, TextUnit
from kg.vocab import Dataset

DATASET = Dataset("https://kb.example/", 7)
PERSON, ORG, PLACE = "person", "organization", "place"


@dataclass(frozen=True, slots=True)
class Spoken:
    """A document of one text unit: its text, (name, type) of entities, (subject, predicate, object)."""

    text: str
    entities: Sequence[tuple[str, str]]
    relations: Sequence[tuple[str, str, str]] = ()
    language: str = "en"


def read(*documents: Spoken, first: int = 0) -> tuple[list[Extraction], list[TextUnit]]:
    extractions, units = [], []
    for number, spoken in enumerate(documents, first):
        unit = TextUnit(
            f"u{number}",
            f"d{number}",
            f"{number}.txt",
            0,
            0,
            len(spoken.text),
            spoken.text,
            9,
            language=spoken.language,
        )
        units.append(unit)
        whole = Evidence(unit.document_id, 0, len(spoken.text), spoken.text, unit.document, unit.id)
        extractions.append(
            Extraction(
                unit.id,
                tuple(ExtractedEntity(n, t, evidence=_places(unit, n)) for n, t in spoken.entities),
                tuple(ExtractedRelation(s, p, o, evidence=(whole,)) for s, p, o in spoken.relations),
            )
        )
    return extractions, units


def _places(unit: TextUnit, name: str) -> tuple[Evidence, ...]:
    at = unit.text.find(name)
    if at < 0:
        return ()
    return (Evidence(unit.document_id, at, at + len(name), name, unit.document, unit.id),)
