"""From what the units say to the things that are meant."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from kg import names
from kg.embed import Embedder
from kg.model import Entity, Extraction, Ontology, Resolution, ResolvedEntity, TextUnit
from kg.resolve import kinds, meaning, variants, writing
from kg.resolve.background import Reader
from kg.resolve.clusters import Cluster, Clustering
from kg.resolve.decided import Decided
from kg.resolve.things import Things, gather
from kg.vocab import Dataset


def wanted_keys(extractions: Sequence[Extraction]) -> frozenset[str]:
    """The keys under which approved entities are to be looked up."""
    labels: set[str] = set()
    for extraction in extractions:
        for e in extraction.entities:
            labels.update((e.name, *e.aliases))
        for r in extraction.relations:
            labels.update((r.subject, r.object))
    found: set[str] = set()
    for label in labels:
        found |= names.keys(label)
        latin = names.name(label).latin
        if len(latin) > 2:
            found.add("".join(latin[:-1]))
    return frozenset(found)


def resolve(
    dataset: Dataset,
    extractions: Sequence[Extraction],
    units: Sequence[TextUnit],
    candidates: Mapping[str, tuple[Entity, ...]],
    ontology: Ontology = Ontology(),
    decided: Decided = Decided(),  # noqa: B008 - a frozen value
    embedder: Embedder | None = None,
) -> Resolution:
    """The cycle's things: *same* is one entity, *likely* a proposal; independent of all orders."""
    by_id = {u.id: u for u in units}
    ordered = sorted(extractions, key=lambda e: e.unit_id)
    things = gather(ordered, by_id)
    variants.spell_out(things, by_id)
    reader = _reader(things, by_id)
    clustering = Clustering(reader, ontology, decided)
    clustering.build(things.all, {e.iri: e for found in candidates.values() for e in found}.values())
    variants.find(clustering)
    resolved = {
        c.number: writing.entity(dataset, c, ontology, reader) for c in clustering.clusters if c.things
    }
    iris = {t.number: resolved[c.number].iri for c in clustering.clusters for t in c.things}
    known = resolved | {c.number: _untouched(c) for c in clustering.clusters if c.approved and not c.things}
    doubted = clustering.doubts
    if embedder is not None:
        doubted = meaning.weighed(doubted, {n: e.description for n, e in known.items()}, embedder)
    doubts = [
        d
        for d in variants.proposals(doubted)
        if not decided.are_apart(_handle(known, d.a), _handle(known, d.b))
    ]
    return Resolution(
        entities=tuple(sorted(resolved.values(), key=lambda e: str(e.iri))),
        relations=writing.relations(ordered, things, iris, by_id),
        merges=writing.merges(doubts, known),
    )


def _reader(things: Things, units: Mapping[str, TextUnit]) -> Reader:
    seen: Counter[str] = Counter()
    for document, compact in {(t.document_id, t.name.compact) for t in things.all}:
        del document
        seen[compact] += 1
    whole: dict[tuple[str, str], set[str]] = defaultdict(set)
    for thing in things.all:
        if 2 <= len(thing.name.words) <= 4 and kinds.person(thing.kinds):
            for word in thing.name.latin:
                whole[(thing.document_id, word)].add(thing.name.compact)
    people = {k: frozenset(v) for k, v in whole.items()}
    return Reader(things, units, seen, len({t.document_id for t in things.all}), people)


def _untouched(cluster: Cluster) -> ResolvedEntity:
    """An approved thing that the cycle does not name, but that one of its things may be."""
    assert cluster.approved is not None
    known = cluster.approved
    return ResolvedEntity(
        known.iri,
        known.label,
        known.language,
        description=known.description,
        evidence=known.evidence,
        approved=True,
    )


def _handle(known: Mapping[int, ResolvedEntity], number: int) -> frozenset[str]:
    return frozenset((str(known[number].iri),)) if number in known else frozenset()
