"""A resolution as the tables see it: titles, ids and degrees."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rdflib import Literal, URIRef

from kg.model import Evidence, Resolution, ResolvedEntity, ResolvedRelation
from kg.vocab import digest

Row = dict[str, Any]


@dataclass(frozen=True)
class Graph:
    """The entities and the relations between them, with their numbers and ids in the tables."""

    entities: tuple[ResolvedEntity, ...]
    links: tuple[ResolvedRelation, ...]
    values: tuple[ResolvedRelation, ...]
    titles: Mapping[URIRef, str]
    ids: Mapping[URIRef, str]
    link_ids: tuple[str, ...]
    degrees: Mapping[URIRef, int]

    @cached_property
    def by_iri(self) -> Mapping[URIRef, ResolvedEntity]:
        return {e.iri: e for e in self.entities}

    @cached_property
    def _links_from(self) -> Mapping[URIRef, Sequence[ResolvedRelation]]:
        found: dict[URIRef, list[ResolvedRelation]] = defaultdict(list)
        for r in self.links:
            found[r.subject].append(r)
        return found

    def inside(self, members: Sequence[ResolvedEntity]) -> list[ResolvedRelation]:
        """The relations between these entities."""
        iris = {e.iri for e in members}
        return [r for e in members for r in self._links_from.get(e.iri, ()) if r.object in iris]

    @classmethod
    def of(cls, resolution: Resolution) -> "Graph":
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
            link_ids=tuple(link_id(r) for r in links),
            degrees=degrees,
        )


def _titles(entities: Sequence[ResolvedEntity]) -> dict[URIRef, str]:
    """GraphRAG knows an entity by its title: the second John Smith is "John Smith (2)"."""
    seen: Counter[str] = Counter()
    titles = {}
    for e in entities:
        seen[e.label] += 1
        titles[e.iri] = e.label if seen[e.label] == 1 else f"{e.label} ({seen[e.label]})"
    return titles


def link_id(r: ResolvedRelation) -> str:
    return digest("relationship", r.subject, r.predicate, r.object.n3(), length=32)


def sentence(r: ResolvedRelation, graph: Graph) -> str:
    object_ = graph.titles[r.object] if isinstance(r.object, URIRef) else str(r.object)
    return f"{graph.titles[r.subject]} {r.predicate} {object_}."


def unit_ids(evidence: Iterable[Evidence]) -> list[str]:
    return sorted({e.unit_id for e in evidence if e.unit_id})


def evidence_rows(evidence: Iterable[Evidence]) -> list[Row]:
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
