"""The index with its real tables and the real embedder: what is found, by whom, as of when, after what."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rdflib import Literal

from kg.embed import Embedder, local
from kg.errors import BadInput, IndexMissing
from kg.index import FactRow, Index, IndexDelta, UnitRow, fact_row
from kg.index.words import stems
from kg.index.writing import said
from kg.model import Entity, Evidence, Fact, Mention, Period, TextUnit
from kg.retrieve import Mode, Retrieved, retrieve
from kg.text.language import language
from kg.vocab import Dataset

ONE, TWO = Dataset("http://ferag.test/", 1), Dataset("http://ferag.test/", 2)
MODES = [m.value for m in Mode if m is not Mode.bypass]


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return local.load()


@pytest.fixture
def index(tmp_path: Path, embedder: Embedder) -> Index:
    return Index(tmp_path / "index", embedder)


def unit(name: str, text: str, *names: str, title: str = "") -> UnitRow:
    mentions = tuple(Mention(n.split("=")[-1], text.find(n.split("=")[0]), 0) for n in names)
    whole = TextUnit(
        f"{name}-0", name, f"{name}.txt", 0, 0, len(text), text, len(text) // 4, language=language(text)
    )
    return UnitRow(whole, title, mentions)


ALICE = unit(
    "alice", "Alice Smith works at Acme. She keeps bees.", "Alice Smith", "Acme", title="Alice Smith"
)
ACME = unit("acme", "Acme has its seat in the town of Brill.", "Acme", "Brill", title="Acme")
BRILL = unit("brill", "Brill is known for its old windmill.", "Brill", title="Brill")
RIVER = unit("river", "The Thame is a slow river with many fish.", "Thame", title="Thame")
WORLD = (ALICE, ACME, BRILL, RIVER)


def fact(dataset: Dataset = ONE) -> tuple[tuple[Entity, ...], object]:
    evidence = (Evidence("alice", 0, 26, ALICE.unit.text[:26], "alice.txt", "alice-0"),)
    alice, acme = dataset.entity("Alice Smith"), dataset.entity("Acme")
    works = dataset.property_("works at")
    made = Fact(alice, works, acme, evidence=evidence)
    labels = {alice: "Alice Smith", acme: "Acme", works: "works at"}
    entities = (Entity(alice, "Alice Smith", evidence=evidence), Entity(acme, "Acme", evidence=evidence))
    return entities, fact_row(dataset.assertion(alice, works, acme.n3()), made, labels)


def delta(*units: UnitRow, removed: Sequence[str] = ()) -> IndexDelta:
    return IndexDelta(units=units, removed_units=tuple(removed))


def documents(found: Retrieved) -> list[str]:
    return [p.document_id for p in found.passages]


def test_every_mode_answers_with_passages_that_are_of_their_documents(index: Index) -> None:
    entities, row = fact()
    index.apply(ONE, 1, IndexDelta(WORLD, entities, (row,)))  # type: ignore[arg-type]
    for mode in MODES:
        found = retrieve(index, ONE, 1, "Where does Alice Smith work?", mode)
        assert documents(found)[0] == "alice", mode
        assert found.entities[0].label == "Alice Smith"
        assert found.facts[0].sentence == "Alice Smith works at Acme"
        assert found.facts[0].evidence[0].quote == "Alice Smith works at Acme."
        assert found.mode == mode
        scores = [p.score for p in found.passages]
        assert scores == sorted(scores, reverse=True)
    assert retrieve(index, ONE, 1, "Where does Alice Smith work?", "bypass").passages == ()
    with pytest.raises(BadInput):
        retrieve(index, ONE, 1, "x", "psychic")


def test_path_joins_what_no_single_passage_says(index: Index) -> None:
    """The windmill's passage shares no name with the question: it is two names away."""
    crowd = [
        unit(f"mill{i}", f"The mill of {n} is a ruin.", n, title=n)
        for i, n in enumerate(("Oxley", "Wendover", "Tring", "Marlow", "Cholsey", "Goring", "Didcot"))
    ]
    index.apply(ONE, 1, delta(*WORLD, *crowd))
    found = documents(
        retrieve(index, ONE, 1, "What is the seat of Alice Smith's employer known for?", "path")
    )
    assert found.index("brill") < 4


