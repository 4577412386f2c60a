"""A cycle's knowledge as MS GraphRAG tables: the same input gives the same bytes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from rdflib import URIRef

from kg.communities import communities
from kg.extract.tables_graph import Graph, Row, evidence_rows, link_id, sentence, unit_ids
from kg.extract.tables_reports import community, report
from kg.extract.tables_schema import SCHEMAS
from kg.model import (
    Document,
    Resolution,
    ResolvedEntity,
    ResolvedRelation,
    TextUnit,
)

AT_ONCE = 2_000  # rows


def write_tables(
    folder: Path,
    documents: Sequence[Document],
    units: Sequence[TextUnit],
    problems: Mapping[str, str],
    resolution: Resolution,
) -> None:
    """documents, text_units, entities, relationships, covariates, communities and community_reports.

    `problems`: why a text unit, by its id, could not be read, or not wholly.
    """
    folder.mkdir(parents=True, exist_ok=True)
    graph = Graph.of(resolution)
    groups = communities((r.subject, str(r.object), r.weight) for r in graph.links)
    tables: dict[str, Iterator[Row]] = {
        "documents": _documents(documents, units),
        "text_units": _text_units(units, problems, graph),
        "entities": (_entity(e, graph) for e in graph.entities),
        "relationships": (_link(r, i, graph) for r, i in zip(graph.links, graph.link_ids, strict=True)),
        "covariates": (_value(r, graph) for r in graph.values),
        "communities": (community(c, graph) for c in groups),
        "community_reports": (report(c, graph) for c in groups),
    }
    for name, rows in tables.items():
        _write(folder / f"{name}.parquet", SCHEMAS[name], rows)


def _write(file: Path, schema: pa.Schema, rows: Iterator[Row]) -> None:
    """Some rows at a time: a library's tables as rows would take hundreds of MB."""
    numbered = ({"human_readable_id": i, **row} for i, row in enumerate(rows))
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        while batch := list(islice(numbered, AT_ONCE)):
            out.write_table(pa.Table.from_pylist(batch, schema=schema))


def _documents(documents: Sequence[Document], units: Sequence[TextUnit]) -> Iterator[Row]:
    of: dict[str, list[TextUnit]] = defaultdict(list)
    for unit in units:
        of[unit.document_id].append(unit)
    return (
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
    )


def _text_units(units: Iterable[TextUnit], problems: Mapping[str, str], graph: Graph) -> Iterator[Row]:
    entities: dict[str, set[str]] = defaultdict(set)
    links: dict[str, set[str]] = defaultdict(set)
    values: dict[str, set[str]] = defaultdict(set)
    for e in graph.entities:
        for unit_id in unit_ids(e.evidence):
            entities[unit_id].add(graph.ids[e.iri])
    for r, id_ in zip(graph.links, graph.link_ids, strict=True):
        for unit_id in unit_ids(r.evidence):
            links[unit_id].add(id_)
    for r in graph.values:
        for unit_id in unit_ids(r.evidence):
            values[unit_id].add(link_id(r))
    return (
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
    )


def _entity(e: ResolvedEntity, graph: Graph) -> Row:
    return {
        "id": graph.ids[e.iri],
        "title": graph.titles[e.iri],
        "type": e.types[0] if e.types else "",
        "description": e.description,
        "text_unit_ids": unit_ids(e.evidence),
        "frequency": len(unit_ids(e.evidence)),
        "degree": graph.degrees.get(e.iri, 0),
        "x": 0.0,
        "y": 0.0,
        "iri": str(e.iri),
        "label": e.label,
        "language": e.language,
        "types": list(e.types),
        "aliases": list(e.aliases),
        "approved": e.approved,
        "evidence": evidence_rows(e.evidence),
    }


def _link(r: ResolvedRelation, id_: str, graph: Graph) -> Row:
    target = URIRef(str(r.object))
    return {
        "id": id_,
        "source": graph.titles[r.subject],
        "target": graph.titles[target],
        "description": r.description or sentence(r, graph),
        "weight": r.weight,
        "combined_degree": graph.degrees.get(r.subject, 0) + graph.degrees.get(target, 0),
        "text_unit_ids": unit_ids(r.evidence),
        "source_iri": str(r.subject),
        "predicate": r.predicate,
        "target_iri": str(target),
        "confidence": r.confidence,
        "periods": [{"start": p.start, "end": p.end} for p in r.periods],
        "qualifiers": [f"{name}: {value}" for name, value in r.qualifiers],
        "evidence": evidence_rows(r.evidence),
    }


def _value(r: ResolvedRelation, graph: Graph) -> Row:
    first = min(r.evidence, default=None)
    dates = [p for p in r.periods if p.start or p.end]
    return {
        "id": link_id(r),
        "covariate_type": "claim",
        "type": r.predicate,
        "description": r.description or sentence(r, graph),
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
        "evidence": evidence_rows(r.evidence),
    }
