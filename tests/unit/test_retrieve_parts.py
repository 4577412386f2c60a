"""The parts of retrieval that need no index: stems, names, spreading, the walk."""

from datetime import date

import numpy as np
import pytest
from scipy import sparse

from kg.index.alike import alike
from kg.index.borrowed import Sentences, entity_vectors
from kg.index.graph import Graph
from kg.index.rows import UnitRow
from kg.index.view import Times
from kg.index.words import name_key, stems, words
from kg.index.writing import embed_units
from kg.model import Evidence, Period, TextUnit
from kg.periods import days
from kg.retrieve.flat import spread, top
from kg.retrieve.question import ask
from kg.retrieve.walk import pagerank, push
from kg.retrieve.when import Asked, asked_time


class Letters:
    """A text's vector is how often it has each of 8 letters."""

    name, dimensions, window = "letters", 8, 100

    def passages(self, texts: list[str]) -> np.ndarray:
        counts = np.array([[t.lower().count(c) for c in "aeiourst"] for t in texts], np.float32)
        return counts / np.maximum(np.linalg.norm(counts, axis=1, keepdims=True), 1e-9)

    questions = passages


def graph(edges: list[tuple[int, int, float]], size: int) -> Graph:
    a, b, w = (np.array(x) for x in zip(*edges, strict=True))
    adjacency = sparse.coo_array(
        (np.r_[w, w].astype(np.float32), (np.r_[a, b], np.r_[b, a])), shape=(size, size)
    ).tocsr()
    none = np.zeros(0, np.int64)
    return Graph(size, none, none, adjacency, np.asarray(adjacency.sum(axis=1)), none, none)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("сущность", "Сущностями"),
        ("Ёлка", "елки"),
        ("publishing", "Published"),
        ("Café", "cafe"),
        ("Alice's", "Alice"),
        ("и\u0306од", "йод"),
    ],
)
def test_forms_of_a_word_have_one_stem(one: str, other: str) -> None:
    assert stems(one) == stems(other)


def test_each_word_is_stemmed_by_its_own_script() -> None:
    assert stems("базы Databases") == [*stems("база"), *stems("database")]


def test_a_name_is_found_without_article_brackets_or_case() -> None:
    assert name_key("The Beatles (band)") == name_key("Beatles")
    assert name_key("Ивану Петрову") == name_key("Иван Петров")
    assert name_key("(2001)") == ("2001",)
    assert name_key("!?") == ()


def test_words_are_bounded() -> None:
    assert stems("x" * 100_000) == []
    assert list(words("a\x00b")) == ["a", "b"]


def test_top_breaks_ties_by_place_and_leaves_out_what_is_out() -> None:
    scores = np.array([1, 3, 3, -np.inf, 2], np.float32)
    assert top(scores, 2).tolist() == [1, 2]
    assert top(scores, 9).tolist() == [1, 2, 4, 0]
    assert top(scores, 0).tolist() == []


def test_spread_does_not_depend_on_a_model_s_scale() -> None:
    seen = np.array([True, True, True, False])
    assert spread(np.array([0.80, 0.84, 0.82, 0.99]), seen).tolist() == pytest.approx([0, 1, 0.5, 1])
    assert spread(np.ones(4), seen).tolist() == [0, 0, 0, 0]


def test_the_walk_prefers_what_is_near_the_seeds() -> None:
    chain = graph([(0, 1, 1.0), (1, 2, 1.0), (2, 3, 1.0)], 4)
    rank = pagerank(chain, np.array([1, 0, 0, 0], np.float32), 0.6)
    assert rank.sum() == pytest.approx(1, abs=1e-3)
    assert rank[1] > rank[2] > rank[3] > 0


def test_local_push_agrees_with_the_exact_walk() -> None:
    rng = np.random.default_rng(5)
    pairs = {(int(a), int(b)) for a, b in rng.integers(0, 300, (900, 2)) if a < b}
    g = graph([(a, b, float(rng.random() + 0.1)) for a, b in sorted(pairs)], 301)  # 300 stands alone
    seeds = np.zeros(301, np.float32)
    seeds[[3, 70, 300]] = [1, 0.5, 0.2]
    exact = pagerank(g, seeds, 0.6)
    pushed = push(g, seeds / seeds.sum(), 0.6)
    assert np.abs(exact - pushed).max() < 2e-4
    assert top(exact, 10).tolist() == top(pushed, 10).tolist()


@pytest.mark.parametrize("text", ["", "   ", "\x00\x07", "?!" * 10, "x" * 100_000, "а" * 3000, "\ud800 a"])
def test_any_question_is_taken(text: str) -> None:
    asked = ask(text, Letters())
    assert len(asked.text) <= 2000
    assert asked.vector.shape in ((8,), (0,))