def test_two_knowledge_bases_with_the_same_words_do_not_see_each_other(index: Index) -> None:
    index.apply(ONE, 1, delta(*WORLD))
    index.apply(TWO, 1, delta(unit("other", "Alice Smith works at Acme, says another base.", "Alice Smith")))
    for mode in MODES:
        assert "other" not in documents(retrieve(index, ONE, 1, "Alice Smith at Acme", mode))
        assert set(documents(retrieve(index, TWO, 1, "Alice Smith at Acme", mode))) <= {"other"}
    index.destroy(TWO)
    with pytest.raises(IndexMissing):
        retrieve(index, TWO, 1, "Alice Smith")
    assert documents(retrieve(index, ONE, 1, "Alice Smith"))[0] == "alice"


def test_each_version_is_read_as_it_was(index: Index) -> None:
    index.apply(ONE, 1, delta(ALICE))
    index.apply(ONE, 2, delta(BRILL, removed=["alice-0"]))
    index.apply(ONE, 3, delta(ALICE))  # a rollback is an apply
    index.apply(ONE, 4, delta(unit("alice", "Alice Smith sells honey.", "Alice Smith", title="Alice Smith")))
    seen = {v: set(documents(retrieve(index, ONE, v, "Alice Smith and Brill"))) for v in (1, 2, 3, 4)}
    assert seen == {1: {"alice"}, 2: {"brill"}, 3: {"alice", "brill"}, 4: {"alice", "brill"}}
    at = {v: retrieve(index, ONE, v, "Alice Smith").passages[0].text for v in (3, 4)}
    assert "bees" in at[3]
    assert "honey" in at[4]
    with pytest.raises(IndexMissing):
        retrieve(index, ONE, 5, "Alice Smith")


def test_an_index_that_is_not_there_is_not_an_empty_one(index: Index) -> None:
    """As after an upgrade that makes them anew: to say so is better than "not in this knowledge base"."""
    assert not retrieve(index, ONE, 0, "Alice Smith").passages
    with pytest.raises(IndexMissing):
        retrieve(index, ONE, 1, "Alice Smith")


def test_what_is_not_published_can_be_undone_and_written_again(index: Index) -> None:
    index.apply(ONE, 1, delta(ALICE))
    index.apply(ONE, 2, delta(BRILL, removed=["alice-0"]), token="a")
    assert documents(retrieve(index, ONE, 1, "Alice Smith, Brill")) == ["alice"]
    index.drop(ONE, 2)
    index.apply(ONE, 2, delta(RIVER), token="b")
    index.apply(ONE, 2, delta(BRILL), token="b")  # the same token: done already
    assert set(documents(retrieve(index, ONE, 2, "Alice Smith, Brill, Thame"))) == {"alice", "river"}
    with pytest.raises(BadInput):
        index.apply(ONE, 1, delta(BRILL))


def test_only_these_documents(index: Index) -> None:
    entities, row = fact()
    index.apply(ONE, 1, IndexDelta(WORLD, entities, (row,)))  # type: ignore[arg-type]
    for mode in MODES:
        found = retrieve(index, ONE, 1, "Alice Smith, Acme", mode, documents=frozenset({"acme", "river"}))
        assert set(documents(found)) <= {"acme", "river"}
        assert found.facts == ()
        assert found.entities == ()
        assert retrieve(index, ONE, 1, "Alice", mode, documents=frozenset({"none"})).passages == ()


def test_a_fact_of_several_documents_is_shown_by_those_asked_for(index: Index) -> None:
    entities, row = fact()
    assert isinstance(row, FactRow)
    second = Evidence("acme", 0, 17, ACME.unit.text[:17], "acme.txt", "acme-0")
    told = replace(row, fact=replace(row.fact, evidence=(*row.fact.evidence, second)))
    index.apply(ONE, 1, IndexDelta(WORLD, entities, (told,)))
    for wanted in ({"acme"}, {"acme", "alice"}):
        (found,) = retrieve(index, ONE, 1, "Alice Smith, Acme", documents=frozenset(wanted)).facts
        assert {e.document_id for e in found.evidence} == wanted


def test_a_follow_up_is_found_by_what_was_said_before(index: Index) -> None:
    index.apply(ONE, 1, delta(*WORLD))
    before = ("What is Brill known for?", "Brill is known for its old windmill.")
    said = retrieve(index, ONE, 1, "And what about its river?", history=("Tell me of the Thame.",))
    assert documents(said)[0] == "river"
    assert documents(retrieve(index, ONE, 1, "What is it known for?", history=before))[0] == "brill"
    alice = ("Who is Alice Smith?", "Alice Smith keeps bees.")
    assert documents(retrieve(index, ONE, 1, "And where does she work?", history=alice))[0] == "alice"


