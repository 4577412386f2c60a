"""Reading an approved version back, and a proposal laid over it, on both stores."""

import io
from dataclasses import replace

import pytest
from rdflib import Dataset as RdfDataset
from rdflib import Literal

from kg import rdf
from kg.approved import ApprovedGraph, Counts
from kg.contents import contents
from kg.export import everything, export
from kg.model import Delta, Evidence, Fact, Ontology
from kg.names import keys
from kg.store import GraphStore
from kg.versions import publish, stage, unstage
from kg.vocab import Dataset
from tests.worlds import World


@pytest.fixture
def world(dataset: Dataset) -> World:
    return World(dataset)


@pytest.fixture
def graph(graph_store: GraphStore, dataset: Dataset, world: World) -> ApprovedGraph:
    """The world, approved as version 1."""
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    return ApprovedGraph(graph_store, dataset)


def test_nothing_is_approved_at_first(graph_store: GraphStore, dataset: Dataset, world: World) -> None:
    graph = ApprovedGraph(graph_store, dataset)
    assert graph.version() == 0
    assert graph.ontology() == Ontology()
    assert graph.counts() == Counts(0, 0, 0, 0)
    assert graph.entities([world.alice.iri]) == ()
    assert graph.entities_by_key(["alice"]) == {}
    assert graph.facts_about([world.alice.iri]) == ()
    assert graph.near(world.alice.iri).total == 0


def test_everything_comes_back_as_it_was(graph: ApprovedGraph, world: World) -> None:
    assert graph.version() == 1
    assert set(graph.ontology().classes) == {world.person, world.company}
    assert set(graph.ontology().properties) == {world.works_at, world.founded}
    assert set(graph.entities([world.alice.iri, world.bob.iri, world.acme.iri])) == {
        world.alice, world.bob, world.acme,
    }  # fmt: skip
    assert graph.facts_of([world.alice.iri]) == (world.alice_at_acme,)
    assert graph.counts() == Counts(entities=3, facts=3, classes=2, properties=2)
    assert graph.names([world.alice.iri])[0].aliases == ("A. Smith", "Alice")


def test_entities_by_key(graph: ApprovedGraph, world: World) -> None:
    found = graph.entities_by_key([*keys("alice"), "nothing"])
    assert {e for entities in found.values() for e in entities} == {world.alice}
    assert "nothing" not in found


def test_a_name_key_that_too_many_have_tells_nothing(
    graph_store: GraphStore, dataset: Dataset, world: World
) -> None:
    people = [
        replace(world.alice, iri=dataset.entity("A", n), label=f"Ann Lee {n}", aliases=("Shared",))
        for n in range(210)
    ]
    delta = world.delta(*people)
    publish(graph_store, dataset, delta, 0, 1, "many")
    graph = ApprovedGraph(graph_store, dataset)
    found = graph.entities_by_key({*keys("Ann Lee 7"), *keys("Ann Lee 8"), "shared"})
    assert {e.label for e in found["ann lee 7"]} == {"Ann Lee 7"}
    assert {e.label for e in found["ann lee 8"]} == {"Ann Lee 8"}
    assert "shared" not in found


def test_facts_in_both_directions_with_caps(graph: ApprovedGraph, world: World) -> None:
    assert set(graph.facts_about([world.acme.iri])) == {
        world.alice_at_acme, world.bob_at_acme, world.acme_founded,
    }  # fmt: skip
    all_of_it = {world.alice_at_acme, world.bob_at_acme, world.acme_founded}
    for limit in (1, 2, 3, 4, 200):  # however many are asked for at a time
        found = set(graph.facts_about([world.acme.iri, world.alice.iri, world.bob.iri], limit))
        assert {world.alice_at_acme, world.bob_at_acme} <= found <= all_of_it
        assert found == all_of_it or limit < 3
    near = graph.near(world.acme.iri, limit=1)
    assert len(near.facts) == 1
    assert near.total == 3
    assert graph.degrees([world.acme.iri, world.alice.iri, world.works_at.iri]) == {
        world.acme.iri: 3, world.alice.iri: 1,
    }  # fmt: skip
    assert set(graph.facts_with(world.works_at.iri)) == {world.alice_at_acme, world.bob_at_acme}
    assert set(graph.instances(world.person.iri)) == {world.alice.iri, world.bob.iri}


def test_what_came_from_a_document(graph: ApprovedGraph, world: World) -> None:
    assert set(graph.facts_from(["d2"])) == {world.alice_at_acme, world.bob_at_acme}
    assert graph.entities_from(["d2"]) == (world.bob,)
    assert graph.facts_from(["unknown"]) == ()


def test_labels_are_found_by_their_beginning_then_by_any_part(graph: ApprovedGraph, world: World) -> None:
    assert graph.search_labels("alice") == ((world.alice.iri, "Alice"),)
    assert graph.search_labels("БОБ") == ((world.bob.iri, "Боб"),)
    assert graph.search_labels("smith") == ((world.alice.iri, "A. Smith"),)
    assert graph.search_labels('"} nothing') == ()
    assert len(graph.search_labels("", limit=2)) == 2