def test_names_are_the_words_with_capitals_or_any_if_there_are_none() -> None:
    assert [s for s, n in ask("Where does Alice live?", Letters()).sequence if n] == stems("Alice")
    assert stems("алиса")[0] in [s for s, n in ask("где живет алиса", Letters()).sequence if n]


def test_a_question_that_leans_on_the_one_before_is_read_with_it() -> None:
    history = ["Who is Alice Smith?", "And her brother?"]
    assert "brother" in ask("Where does he live now, in which town?", Letters(), history).text
    assert "brother" not in ask("Where does Bob Jones live in Paris?", Letters(), history).text


def test_names_are_alike_by_their_rare_words_and_never_by_another_number() -> None:
    names = ["West Chicago", "West Chicago, Illinois", "Windows 7", "Windows 8", "Illinois", "Paris"]
    pairs, cosine = alike(names)
    found = {(names[a], names[b]) for a, b in pairs}
    assert ("West Chicago", "West Chicago, Illinois") in found
    assert ("Windows 7", "Windows 8") not in found
    assert all(0.65 <= c <= 1.001 for c in cosine)
    assert alike([])[0].shape == (0, 2)
    assert alike(["", "!?"])[0].shape == (0, 2)


@pytest.mark.parametrize(
    ("question", "when"),
    [
        ("Where does Bob work?", "now"),
        ("Где работает Иван?", "now"),
        ("What is the current name of the firm founded in Leeds?", "now"),
        ("Where did Bob work?", None),
        ("Who worked at Acme?", None),
        ("Где работала Мария?", None),
        ("Когда Иван возглавлял банк?", None),
        ("Who ran Acme after 2015?", None),
        ("Where did Bob work in 2019?", (20190000, 20199999)),
        ("Кто возглавлял банк в мае 2019 года?", (20190500, 20190599)),
        ("Who ran Acme from 2018 to 2020?", (20180000, 20209999)),
        ("", "now"),
    ],
)
def test_the_time_that_a_question_asks_about(question: str, when: object) -> None:
    asked_for = asked_time(question, date(2026, 11, 21))
    if when is None:
        assert asked_for is None
    elif when == "now":
        assert asked_for == Asked(20261121, 20261121, now=True)
    else:
        assert asked_for is not None
        assert (asked_for.first, asked_for.last) == when
        assert not asked_for.now


def test_which_facts_hold_when() -> None:
    """Of five: until 2023, since 2023, for ever, over, and in two periods."""
    told = [Period("", "2023"), Period("2023-02", ""), None, None, Period("2001", "2002"), Period("2020", "")]
    facts = [0, 1, 2, 3, 4, 4]
    times = Times(
        predicate=np.zeros(5, np.int64),
        status=np.array([0, 0, 0, -1, 0], np.int8),
        period=np.array([(f, *days(p)) for f, p in zip(facts, told, strict=True) if p]),
    )
    assert times.hold(*days(Period("2026-11-21", "2026-11-21")), True).tolist() == [0, 1, 1, 0, 1]
    assert times.hold(*days(Period("2010", "2010")), False).tolist() == [1, 0, 1, 1, 0]
    assert times.dated.tolist() == [1, 1, 0, 1, 1]
    assert days(Period("-0044-03-15", ""))[0] < days(Period("0010", ""))[0]


def test_a_text_unit_borrows_the_mean_of_its_sentences() -> None:
    def row(text: str) -> UnitRow:
        return UnitRow(TextUnit("u", "d", "d.txt", 0, 0, len(text), text, 9), "Aria")

    two, none = embed_units([row("Tree. Oases."), row("")], Letters())
    sentences = Letters().passages(["Aria: Tree.", "Aria: Oases."])
    assert np.frombuffer(two.windows, np.float16).reshape(2, -1) == pytest.approx(sentences, abs=1e-3)
    mean = sentences.sum(axis=0)
    assert two.vector == pytest.approx(mean / np.linalg.norm(mean))
    assert none.windows == b""
    assert none.vector == pytest.approx(Letters().passages(["Aria"])[0])


def test_a_thing_borrows_the_vectors_of_the_sentences_that_speak_of_it() -> None:
    told = Sentences()
    told.add("u", [100, 140], np.array([[1, 0], [0, 1]], np.float16))
    told.add("empty", [], np.zeros((0, 2), np.float16))

    def at(start: int, unit: str = "u") -> Evidence:
        return Evidence("d", start, start + 5, "Alice", unit_id=unit)

    second, both = told.mean([at(145)]), told.mean([at(100), at(139), at(150), at(5, "elsewhere")])
    assert second is not None
    assert both is not None
    assert second.tolist() == [0, 1]
    assert both.tolist() == pytest.approx([0.894, 0.447], abs=1e-3)
    assert told.mean([at(0, "empty")]) is None
    assert told.mean([]) is None
    made = entity_vectors([second, None], ["-", "aei"], Letters())
    assert made[0] is second
    assert made[1].shape == (8,)
