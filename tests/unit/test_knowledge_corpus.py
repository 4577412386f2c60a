"""The two cycles of the FERAG corpus from its tables: the aims that the benchmark prints, held by a test."""

from pathlib import Path

import pytest

from benchmarks.knowledge.approving import Graph, tables
from benchmarks.knowledge.bench_knowledge import DATASET, Figures, figures


@pytest.fixture(scope="module")
def found(shared: Path) -> Figures:
    graph = Graph(DATASET)
    first, second = (tables(shared / "corpora" / "ferag" / name / "output") for name in ("cycle1", "cycle2"))
    return figures("tables", graph, (graph.run(first), graph.run(second)))


def test_few_properties_without_near_duplicates(found):
    assert found.object_properties <= 30
    assert found.near_duplicates == ()


def test_the_second_cycle_uses_what_the_first_approved(found):
    assert found.share_on_approved >= 0.5


def test_every_fact_is_on_the_ontology(found):
    assert found.on_ontology == found.facts


def test_the_conflicts_are_found(found):
    assert all(found.conflicts.values()), found.conflicts


def test_what_is_one_is_one_and_nothing_else(found):
    assert (found.split, found.fused) == ((), ())