def test_russian_words_are_found_in_any_form_and_from_english(index: Index) -> None:
    index.apply(
        ONE,
        1,
        delta(
            unit(
                "ivan",
                "Иван Петров родился в Казани и работал хирургом.",
                "Иван Петров",
                "Казани=Казань",
            ),
            unit("port", "Сервер слушает порт 8080 и хранит журналы в каталоге."),
            unit("mushrooms", "Осенью в лесу собирают грибы и ягоды."),
            ALICE,
        ),
    )
    assert documents(retrieve(index, ONE, 1, "у Ивана Петрова", "path"))[0] == "ivan"
    assert documents(retrieve(index, ONE, 1, "каким портом пользуются серверы", "naive"))[0] == "port"
    assert documents(retrieve(index, ONE, 1, "Which port does the server listen on?"))[0] == "port"
    assert documents(retrieve(index, ONE, 1, "picking mushrooms and berries in the forest"))[0] == "mushrooms"


@pytest.mark.parametrize(
    "question",
    ["", " ", "\x00", "x" * 100_000, "а б " * 25_000, "\ud800", "'; DROP TABLE units; --", "* AND (", "🤖"],
)
def test_hostile_questions_are_answered_or_not_but_never_fail(index: Index, question: str) -> None:
    index.apply(ONE, 1, delta(*WORLD))
    for mode in MODES:
        assert len(retrieve(index, ONE, 1, question, mode, top_k=3).passages) <= 3
    assert retrieve(index, ONE, 1, "Alice", top_k=0).passages == ()


def test_empty_indexes_find_nothing(index: Index) -> None:
    assert retrieve(index, ONE, 0, "Alice").passages == ()
    index.apply(ONE, 1, IndexDelta())
    for mode in MODES:
        assert retrieve(index, ONE, 1, "Alice", mode).passages == ()
    index.drop(ONE, 1)
    index.compact(ONE)
    index.destroy(ONE)
    index.destroy(ONE)


def test_texts_of_nothing_but_space_or_signs(index: Index) -> None:
    index.apply(
        ONE, 1, delta(unit("space", "   \n\n "), unit("signs", "!!! ... ???"), unit("nul", "a\u200bb"), ALICE)
    )
    for mode in MODES:
        assert "alice" in documents(retrieve(index, ONE, 1, "Alice Smith", mode))


def test_the_same_question_finds_the_same(tmp_path: Path, embedder: Embedder) -> None:
    def all_modes(folder: str) -> list[Retrieved]:
        made = Index(tmp_path / folder, embedder)
        made.apply(ONE, 1, delta(*WORLD))
        asked = "Where is Acme, and what is Brill known for?"
        return [retrieve(made, ONE, 1, asked, m) for m in MODES for _ in range(2)]

    def bare(found: list[Retrieved]) -> list[list[tuple[str, float]]]:
        return [[(p.unit_id, p.score) for p in f.passages] for f in found]

    once, again = bare(all_modes("a")), bare(all_modes("b"))
    assert once == again
    assert once[::2] == once[1::2]


def test_the_budget_of_tokens_holds(index: Index) -> None:
    long = [unit(f"d{i}", f"Alice Smith keeps bees, part {i}. " * 30, "Alice Smith") for i in range(6)]
    index.apply(ONE, 1, delta(*long))
    found = retrieve(index, ONE, 1, "Alice Smith's bees", tokens=600)
    assert found.passages
    assert sum(p.tokens for p in found.passages) <= 600


def test_prepared_units_need_no_embedding_when_they_are_applied(tmp_path: Path, embedder: Embedder) -> None:
    counting = Counting(embedder)
    index = Index(tmp_path, counting)
    index.prepare(ONE, WORLD)
    index.prepare(ONE, WORLD)  # nothing is left to do
    counted = counting.texts
    assert documents(retrieve(index, ONE, 0, "Alice")) == []
    index.apply(ONE, 1, delta(*WORLD))
    assert counting.texts == counted
    assert documents(retrieve(index, ONE, 1, "Alice Smith"))[0] == "alice"


