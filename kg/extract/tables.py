"""The tables extractor: what a MS GraphRAG output folder of any version says, and where its texts say it."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from kg import surface
from kg.extract import tables_facts, tables_files, tables_names, tables_text
from kg.extract.quotes import evidence
from kg.extract.tables_files import Files, text
from kg.extract.tables_names import Named
from kg.extract.tables_text import Texts
from kg.extract.tables_write import write_tables
from kg.model import Document, ExtractedEntity, ExtractedRelation, Extraction, Mention, TextUnit

__all__ = ["Tables", "read_tables", "write_tables"]

MOST_PLACES = 3  # of one entity in one text unit that are kept as evidence


@dataclass(frozen=True, slots=True)
class Tables:
    documents: tuple[Document, ...]
    units: tuple[TextUnit, ...]
    extractions: tuple[Extraction, ...]  # one for each unit


def read_tables(folder: Path) -> Tables:
    """BadInput if the folder is no GraphRAG output. Rows that name nothing, or no text, are left out."""
    files = tables_files.read(Path(folder))
    texts = tables_text.read(files)
    entities = _entities(files, texts)
    known = tables_facts.by_title(entities)
    found: dict[str, list[ExtractedEntity]] = defaultdict(list)
    mentions: dict[str, list[Mention]] = defaultdict(list)
    relations: dict[str, list[ExtractedRelation]] = defaultdict(list)
    for entity in entities:
        for unit in entity.units:
            extracted = _in_unit(entity, unit)
            if entity.is_date:
                mentions[unit.id] += [Mention(entity.name, e.start, e.end) for e in extracted.evidence]
            else:
                found[unit.id].append(extracted)
    for row in files.relationships:
        source = known.get(_title(text(row, "source")))
        target = known.get(_title(text(row, "target")))
        if source and target:
            units = (
                _units_of(row, texts) or tuple(u for u in source.units if u in target.units) or source.units
            )
            for fact in tables_facts.read(row, source, target, units):
                relations[fact.unit.id].append(fact.relation)
                _complete(found[fact.unit.id], fact, (source, target))
    extractions = (
        Extraction(u.id, tuple(found[u.id]), tuple(relations[u.id]), tuple(mentions[u.id]))
        for u in texts.units
    )
    return Tables(texts.documents, texts.units, tuple(extractions))


def _title(title: str) -> str:
    return " ".join(title.split())


def _units_of(row: tables_files.Row, texts: Texts) -> tuple[TextUnit, ...]:
    found = [u for i in tables_names.unit_ids(row) for u in texts.of_row.get(i, ())]
    return tuple(dict.fromkeys(found))


def _entities(files: Files, texts: Texts) -> list[Named]:
    """Rows of the entities table, in its order; one for each title."""
    by_row: dict[str, list[TextUnit]] = defaultdict(list)
    for unit_row in files.units:
        for entity_id in tables_files.ids(unit_row, "entity_ids"):
            by_row[entity_id] += texts.of_row.get(text(unit_row, "id"), ())
    found: dict[str, Named] = {}
    for row in files.entities:
        units = _units_of(row, texts) or tuple(dict.fromkeys(by_row.get(text(row, "id"), ())))
        named = tables_names.read(row, units) if units else None
        if named:
            found.setdefault(named.title, named)
    for row in files.relationships:
        for end in ("source", "target"):
            title = _title(text(row, end))
            if title and title not in found:
                named = tables_names.read({"title": title}, _units_of(row, texts))
                if named and named.units:
                    found[title] = named
    return list(found.values())


def _in_unit(entity: Named, unit: TextUnit) -> ExtractedEntity:
    places = surface.places(entity.name, unit.text, MOST_PLACES)
    if not places and entity.title != entity.name:
        places = surface.places(entity.title, unit.text, MOST_PLACES)
    # "GRAPH RAG SYSTEM" of the table helps to find what earlier cycles called so; mere capitals do not
    alias = entity.title if entity.title.casefold() != entity.name.casefold() else ""
    return ExtractedEntity(
        name=entity.name,
        type=entity.type,
        description=entity.description,
        aliases=(alias,) if alias else (),
        evidence=tuple(evidence(unit, start, end) for start, end in places),
    )


def _complete(entities: list[ExtractedEntity], fact: tables_facts.Fact, ends: tuple[Named, Named]) -> None:
    """An extraction names the ends of its relations, also where the table lists them in other units."""
    listed = {e.name for e in entities}
    for end in ends:
        if end.name not in listed and end.name in (fact.relation.subject, fact.relation.object):
            entities.append(_in_unit(end, fact.unit))
