"""Finding things by a few letters of a name, in either alphabet, misspelt, by an alias."""

import time
from pathlib import Path

import numpy as np
import pytest

from kg.index import Index, IndexDelta
from kg.index.index import Blank
from kg.index.view import View
from kg.model import Entity
from kg.retrieve.find import How, find
from kg.vocab import Dataset

NAMES = {
    "Ivanov": (),
    "Ivanovo": (),
    "Sergey Ivanov": (),
    "Иванова Мария": (),
    "Пётр Чайковский": (),
    "ACME Corporation": ("The Roadrunner Supplier",),
    "Acme Street": (),
    "Bob Johnson": (),
    "GraphRAG": (),
    "Nürnberg": (),
    "C++": (),
    "★": (),
}


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> View:
    dataset = Dataset("https://portal.example/", 1)
    index = Index(tmp_path_factory.mktemp("index"), Blank(8))
    named = [Entity(dataset.entity(n), n, aliases=also) for n, also in NAMES.items()]
    index.apply(dataset, 1, IndexDelta(entities=tuple(named)))
    found = index.view(dataset, 1)
    assert found is not None
    return found


def labels(view: View, text: str) -> list[str]:
    return [f.label for f in find(view, text)]


def test_exact_comes_before_beginning_before_word_before_misspelt(view: View) -> None:
    found = find(view, "Ivanov")
    assert [(f.label, f.how) for f in found[:4]] == [
        ("Ivanov", How.exact),
        ("Ivanovo", How.prefix),
        ("Иванова Мария", How.prefix),
        ("Sergey Ivanov", How.word),
    ]
    assert labels(view, "Ivanow")[0] == "Ivanov"


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Иванов", "Ivanov"),
        ("Chaikovsky", "Пётр Чайковский"),
        ("Tchaikovsky", "Пётр Чайковский"),
        ("петр", "Пётр Чайковский"),
        ("роадруннер", "ACME Corporation"),
        ("roadrunner", "ACME Corporation"),
        ("acme c", "ACME Corporation"),
        ("Bob Jonson", "Bob Johnson"),
        ("Jhonson", "Bob Johnson"),
        ("johnson bob", "Bob Johnson"),
        ("graph rag", "GraphRAG"),
        ("nurnberg", "Nürnberg"),
        ("c++", "C++"),
    ],
)
def test_a_thing_is_found_by(view: View, text: str, label: str) -> None:
    assert labels(view, text)[0] == label


def test_an_alias_says_what_was_found(view: View) -> None:
    one = find(view, "the roadrunner")[0]
    assert (one.label, one.name) == ("ACME Corporation", "The Roadrunner Supplier")


@pytest.mark.parametrize("text", ["", " ", "★", "unfindable", "\x00", "%_'\"", "x" * 5000])
def test_what_names_nothing_finds_nothing(view: View, text: str) -> None:
    assert find(view, text) == ()


def test_a_removed_thing_is_not_found_and_many_are_ranked(tmp_path: Path) -> None:
    dataset = Dataset("https://portal.example/", 1)
    index = Index(tmp_path, Blank(8))
    many = [Entity(dataset.entity("n", n), f"Worker {n}") for n in range(3000)]
    index.apply(dataset, 1, IndexDelta(entities=tuple(many)))
    index.apply(dataset, 2, IndexDelta(removed_entities=(many[7].iri,)))
    now, before = index.view(dataset, 2), index.view(dataset, 1)
    assert now is not None
    assert before is not None
    assert labels(before, "worker 7")[0] == "Worker 7"
    assert "Worker 7" not in labels(now, "worker 7")
    assert len(find(now, "w", limit=50)) == 50
    assert labels(now, "Worker 2999") == ["Worker 2999"] or labels(now, "Worker 2999")[0] == "Worker 2999"
    assert np.all(now.entity_degree == 0)
    began = time.perf_counter()
    find(now, "worker")
    assert time.perf_counter() - began < 5  # it ends, whatever the machine does meanwhile
