"""Keys and comparison of names, alone."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg import names, surface
from kg.resolve.likeness import Grade, compare

# (one, other, grade at least): inflection, script, legal form, acronym, initials, order, spelling
ONE_THING = [
    ("Яндекса", "Яндекс", Grade.same),
    ("ООО «Ромашка»", "Ромашки", Grade.same),
    ("Аркадием Воложем", "Аркадий Волож", Grade.same),
    ("Москве", "Москва", Grade.same),
    ("векторного поиска", "векторный поиск", Grade.same),
    ("графа знаний", "граф знаний", Grade.same),
    ("векторные базы данных", "векторной базой данных", Grade.same),
    ("Neo4j", "neo4j", Grade.same),
    ("Microsoft Corporation", "Microsoft", Grade.same),
    ("IBM", "International Business Machines", Grade.likely),
    ("Владимир Путин", "Vladimir Putin", Grade.same),
    ("В. Путин", "Владимир Путин", Grade.likely),
    ("Yandex", "Яндекс", Grade.same),
    ("Достоевский", "Dostoevsky", Grade.same),
    ("Чехов", "Chekhov", Grade.same),
    ("Чайковский", "Tchaikovsky", Grade.same),
    ("text chunks", "text-chunks", Grade.same),
    ("США", "США", Grade.same),
    ("knowledge graph", "Knowledge Graphs", Grade.same),
    ("ФСБ", "Федеральная служба безопасности", Grade.likely),
    ("Иванова Мария", "Мария Иванова", Grade.same),
    ("Postgres", "PostgreSQL", Grade.likely),
    ("LightRAG", "Light RAG", Grade.same),
    ("Ивана Петрова", "Иван Петров", Grade.same),
    ("СУБД ClickHouse", "ClickHouse", Grade.likely),
    ("University of Copenhagen", "Copenhagen University", Grade.likely),
    ("узлами графа", "узел графа", Grade.same),
    ("эмбеддингов", "эмбеддинг", Grade.same),
    ("Дональдом Трампом", "Donald Trump", Grade.likely),
    ("Сбербанка России", "Сбербанк России", Grade.same),
]
TWO_THINGS = [
    ("Москва", "Московская область"),
    ("Python 2", "Python 3"),
    ("Иван Петров", "Пётр Иванов"),
    ("Redis", "Redux"),
    ("Neo4j", "Neo5j"),
    ("Canada", "Canadia Bank"),
    ("граф знаний", "база знаний"),
    ("Apple", "Applet"),
    ("World War I", "World War II"),
    ("GPT-3", "GPT-4"),
    ("Иванов", "Иванова"),
    ("Java", "JavaScript"),
    ("North Korea", "South Korea"),
    ("Чат 2", "Чат 3"),
    ("local search", "global search"),
    ("entities_vdb", "relationships_vdb"),
    ("Vitamin A", "Vitamin C"),
    ("Ivanov", "Ivanova"),
    ("Верхний пруд", "Нижний пруд"),
    ("Henry VIII", "Henry VII"),
]


@pytest.mark.parametrize(("one", "other", "grade"), ONE_THING)
def test_names_of_one_thing_meet(one: str, other: str, grade: Grade) -> None:
    found = compare(names.name(one), names.name(other))
    assert found.grade >= grade, found
    assert found.reason
    assert names.keys(one) & names.keys(other)


@pytest.mark.parametrize(("one", "other"), TWO_THINGS)
def test_names_of_two_things_stay_apart(one: str, other: str) -> None:
    assert compare(names.name(one), names.name(other)).grade is Grade.different


def test_an_acronym_or_initials_alone_never_decide() -> None:
    for one, other in (("FBI", "Federal Bureau of Investigation"), ("J. Smith", "John Smith")):
        assert compare(names.name(one), names.name(other)).grade is Grade.likely


@pytest.mark.parametrize(
    ("one", "other"),
    [("World War II", "World War 2"), ("U.S.A.", "USA"), ("José", "Jose"), ("the ACME Corp.", "Acme")],
)
def test_spellings_are_one_name(one: str, other: str) -> None:
    assert compare(names.name(one), names.name(other)).grade is Grade.same


def test_a_woman_is_not_a_man_in_any_case() -> None:
    assert names.name("Мария Иванова").gender == "femn"
    assert names.name("Марии Ивановой").words == ("мария", "иванова")
    assert names.name("Ивану Петрову").words == ("иван", "петров")
    assert compare(names.name("Достоевский"), names.name("Достоевская")).grade is Grade.different


ODD = ["", " ", "...", "!!!", "\x00\x01", "«»", "Inc.", "ООО", "the", "В", "1", "🙂", "ﷺ"]


@pytest.mark.parametrize("label", ODD)
def test_odd_labels_have_few_keys_and_no_accident(label: str) -> None:
    assert len(names.keys(label)) < 12
    names.name(label)


def test_hostile_labels_are_bounded() -> None:
    began = time.perf_counter()
    for label in ("a " * 500_000, "A. " * 1000, "Ж" * 1_000_000, "I" * 159, "(" * 100_000, "Ромашки " * 19):
        found = names.keys(label)
        assert len(found) < 20
        assert all(len(k) <= 200 for k in found)
    assert time.perf_counter() - began < 5


@given(st.text(max_size=60))
def test_keys_are_stable_printable_and_forgiving(label: str) -> None:
    found = names.keys(label)
    assert found == names.keys(label)
    assert all(k.isprintable() for k in found)
    assert compare(names.name(label), names.name(label)).grade is Grade.same


@given(st.text(max_size=30), st.text(max_size=30))
def test_comparison_has_no_direction(one: str, other: str) -> None:
    assert compare(names.name(one), names.name(other)) == compare(names.name(other), names.name(one))


def test_a_capital_title_is_found_as_the_text_writes_it() -> None:
    text = "Alice Smith leads the GraphRAG system's team at ACME Corporation."
    assert surface.written("ALICE SMITH", [text]) == "Alice Smith"
    assert surface.written("GRAPH RAG SYSTEM", [text]) == "GraphRAG system"
    assert surface.written("GRAPH", [text]) == ""
    assert surface.written("ИВАН ПЕТРОВ", ["Рядом с Иваном Петровым стоял сын."]) == "Иваном Петровым"
