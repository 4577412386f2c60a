"""Communities of a version: what a version does not touch keeps them, and a model's words are checked."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from kg.answer import overview
from kg.embed import local
from kg.errors import ModelDown
from kg.index import Index, IndexDelta, fact_row
from kg.index.summaries import read
from kg.llm import ModelProfile
from kg.llm.chat import Chat
from kg.model import Entity, Evidence, Fact
from kg.retrieve import retrieve
from tests.integration.test_index import ONE, WORLD, documents
from tests.scripted_model import Say, scripted

FIRST, SECOND = "Ann Bob Cid Dan", "Eve Fay Gus Hal"


def circle(names: str, place: str) -> IndexDelta:
    """Things that all know each other, told of by one text unit."""
    labels = {ONE.property_("knows"): "knows"} | {ONE.entity(n): n for n in names.split()}
    evidence = (Evidence(place[:5], 0, 1, "x", unit_id=place),)
    facts = []
    for i, name in enumerate(names.split()):
        for other in names.split()[i + 1 :]:
            made = Fact(ONE.entity(name), ONE.property_("knows"), ONE.entity(other), evidence=evidence)
            facts.append(fact_row(ONE.assertion(*made.triple[:2], made.object.n3()), made, labels))
    entities = tuple(Entity(ONE.entity(n), n, evidence=evidence) for n in names.split())
    return IndexDelta(entities=entities, facts=tuple(facts))


@pytest.fixture
def index(tmp_path: Path) -> Index:
    made = Index(tmp_path / "index", local.load())
    one, two = circle(FIRST, "alice-0"), circle(SECOND, "brill-0")
    made.apply(ONE, 1, IndexDelta(WORLD, one.entities + two.entities, one.facts + two.facts))
    return made


def titles(index: Index, version: int) -> dict[str, str]:
    """Title -> summary."""
    view = index.view(ONE, version)
    assert view is not None
    return {c.title: c.summary for c in read(view)[0]}


def test_an_overview_is_given_by_communities_and_only_changed_ones_are_written_anew(index: Index) -> None:
    assert index.summarise(ONE, 1) == 2
    found = retrieve(index, ONE, 1, "Give me an overview of the main topics")
    assert {c.title for c in found.communities} == {"Ann, Bob, Cid", "Eve, Fay, Gus"}
    assert set(documents(found)[:2]) == {"alice", "brill"}
    assert len(retrieve(index, ONE, 1, "Какие здесь основные темы?").communities) == 2
    assert retrieve(index, ONE, 1, "Who does Ann know?").communities == ()
    gone = circle(FIRST, "alice-0").facts[0].iri
    index.apply(ONE, 2, IndexDelta(removed_facts=(gone,)))
    assert index.summarise(ONE, 2) == 1
    assert len(retrieve(index, ONE, 2, "overview", "global").communities) == 2


def test_what_a_version_does_not_touch_keeps_its_community_and_its_words(index: Index) -> None:
    asked: list[Sequence[str]] = []

    def words(facts: Sequence[str]) -> str:
        asked.append(facts)
        return f"Said of {len(facts)} facts."

    assert index.summarise(ONE, 1, words) == 2
    before = titles(index, 1)
    assert set(before.values()) == {f"Said of {len(f)} facts." for f in asked}
    index.apply(ONE, 2, circle("Hal Ida", "brill-0"))
    assert index.summarise(ONE, 2, words) == 1
    after = titles(index, 2)
    assert len(asked) == 3
    assert any("Hal knows Ida" in f for f in asked[2])
    assert not any("Ann" in f for f in asked[2])
    assert [after[t] for t in before if t.startswith("Ann")] == [before["Ann, Bob, Cid"]]
    assert len(after) == 2  # one that knows Hal joins his circle
    assert index.summarise(ONE, 2, words) == 0


def test_the_community_of_a_thing_that_gets_another_name_is_told_anew(index: Index) -> None:
    index.summarise(ONE, 1, lambda facts: f"Said of {len(facts)} facts.")
    renamed = Entity(ONE.entity("Ann"), "Anna", evidence=(Evidence("alice", 0, 1, "x", unit_id="alice-0"),))
    index.apply(ONE, 2, IndexDelta(entities=(renamed,)))
    index.summarise(ONE, 2, lambda facts: "Said anew.")
    assert titles(index, 2) == {"Bob, Cid, Dan": "Said anew.", "Eve, Fay, Gus": "Said of 6 facts."}


def test_once_most_is_touched_all_communities_are_made_anew(index: Index) -> None:
    index.summarise(ONE, 1)
    both = circle("Ann Eve Bob Fay Cid Gus Dan Hal", "alice-0")
    index.apply(ONE, 2, IndexDelta(entities=both.entities, facts=both.facts))
    assert index.summarise(ONE, 2) == 1
    assert len(titles(index, 2)) == 1


def test_where_the_model_fails_sentences_of_the_facts_stay(index: Index) -> None:
    calls = []

    def words(facts: Sequence[str]) -> str:
        calls.append(facts)
        raise ModelDown("no answer")

    index.summarise(ONE, 1, words)
    assert len(calls) == 1  # it is not asked again for the others
    assert all("knows" in s for s in titles(index, 1).values())


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Ann Lee works at ACME. Bob Hill founded ACME.", "Ann Lee works at ACME. Bob Hill founded ACME."),
        (
            "Ann Lee works at ACME. Bob Hill founded ACME. Zoe Quartz runs Nimbus in Lisbon.",
            "Ann Lee works at ACME. Bob Hill founded ACME.",
        ),
        ("Zoe Quartz runs Nimbus in Lisbon.", ""),
        (
            "Ann Lee works at ACME: see https://evil.example/x?d=1 for more.",
            "Ann Lee works at ACME: see for more.",
        ),
    ],
)
def test_a_model_says_only_what_the_facts_carry(said: str, kept: str) -> None:
    facts = ["Ann Lee works at ACME", "Bob Hill founded ACME"]
    with scripted([Say(said)]) as model:
        chat = Chat(ModelProfile("extract", "scripted", model.url))
        assert overview(facts, chat) == kept
        assert "Ann Lee works at ACME" in str(model.asked[0])