def test_what_was_embedded_ahead_is_not_embedded_again(tmp_path: Path, embedder: Embedder) -> None:
    counting = Counting(embedder)
    ahead, plain = Index(tmp_path / "ahead", counting), Index(tmp_path / "plain", embedder)
    entities, row = fact()
    change = IndexDelta(WORLD, entities, (row,))  # type: ignore[arg-type]
    ahead.prepare(ONE, WORLD)
    for _ in range(2):
        ahead.prepare_said(ONE, [*said(change), "Nobody approved this."])
    counted = counting.texts
    proposed = ahead.proposed(ONE, 0, IndexDelta())
    assert proposed.version == 1
    ahead.apply(ONE, 1, change)
    assert counting.texts == counted
    plain.apply(ONE, 1, change)
    found, same = (retrieve(i, ONE, 1, "Where does Alice Smith work?", "mix") for i in (ahead, plain))
    assert [(f.sentence, f.score) for f in found.facts] == [(f.sentence, f.score) for f in same.facts]
    ahead.prepare_said(ONE, [row.sentence])  # type: ignore[attr-defined]  # what was used is forgotten
    assert counting.texts > counted


def test_another_embedder_leaves_full_text_and_names_until_the_index_is_made_anew(
    tmp_path: Path, embedder: Embedder
) -> None:
    Index(tmp_path, embedder).apply(ONE, 1, delta(*WORLD))
    other = Index(tmp_path, Counting(embedder, "another"))
    assert other.outdated(ONE)
    assert documents(retrieve(other, ONE, 1, "Alice Smith's bees"))[0] == "alice"
    other.apply(ONE, 2, delta(unit("late", "Zeppelins came late.", "Zeppelins")))
    assert documents(retrieve(other, ONE, 2, "zeppelin"))[0] == "late"
    other.rebuild(ONE, lambda: (2, delta(*WORLD, unit("late", "Zeppelins came late.", "Zeppelins"))))
    assert not other.outdated(ONE)
    assert documents(retrieve(other, ONE, 2, "who keeps insects that make honey?"))[0] == "alice"
    with pytest.raises(IndexMissing):
        retrieve(other, ONE, 1, "Alice")


