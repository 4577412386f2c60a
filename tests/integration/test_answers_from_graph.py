"""Questions as queries to the graph, on both stores: counts, lists, who, where and when, with dates."""

import pytest
from rdflib import URIRef

from kg.answer.graph import FromGraph, from_graph
from kg.approved import ApprovedGraph
from kg.model import Delta
from kg.retrieve import FoundEntity
from kg.store import GraphStore
from kg.versions import publish
from kg.vocab import Dataset
from tests.worlds import World


@pytest.fixture
def graph(graph_store: GraphStore, dataset: Dataset) -> ApprovedGraph:
    world = World(dataset)
    publish(graph_store, dataset, world.delta(), 0, 1, "one")
    return ApprovedGraph(graph_store, dataset)


def ask(graph: ApprovedGraph, question: str) -> FromGraph:
    found = from_graph(question, graph)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("Who joined ACME first?", "Alice Smith works at ACME (from 2015 to March 2016) [1]."),
        ("Кто пришёл в компанию ACME последним?",
         "Alice Smith работает в ACME (2015 г. – март 2016 г.) [1]."),
        ("Where did Alice Smith work?", "Alice Smith works at ACME (from 2015 to March 2016) [1]."),
        ("Who works at ACME?", "Боб works at ACME [1]."),
        ("Who worked at ACME in 2015?", "Alice Smith works at ACME (from 2015 to March 2016) [1]."),
        ("How many people work at ACME?", "1: Боб works at ACME [1]."),
        ("How many people joined ACME before 2016?",
         "1: Alice Smith works at ACME (from 2015 to March 2016) [1]."),
        ("How many people left ACME after 2015?",
         "1: Alice Smith works at ACME (from 2015 to March 2016) [1]."),
        ("When did Alice leave ACME?", "Alice Smith works at ACME (from 2015 to March 2016) [1]."),
        ("When was ACME founded?", "ACME founded: 1999 [1]."),
        ("Which companies were founded before 2001?", "ACME founded: 1999 [1]."),
        ("How many people are there?", "2: Alice Smith [1]; Боб [2]."),
        ("Где работает Боб?", "Боб работает в ACME [1]."),
        ("Сколько человек пришло в ACME до 2016 года?",
         "1: Alice Smith работает в ACME (2015 г. – март 2016 г.) [1]."),
        ("Кто работал в ACME в 2015 году?", "Alice Smith работает в ACME (2015 г. – март 2016 г.) [1]."),
        ("Когда Alice ушла из ACME?", "Alice Smith работает в ACME (2015 г. – март 2016 г.) [1]."),
    ],
)  # fmt: skip
def test_what_the_graph_answers(graph: ApprovedGraph, question: str, text: str) -> None:
    assert ask(graph, question).text == text


def test_each_fact_is_cited_with_its_quote_and_the_query_is_shown(graph: ApprovedGraph) -> None:
    said = ask(graph, "Where did Alice work?")
    assert [(c.n, c.document, c.quote) for c in said.citations] == [(1, "a.txt", "Alice works at ACME")]
    assert said.citations[0].fact is not None
    assert said.query.startswith("SELECT DISTINCT ?subject ?property ?object")


@pytest.mark.parametrize(
    "question",
    [
        "Why does Alice Smith work at ACME?",
        "How long did Alice work at ACME?",
        "Who secretly works at ACME?",  # a word that is not understood
        "Who works at Initech?",  # a name that is not known
        "Who worked at the company that Alice founded?",
        "How many people joined ACME after 2020?",  # the graph says nothing: retrieval may know
        "Who married Alice Smith?",
        "Who works at Alice Smith?",
        "Where does ACME work?",
        "Кто работает в Боб?",
        "Who founded ACME?",  # the year is no answer
        "Who does not work at ACME?",
        "Alice works at ACME.",
        "",
        "? " * 400,
        'Who works at "> } DROP ALL #?',
    ],
)
def test_what_is_left_to_retrieval(graph: ApprovedGraph, question: str) -> None:
    assert from_graph(question, graph) is None


def test_a_name_of_another_alphabet_is_known_among_what_was_found(graph: ApprovedGraph) -> None:
    alice = graph.search_labels("Alice Smith")[0]
    near = (FoundEntity(URIRef(alice[0]), alice[1], 1.0),)
    said = from_graph("Где работала Элис Смит?", graph, near)
    assert said is not None
    assert said.text.startswith("Alice Smith работает в ACME")


def test_an_empty_graph_answers_nothing(graph_store: GraphStore, dataset: Dataset) -> None:
    publish(graph_store, dataset, Delta(), 0, 1, "one")
    assert from_graph("Who works at ACME?", ApprovedGraph(graph_store, dataset)) is None
