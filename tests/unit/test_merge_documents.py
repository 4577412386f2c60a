"""A cycle of several documents, from what was read in each to the graph: in any order, taken and undone."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from knowledge_world import DATASET, Graph

from kg import names
from kg.merge import merge
from kg.model import (
    ChangeSet,
    Entity,
    Evidence,
    ExtractedEntity,
    ExtractedRelation,
    Extraction,
    TextUnit,
)
from kg.ontology import induce
from kg.rdf import to_nquads
from kg.resolve import resolve, wanted_keys

TYPES = {
    "Ann Lee": "person",
    "Bob Ray": "person",
    "Orb Systems": "company",
    "ORB SYSTEMS": "",
    "Oslo": "place",
}
SAID = ("works at", "founded", "left", "is based in", "is a competitor of", "is a partner of", "polishes")
statement = st.tuples(st.sampled_from(sorted(TYPES)), st.sampled_from(SAID), st.sampled_from(sorted(TYPES)))
documents = st.lists(st.lists(statement, min_size=1, max_size=4), min_size=2, max_size=4)


def read(number: int, said: Sequence[tuple[str, str, str]]) -> tuple[TextUnit, Extraction]:
    """One document of one text unit, with everything that it says."""
    id_, text = f"d{number}", " ".join(f"{s} {p} {o}." for s, p, o in said)

    def at(quote: str) -> tuple[Evidence, ...]:
        start = text.index(quote)
        return (Evidence(id_, start, start + len(quote), quote, f"{id_}.txt", f"u{number}"),)

    named = sorted({n for s, _, o in said for n in (s, o)})
    entities = tuple(ExtractedEntity(n, TYPES[n], evidence=at(n)) for n in named)
    relations = tuple(
        ExtractedRelation(s, p, o, confidence=0.9, evidence=at(f"{s} {p} {o}.")) for s, p, o in said if s != o
    )
    unit = TextUnit(f"u{number}", id_, f"{id_}.txt", 0, 0, len(text), text, 9)
    return unit, Extraction(unit.id, entities, relations)


def proposed(graph: Graph, cycle: Sequence[tuple[TextUnit, Extraction]]) -> ChangeSet:
    units, extractions = [u for u, _ in cycle], [e for _, e in cycle]
    known = graph.approved()
    candidates: dict[str, tuple[Entity, ...]] = {}
    for e in known.entities:
        for key in set().union(*(names.keys(n) for n in (e.label, *e.aliases))) & wanted_keys(extractions):
            candidates[key] = (*candidates.get(key, ()), e)
    resolution = resolve(DATASET, extractions, units, candidates, known.ontology)
    induction = induce(DATASET, resolution, known.ontology, None, known.entities)
    return merge(DATASET, induction, resolution.merges, known, graph.version, cycle=graph.version + 1)


@settings(max_examples=40, deadline=None)
@given(documents, documents, st.randoms(use_true_random=False))
def test_the_order_of_documents_does_not_matter_and_accepting_all_is_undone_exactly(first, second, random):
    graph = Graph()
    graph.accept(proposed(graph, [read(n, said) for n, said in enumerate(first)]).changes)
    before = to_nquads(graph.quads)
    cycle = [read(10 + n, said) for n, said in enumerate(second)]
    expected = proposed(graph, cycle)
    random.shuffle(cycle)
    assert proposed(graph, cycle) == expected
    plan = graph.accept(expected.changes)
    assert not plan.skipped
    graph.apply(plan.delta.inverse())
    assert to_nquads(graph.quads) == before