def test_the_arrays_of_a_base_and_what_came_after_it_are_one(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a base segment and without one, the same is found, also as of before the base."""
    monkeypatch.setattr("kg.index.bases._FRESH", 10**9)
    plain, based = Index(tmp_path / "a", embedder), Index(tmp_path / "b", embedder)
    asked = "What is the seat of Alice Smith's employer known for?"
    for index in (plain, based):
        index.apply(ONE, 1, delta(ALICE, RIVER))
        index.apply(ONE, 2, delta(ACME, removed=["river-0"]))
        if index is based:
            monkeypatch.setattr("kg.index.bases._FRESH", 0)
            index.compact(ONE, 2)
            assert list((tmp_path / "b").glob(".arrays/*/*/2/units.vector.npy"))
            monkeypatch.setattr("kg.index.bases._FRESH", 10**9)
        index.apply(ONE, 3, delta(BRILL, unit("alice", "Alice Smith left Acme.", "Alice Smith", "Acme")))
    for version in (1, 2, 3):
        for mode in MODES:
            found = [retrieve(i, ONE, version, asked, mode) for i in (plain, based)]
            one, other = ({p.text: p.score for p in f.passages} for f in found)
            assert list(one) == list(other)
            assert other == pytest.approx(one, abs=0.2)  # full text weighs words by file until compacted


KILLED = """
import os, signal, sys
sys.path.insert(0, {root!r})
from kg.embed import local
from kg.index import Index
from tests.integration.test_index import ALICE, ACME, BRILL, ONE, WORLD, Counting, IndexDelta, fact
entities, row = fact()
index = Index(sys.argv[1], Counting(local.load(), dies_at=int(sys.argv[2])))
index.apply(ONE, 2, IndexDelta((ACME, BRILL), entities, (row,), removed_units=("alice-0",)), token="t")
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("moment", [1, 2, 3, 99])
def test_killed_in_the_middle_of_a_write(tmp_path: Path, embedder: Embedder, moment: int) -> None:
    """Before the units, before the entities, before the facts, after everything."""
    index = Index(tmp_path, embedder)
    index.apply(ONE, 1, delta(ALICE, RIVER))
    root = str(Path(__file__).parents[2])
    ended = subprocess.run(
        [sys.executable, "-c", KILLED.format(root=root), tmp_path, str(moment)], check=False
    )
    assert ended.returncode == -signal.SIGKILL
    entities, row = fact()
    assert set(documents(retrieve(index, ONE, 1, "Alice Smith at Acme in Brill"))) == {"alice", "river"}
    again = Index(tmp_path, embedder)
    again.apply(ONE, 2, IndexDelta((ACME, BRILL), entities, (row,), removed_units=("alice-0",)), token="t")  # type: ignore[arg-type]
    for mode in ("naive", "auto"):
        found = retrieve(again, ONE, 2, "Alice Smith at Acme in Brill", mode)
        assert sorted(documents(found)) == ["acme", "brill", "river"]
        assert len(found.facts) == 1
    assert set(documents(retrieve(again, ONE, 1, "Alice Smith at Acme in Brill"))) == {"alice", "river"}


class Counting:
    """The real embedder under another name; counts texts; may kill its process at its n-th call."""

    def __init__(self, real: Embedder, name: str = "", dies_at: int = 0) -> None:
        self._real, self._dies_at = real, dies_at
        self.name, self.dimensions, self.window = name or real.name, real.dimensions, real.window
        self.texts = self.calls = 0

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        self.calls += 1
        self.texts += len(texts)
        if self.calls == self._dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return self._real.passages(texts)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._real.questions(texts)


def test_a_literal_comes_back_as_it_was(index: Index) -> None:
    entities, _ = fact()
    born = ONE.property_("born")
    value = Literal("1970-01-02", datatype="http://www.w3.org/2001/XMLSchema#date")
    made = Fact(entities[0].iri, born, value, evidence=entities[0].evidence)
    row = fact_row(
        ONE.assertion(made.subject, born, value.n3()), made, {made.subject: "Alice Smith", born: "born"}
    )
    index.apply(ONE, 1, IndexDelta((ALICE,), entities, (row,)))
    (found,) = retrieve(index, ONE, 1, "When was Alice Smith born?").facts
    assert found.object == value
    assert found.sentence == "Alice Smith born 1970-01-02"


def career(*told: tuple[str, Period]) -> IndexDelta:
    """Bob Johnson and the firms that he worked at."""
    bob, works = ONE.entity("Bob Johnson"), ONE.property_("works at")
    labels = {bob: "Bob Johnson", works: "works at"}
    facts = []
    for firm, period in told:
        labels[ONE.entity(firm)] = firm
        made = Fact(bob, works, ONE.entity(firm), periods=(period,) if period != Period() else ())
        facts.append(fact_row(ONE.assertion(*made.triple[:2], made.object.n3()), made, labels))
    entities = tuple(Entity(iri, label) for iri, label in labels.items() if iri != works)
    return IndexDelta(WORLD, entities, tuple(facts))


@pytest.mark.parametrize("mode", MODES)
def test_a_fact_that_ended_stands_behind_the_one_that_holds(index: Index, mode: str) -> None:
    ended, begun = Period("2018", "2023"), Period("2023", "")
    index.apply(ONE, 1, career(("Acme", Period()), ("Bob Johnson Works", ended), ("Zeta", begun)))

    def first(question: str, n: int = 1) -> set[object]:
        return {f.object for f in retrieve(index, ONE, 1, question, mode).facts[:n]}

    assert first("Where does Bob Johnson work?", 2) == {ONE.entity("Acme"), ONE.entity("Zeta")}
    assert first("Bob Johnson works at Bob Johnson Works?", 2) == {ONE.entity("Acme"), ONE.entity("Zeta")}
    assert first("Where did Bob Johnson work in 2020?", 2) == {
        ONE.entity("Acme"),
        ONE.entity("Bob Johnson Works"),
    }
    assert first("Who worked at Bob Johnson Works?") == {ONE.entity("Bob Johnson Works")}
    found = {f.object: f for f in retrieve(index, ONE, 1, "Bob Johnson", mode).facts}
    assert found[ONE.entity("Bob Johnson Works")].periods == (ended,)
    assert [found[ONE.entity(n)].over for n in ("Acme", "Bob Johnson Works", "Zeta")] == [False, True, False]


def test_a_reader_keeps_its_view_while_the_index_is_made_anew(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kg.index.index.SEEN_SECONDS", 0)
    reader, writer = Index(tmp_path, embedder), Index(tmp_path, embedder)
    writer.apply(ONE, 1, delta(*WORLD))
    before = reader.view(ONE, 1)
    assert before is not None
    writer.rebuild(ONE, lambda: (1, delta(ALICE)))
    rows, _ = before.tables.full_text("units", stems("windmill"), 1, 5)
    assert len(before.tables.rows("units", rows.tolist(), ["text"])) == 1
    assert documents(retrieve(reader, ONE, 1, "Brill windmill Alice")) == ["alice"]
    writer.rebuild(ONE, lambda: (1, delta(BRILL)))
    assert documents(retrieve(reader, ONE, 1, "Brill windmill Alice")) == ["brill"]
