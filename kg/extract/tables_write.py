"""A cycle's knowledge as MS GraphRAG tables: the same input gives the same bytes."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rdflib import Literal, URIRef

from kg.communities import Community, communities
from kg.extract.tables_schema import SCHEMAS
from kg.model import (
    Document,
    Evidence,
    Extraction,
    Resolution,
    ResolvedEntity,
    ResolvedRelation,
    TextUnit,
)
from kg.vocab import digest

MOST_FINDINGS = 5  # of a community's report
MOST_SAID = 12  # relations that a report tells

_Row = dict[str, Any]


@dataclass(frozen=True)
class _Graph:
    """The entities and the relations between them, with their numbers and ids in the tables."""

    entities: tuple[ResolvedEntity, ...]
    links: tuple[ResolvedRelation, ...]
    values: tuple[ResolvedRelation, ...]
    titles: Mapping[URIRef, str]
    ids: Mapping[URIRef, str]
    link_ids: tuple[str, ...]
    degrees: Mapping[URIRef, int]

    @classmethod
    def of(cls, resolution: Resolution) -> "_Graph":
        entities = tuple(sorted(resolution.entities, key=lambda e: str(e.iri)))
        relations = sorted(resolution.relations, key=lambda r: (str(r.subject), r.predicate, r.object.n3()))
        known = {e.iri for e in entities}
        links = tuple(r for r in relations if isinstance(r.object, URIRef) and {r.subject, r.object} <= known)
        values = tuple(r for r in relations if isinstance(r.object, Literal) and r.subject in known)
        degrees: Counter[URIRef] = Counter()
        for a, b in {tuple(sorted((r.subject, URIRef(r.object)))) for r in links}:
            degrees.update((URIRef(a), URIRef(b)))
        return cls(
            entities,
            links,
            values,
            titles=_titles(entities),
            ids={e.iri: digest("entity", e.iri, length=32) for e in entities},
            link_ids=tuple(_link_id(r) for r in links),
            degrees=degrees,
        )


def write_tables(
    folder: Path,
    documents: Sequence[Document],
    units: Sequence[TextUnit],
    extractions: Sequence[Extraction],
    resolution: Resolution,
) -> None:
    """documents, text_units, entities, relationships, covariates, communities and community_reports."""
    folder.mkdir(parents=True, exist_ok=True)
    graph = _Graph.of(resolution)
    groups = communities((r.subject, str(r.object), r.weight) for r in graph.links)
    tables = {
        "documents": _documents(documents, units),
        "text_units": _text_units(units, extractions, graph),
        "entities": [_entity(e, graph) for e in graph.entities],
        "relationships": [_link(r, i, graph) for r, i in zip(graph.links, graph.link_ids, strict=True)],
        "covariates": [_value(r, graph) for r in graph.values],
        "communities": [_community(c, graph) for c in groups],
        "community_reports": [_report(c, graph) for c in groups],
    }
    for name, rows in tables.items():
        numbered = [{"human_readable_id": i, **row} for i, row in enumerate(rows)]
        table = pa.Table.from_pylist(numbered, schema=SCHEMAS[name])
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")


def _titles(entities: Sequence[ResolvedEntity]) -> dict[URIRef, str]:
    """GraphRAG knows an entity by its title: the second John Smith is "John Smith (2)"."""
    seen: Counter[str] = Counter()
    titles = {}
    for e in entities:
        seen[e.label] += 1
        titles[e.iri] = e.label if seen[e.label] == 1 else f"{e.label} ({seen[e.label]})"
    return titles


def _link_id(r: ResolvedRelation) -> str:
    return digest("relationship", r.subject, r.predicate, r.object.n3(), length=32)


def _documents(documents: Sequence[Document], units: Sequence[TextUnit]) -> list[_Row]:
    of: dict[str, list[TextUnit]] = defaultdict(list)
    for unit in units:
        of[unit.document_id].append(unit)
    return [
        {
            "id": d.id,
            "title": d.name,
            "text": d.text,
            "text_unit_ids": [u.id for u in sorted(of[d.id], key=lambda u: u.start)],
            "creation_date": "",
            "language": d.language,
            "media_type": d.media_type,
        }
        for d in sorted(documents, key=lambda d: d.id)
    ]


def _text_units(units: Sequence[TextUnit], extractions: Iterable[Extraction], graph: _Graph) -> list[_Row]:
    entities: dict[str, set[str]] = defaultdict(set)
    links: dict[str, set[str]] = defaultdict(set)
    values: dict[str, set[str]] = defaultdict(set)
    for e in graph.entities:
        for unit_id in _unit_ids(e.evidence):
            entities[unit_id].add(graph.ids[e.iri])
    for r, link_id in zip(graph.links, graph.link_ids, strict=True):
        for unit_id in _unit_ids(r.evidence):
            links[unit_id].add(link_id)
    for r in graph.values:
        for unit_id in _unit_ids(r.evidence):
            values[unit_id].add(_link_id(r))
    problems = {e.unit_id: e.problem for e in extractions}
    return [
        {
            "id": u.id,
            "text": u.text,
            "n_tokens": u.tokens,
            "document_ids": [u.document_id],
            "entity_ids": sorted(entities[u.id]),
            "relationship_ids": sorted(links[u.id]),
            "covariate_ids": sorted(values[u.id]),
            "number": u.number,
            "start": u.start,
            "end": u.end,
            "page": u.page,
            "heading": list(u.heading),
            "language": u.language,
            "problem": problems.get(u.id, ""),
        }
        for u in sorted(units, key=lambda u: (u.document_id, u.start))
    ]


def _entity(e: ResolvedEntity, graph: _Graph) -> _Row:
    return {
        "id": graph.ids[e.iri],
        "title": graph.titles[e.iri],
        "type": e.types[0] if e.types else "",
        "description": e.description,
        "text_unit_ids": _unit_ids(e.evidence),
        "frequency": len(_unit_ids(e.evidence)),
        "degree": graph.degrees.get(e.iri, 0),
        "x": 0.0,
        "y": 0.0,
        "iri": str(e.iri),
        "label": e.label,
        "language": e.language,
        "types": list(e.types),
        "aliases": list(e.aliases),
        "approved": e.approved,
        "evidence": _evidence(e.evidence),
    }


def _link(r: ResolvedRelation, link_id: str, graph: _Graph) -> _Row:
    target = URIRef(str(r.object))
    return {
        "id": link_id,
        "source": graph.titles[r.subject],
        "target": graph.titles[target],
        "description": r.description or _sentence(r, graph),
        "weight": r.weight,
        "combined_degree": graph.degrees.get(r.subject, 0) + graph.degrees.get(target, 0),
        "text_unit_ids": _unit_ids(r.evidence),
        "source_iri": str(r.subject),
        "predicate": r.predicate,
        "target_iri": str(target),
        "confidence": r.confidence,
        "periods": [{"start": p.start, "end": p.end} for p in r.periods],
        "qualifiers": [f"{name}: {value}" for name, value in r.qualifiers],
        "evidence": _evidence(r.evidence),
    }


def _value(r: ResolvedRelation, graph: _Graph) -> _Row:
    first = min(r.evidence, default=None)
    dates = [p for p in r.periods if p.start or p.end]
    return {
        "id": _link_id(r),
        "covariate_type": "claim",
        "type": r.predicate,
        "description": r.description or _sentence(r, graph),
        "subject_id": graph.titles[r.subject],
        "object_id": str(r.object),
        "status": "TRUE",
        "start_date": dates[0].start if dates else "",
        "end_date": dates[0].end if dates else "",
        "source_text": first.quote if first else "",
        "text_unit_id": first.unit_id if first else "",
        "subject_iri": str(r.subject),
        "value": r.object.n3(),
        "confidence": r.confidence,
        "evidence": _evidence(r.evidence),
    }


def _community(c: Community, graph: _Graph) -> _Row:
    members = {URIRef(m) for m in c.members}
    inside = [
        (r, i)
        for r, i in zip(graph.links, graph.link_ids, strict=True)
        if r.subject in members and r.object in members
    ]
    texts = {u for e in graph.entities if e.iri in members for u in _unit_ids(e.evidence)}
    return {
        **_head(c),
        "id": digest("community", c.level, *c.members, length=32),
        "title": f"Community {c.number}",
        "entity_ids": sorted(graph.ids[m] for m in members),
        "relationship_ids": sorted(i for _, i in inside),
        "text_unit_ids": sorted(texts),
        "period": "",
        "size": len(c.members),
    }


def _head(c: Community) -> _Row:
    return {"community": c.number, "level": c.level, "parent": c.parent, "children": list(c.children)}


def _report(c: Community, graph: _Graph) -> _Row:
    """What a community is about, in the words of its entities and relations: no model writes here."""
    members = {URIRef(m) for m in c.members}
    things = sorted(
        (e for e in graph.entities if e.iri in members),
        key=lambda e: (-graph.degrees.get(e.iri, 0), str(e.iri)),
    )
    said = sorted(
        (r for r in graph.links if r.subject in members and r.object in members),
        key=lambda r: (-r.confidence * r.weight, str(r.subject), r.predicate, str(r.object)),
    )
    title = ", ".join(e.label for e in things[:3])
    summary = " ".join(_sentence(r, graph) for r in said[:MOST_SAID])
    findings = [
        {
            "summary": e.label,
            "explanation": e.description
            or " ".join(_sentence(r, graph) for r in said if e.iri in (r.subject, r.object)),
        }
        for e in things[:MOST_FINDINGS]
    ]
    rank = round(min(10.0, 10.0 * len(said) / (len(graph.links) or 1) + len(things) / 10), 1)
    why = f"{len(things)} entities, {len(said)} relationships"
    sections = "\n\n".join(f"## {f['summary']}\n\n{f['explanation']}" for f in findings)
    told = {
        "title": title,
        "summary": summary,
        "rating": rank,
        "rating_explanation": why,
        "findings": findings,
    }
    return {
        **_head(c),
        "id": digest("report", c.level, *c.members, length=32),
        "title": title,
        "summary": summary,
        "full_content": f"# {title}\n\n{summary}\n\n{sections}",
        "rank": rank,
        "rating_explanation": why,
        "findings": findings,
        "full_content_json": json.dumps(told, ensure_ascii=False, indent=4),
        "period": "",
        "size": len(c.members),
    }


def _sentence(r: ResolvedRelation, graph: _Graph) -> str:
    object_ = graph.titles[r.object] if isinstance(r.object, URIRef) else str(r.object)
    return f"{graph.titles[r.subject]} {r.predicate} {object_}."


def _unit_ids(evidence: Iterable[Evidence]) -> list[str]:
    return sorted({e.unit_id for e in evidence if e.unit_id})


def _evidence(evidence: Iterable[Evidence]) -> list[_Row]:
    return [
        {
            "document_id": e.document_id,
            "document": e.document,
            "text_unit_id": e.unit_id,
            "page": e.page,
            "start": e.start,
            "end": e.end,
            "quote": e.quote,
        }
        for e in sorted(evidence)
    ]
