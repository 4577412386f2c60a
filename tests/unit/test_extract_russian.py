"""Russian rules: what is read, names in the nominative, and what is not read."""

import pytest

from kg.extract import Context
from kg.extract.offline import Offline
from kg.model import Extraction, Period, TextUnit


def read(text: str, before: str = "") -> Extraction:
    unit = TextUnit("u", "d", "d.txt", 0, 0, len(text), text, 10, language="ru")
    return Offline().extract(unit, Context(before=before))


def facts(text: str) -> set[tuple[str, str, str]]:
    return {(r.subject, r.predicate, r.object or str(r.value)) for r in read(text).relations}


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        (
            "Мария Кузнецова работает в Казанском университете.",
            ("Мария Кузнецова", "работает в", "Казанский университет"),
        ),
        ("Компания «Яндекс» основана Аркадием Воложем в Москве.", ("Яндекс", "основан в", "Москва")),
        (
            "Генеральный директор ООО «Ромашка» Иван Петров уехал.",
            ("Иван Петров", "генеральный директор", "ООО «Ромашка»"),
        ),
        ("Анна Смит работает в компании АКМЕ.", ("Анна Смит", "работает в", "АКМЕ")),
        ("Париж — столица Франции.", ("Париж", "столица", "Франция")),
        ("Завод «Металлист» создан в 1947 году.", ("Металлист", "создан в", "1947")),
        ("В компании «Янтарь» работает 1 200 человек.", ("Янтарь", "число сотрудников", "1200")),
        ("ClickHouse написан на C++.", ("ClickHouse", "написан на", "C++")),
        ("В 2020 году «Меридиан» открыл филиал в Алматы.", ("Меридиан", "открыл филиал в", "Алматы")),
        (
            "Первым директором завода «Металлист» был Яков Гринберг.",
            ("Яков Гринберг", "директор", "Металлист"),
        ),
        ("Волга впадает в Каспийское море.", ("Волга", "впадает в", "Каспийское море")),
    ],
)
def test_stated(text: str, fact: tuple[str, str, str]) -> None:
    assert fact in facts(text)


@pytest.mark.parametrize(
    "text",
    [
        "Мария Кузнецова не работает в Казанском университете.",
        "Мария Кузнецова планирует перейти в Сбербанк.",
        "Иван Петров посетит Вологду.",
        "Если Иван Петров перейдёт в Сбербанк, отдел закроют.",
    ],
)
def test_denied_wished_and_future_is_no_fact(text: str) -> None:
    assert facts(text) == set()


def test_by_whom_turns_into_who() -> None:
    assert ("Аркадий Волож", "основал", "Яндекс") in facts(
        "Компания «Яндекс» основана Аркадием Воложем в Москве."
    )


def test_the_period_hangs_on_the_nearer_verb() -> None:
    found = read("Алексей Горбунов окончил Физтех и работал в Яндексе с 2009 по 2017 год.")
    periods = {r.predicate: r.period for r in found.relations}
    assert periods == {"окончил": Period(), "работает в": Period("2009", "2017")}


def test_a_class_noun_means_the_only_thing_called_so() -> None:
    text = "Поставщиком выбран завод «Уралкран». Завод находится в Нижнем Тагиле."
    assert ("Уралкран", "находится в", "Нижний Тагил") in facts(text)
    two = "Завод «Уралкран» и завод «Металлист» спорят. Завод находится в Туле."
    assert not facts(two)


def test_latin_identifiers_stay_whole() -> None:
    names = {m.name for m in read("Модуль worker.py пишет в Neo4j и Apache Jena Fuseki.").mentions}
    assert {"worker.py", "Neo4j", "Apache Jena Fuseki"} <= names


def test_noun_phrases_are_mentions_in_the_nominative() -> None:
    mentions = {m.name for m in read("Команда ускорила работу векторного поиска.").mentions}
    assert "векторный поиск" in mentions


def test_the_text_before_the_unit_gives_full_names_and_nouns() -> None:
    before = "Завод «Уралкран» принял на работу инженера. Его имя — Глеб Носов."
    found = read("Завод находится в Нижнем Тагиле. Теперь Носов живёт в Уфе.", before)
    assert {(r.subject, r.object) for r in found.relations} == {
        ("Уралкран", "Нижний Тагил"),
        ("Глеб Носов", "Уфа"),
    }
