"""The search page: nothing yet, found, not found, not allowed, a missing index; in both languages."""

import pytest

from kg.index import IndexDelta, UnitRow, fact_row
from kg.model import Entity, Evidence, Fact, Mention, Period, TextUnit
from portal.models import Rag
from tests.pages.conftest import World, words

TEXT = "Alice Smith works at Acme <b>& Sons</b>. She keeps bees near the windmill."


@pytest.fixture
def approved(world: World) -> World:
    """Version 1 with one document, two things and a fact that is over."""
    dataset = world.parts.dataset(world.rag)
    evidence = (Evidence("d1", 0, 40, TEXT[:40], "a.txt", "d1-0"),)
    alice, acme, works = dataset.entity("alice"), dataset.entity("acme"), dataset.property_("works at")
    fact = Fact(alice, works, acme, evidence=evidence, periods=(Period("2019", "2021"),))
    labels = {alice: "Alice Smith", acme: "Acme", works: "works at"}
    unit = TextUnit("d1-0", "d1", "a.txt", 0, 0, len(TEXT), TEXT, 20)
    world.parts.index.apply(
        dataset,
        1,
        IndexDelta(
            units=(UnitRow(unit, mentions=(Mention("Alice Smith", 0, 11),)),),
            entities=tuple(Entity(i, n, evidence=evidence) for i, n in labels.items() if i != works),
            facts=(fact_row(dataset.assertion(alice, works, acme.n3()), fact, labels),),
        ),
    )
    publish(world, 1)
    return world


def publish(world: World, version: int) -> None:
    with world.parts.session() as db:
        rag = db.get_one(Rag, world.rag)
        rag.version = version
        db.add(rag)
        db.commit()


@pytest.mark.parametrize(("locale", "sentence"), [("en", "Nothing is approved"), ("ru", "ничего не")])
def test_before_anything_is_approved_it_says_so(world: World, locale: str, sentence: str) -> None:
    assert sentence in words(world.open("search", locale=locale, rag=world.rag))


@pytest.mark.parametrize("locale", ["en", "ru"])
def test_things_facts_and_passages_are_found(approved: World, locale: str) -> None:
    app = approved.open("search", locale=locale, rag=approved.rag)
    app.text_input(key="search-text").input("Where did Alice keep bees?").run()
    text = words(app)
    assert "<mark>Alice</mark>" in text
    assert "&lt;b&gt;" in text
    assert "<b>&" not in text
    assert "Alice Smith works at Acme" in text
    assert ("No longer" if locale == "en" else "Уже нет") in text
    assert app.query_params["q"] == "Where did Alice keep bees?"


def test_by_words_alone_only_what_holds_them_is_found(approved: World) -> None:
    app = approved.open("search", rag=approved.rag, q="windmills")
    app.segmented_control(key="search-how").set_value("words").run()
    assert "<mark>windmill</mark>" in words(app)
    app.text_input(key="search-text").input("submarine").run()
    assert "Nothing was found" in words(app)


def test_too_much_is_refused_with_a_sentence(approved: World) -> None:
    app = approved.open("search", rag=approved.rag)
    app.text_input(key="search-text").input("x" * 501).run()
    assert "at most 500" in app.error[0].value


def test_an_index_that_is_not_there_is_said(approved: World) -> None:
    publish(approved, 2)
    app = approved.open("search", rag=approved.rag, q="Alice")
    assert "not ready" in app.error[0].value


def test_others_knowledge_is_not_searched(approved: World) -> None:
    app = approved.open("search", who="bob", rag=approved.rag, q="Alice")
    assert app.error
    assert "Smith" not in words(app)