def test_a_neighbourhood_is_capped(graph: ApprovedGraph, world: World) -> None:
    one = graph.neighbourhood(world.alice.iri, hops=1)
    assert {e.iri for e in one.entities} == {world.alice.iri, world.acme.iri}
    two = graph.neighbourhood(world.alice.iri, hops=2)
    assert {e.iri for e in two.entities} == {world.alice.iri, world.acme.iri, world.bob.iri}
    assert (world.acme.iri, world.founded.iri, world.acme_founded.object) in two.edges
    small = graph.neighbourhood(world.acme.iri, hops=2, cap=2)
    assert len(small.entities) == 2
    assert small.left_out == 1


def test_a_staged_view_lays_the_proposal_over_the_approved(
    graph: ApprovedGraph, graph_store: GraphStore, dataset: Dataset, world: World
) -> None:
    left = replace(world.acme_founded, object=Literal("2001", datatype=world.founded.range))
    carol = replace(world.alice, iri=dataset.entity("Carol"), label="Carol", aliases=())
    carol_at_acme = Fact(carol.iri, world.works_at.iri, world.acme.iri)
    proposed = Delta(
        add=world.delta(left, carol, carol_at_acme).add, remove=world.delta(world.acme_founded).add
    )
    stage(graph_store, dataset, 7, proposed)
    view = ApprovedGraph(graph_store, dataset, cycle=7)
    assert set(view.facts_of([world.acme.iri])) == {left}
    assert graph.facts_of([world.acme.iri]) == (world.acme_founded,), "the approved version is untouched"
    assert view.search_labels("carol") == ((carol.iri, "Carol"),)
    assert view.near(world.acme.iri).total == 4
    assert set(view.facts_from(["d1"])) == {world.alice_at_acme, left}
    assert set(view.ontology().classes) == {world.person, world.company}
    stage(graph_store, dataset, 7, Delta())
    assert ApprovedGraph(graph_store, dataset, cycle=7).search_labels("carol") == ()
    stage(graph_store, dataset, 7, proposed)
    unstage(graph_store, dataset, 7)
    unstage(graph_store, dataset, 7)
    assert not [g for g in graph_store.graphs(dataset) if "/stg/" in g]


def test_a_hub_and_its_many_facts(graph: ApprovedGraph, graph_store: GraphStore, world: World) -> None:
    """More than one batch of VALUES, and more neighbours than a picture shows."""
    people = [replace(world.alice, iri=world.dataset.entity("p", n), label=f"P{n}") for n in range(900)]
    facts = [Fact(p.iri, world.works_at.iri, world.acme.iri, version=2) for p in people]
    publish(graph_store, world.dataset, world.delta(*people, *facts), 1, 2, "two")
    assert graph.counts().facts == 903
    assert graph.near(world.acme.iri, limit=10).total == 903
    assert len(graph.near(world.acme.iri, limit=10).facts) == 10
    assert len(graph.entities(p.iri for p in people)) == 900
    assert set(graph.facts_of(p.iri for p in people)) == set(facts)
    near = graph.neighbourhood(world.acme.iri, hops=2, cap=50)
    assert len(near.entities) == 50
    pages = list(everything(graph_store, world.dataset))
    assert sum(len(e) for e, _ in pages) == 903
    assert {f for _, facts in pages for f in facts} == {
        *facts,
        *(f for f in world.contents if isinstance(f, Fact)),
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")  # inside its own parser
@pytest.mark.parametrize("form", ["trig", "nquads"])
def test_export_holds_the_approved_graphs(graph: ApprovedGraph, world: World, form: str) -> None:
    out = io.BytesIO()
    written = export(graph.store, graph.dataset, out, form)
    assert written == len(world.delta().add)
    read = RdfDataset()
    read.parse(io.BytesIO(out.getvalue()), format=form)
    assert {str(g.identifier) for g in read.graphs() if len(g)} == {str(g) for g in graph.dataset.approved}
    if form == "nquads":
        assert rdf.from_nquads(out.getvalue()) == world.delta().add
        assert set(contents(graph.dataset, rdf.from_nquads(out.getvalue()))) == set(world.contents)


def test_export_of_an_earlier_version(graph: ApprovedGraph, world: World) -> None:
    more = Delta(
        add=world.delta(replace(world.acme, iri=world.dataset.entity("Other"))).add,
        remove=world.delta(world.acme_founded).add,
    )
    publish(graph.store, graph.dataset, more, 1, 2, "two")
    out = io.BytesIO()
    export(graph.store, graph.dataset, out, "nquads", undo=more.inverse())
    assert rdf.from_nquads(out.getvalue()) == world.delta().add


def test_removing_a_fact_leaves_what_others_say(graph: ApprovedGraph, world: World) -> None:
    """The same quote of the same document backs two facts; one goes, the other keeps it."""
    quote = Evidence("d3", 0, 9, "They both", "c.txt")
    both = replace(world.alice_at_acme, evidence=(quote,)), replace(world.bob_at_acme, evidence=(quote,))
    old = world.delta(world.alice_at_acme, world.bob_at_acme).add
    new = world.delta(*both).add
    publish(graph.store, graph.dataset, Delta(new - old, old - new), 1, 2, "two")
    publish(graph.store, graph.dataset, Delta(remove=world.delta(both[0]).add), 2, 3, "three")
    assert graph.facts_from(["d3"]) == (both[1],)
    assert graph.facts_of([world.alice.iri]) == ()
