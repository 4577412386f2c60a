"""Which way round a relation is asked about and said, in both languages and over many relations."""

import pytest

from kg.answer.direction import denies, right_way_round
from kg.answer.extractive import best
from kg.embed import local
from kg.retrieve import Passage

SAID = {
    "Mira reports to Eve and works on pumps.": ("Who reports to Eve Lane?", "Who reports to Mira Stone?"),
    "Eve mentors Mira Stone, an engineer.": ("Who mentors Mira Stone?", "Who does Mira Stone mentor?"),
    "Initech was acquired by Hooli in 2024.": ("Who acquired Initech?", "What did Initech acquire?"),
    "Hooli acquired Initech.": ("What did Hooli acquire?", "Who acquired Hooli?"),
    "The Wave project, said in an old Hooli paper, was superseded by Tide.":
        ("What superseded Wave?", "What did Wave supersede?"),
    "Celery uses Redis.": ("What uses Redis?", "What uses Celery?"),
    "Hooli was founded by Ann Grey.": ("Who founded Hooli?", "What did Hooli found?"),
    "Kim Low wrote Dunes.": ("What did Kim Low write?", "Who wrote Kim Low?"),
    "Tom Reed is managed by Ann Grey.": ("Who manages Tom Reed?", "Who manages Ann Grey?"),
    "Ольга Белова подчиняется Марии Кузнецовой.":
        ("Кому подчиняется Ольга Белова?", "Кто подчиняется Ольге Беловой?"),
    "«Гамма» была приобретена компанией «Дельта».": ("Кто приобрёл «Гамму»?", "Что приобрела «Гамма»?"),
    "«Аврора» использует Redis.": ("Что использует «Аврора»?", "Кто использует «Аврору»?"),
    "Завод «Искра» основал Пётр Громов.": ("Что основал Пётр Громов?", "Кто основал Петра Громова?"),
}  # fmt: skip


@pytest.mark.parametrize("sentence", SAID)
def test_a_sentence_answers_one_direction_only(sentence: str) -> None:
    asked, other = SAID[sentence]
    assert right_way_round(asked, [sentence])
    assert not right_way_round(other, [sentence])


def test_what_holds_both_ways_or_is_not_said_is_left_alone() -> None:
    for question in ("Who competes with Hooli?", "Who does Hooli compete with?", "Who is Ann Grey?"):
        assert right_way_round(question, ["Hooli competes with Initech. Ann Grey leads Hooli."])
    assert right_way_round("Who reports to Mira Stone?", ["Mira Stone likes tea."])
    assert right_way_round("Who reports to Eve?", ["Eve reports to Ann.", "Tom reports to Eve."])


def test_facts_are_in_the_order_of_their_labels() -> None:
    fact = "Мария Кузнецова подчиняется Иван Петров"
    assert right_way_round("Кто подчиняется Ивану Петрову?", [], [fact])
    assert not right_way_round("Кому подчиняется Иван Петров?", [], [fact])


@pytest.mark.parametrize(
    ("question", "denied"),
    [
        ("Who does not work at Hooli?", True),
        ("Which firms don't use Redis?", True),
        ("Кто никогда не работал в «Гамме»?", True),
        ("Кто, кроме Ольги, работает в «Гамме»?", True),
        ("Who works at Notting Hill?", False),
        ("Кто работает в «Небе»?", False),
    ],
)
def test_what_is_denied_is_seen(question: str, denied: bool) -> None:
    assert denies(question) is denied


@pytest.mark.parametrize(
    ("question", "supported"),
    [
        ("Who reports to Eve Lane?", True),
        ("Who reports to Mira Stone?", False),
        ("Who does not report to Eve Lane?", False),
        ("Кто подчиняется Вере Лин?", True),
        ("Кто подчиняется Нине Гай?", False),
        ("Кто не подчиняется Вере Лин?", False),
    ],
)
def test_an_answer_that_only_sounds_right_is_refused(question: str, supported: bool) -> None:
    texts = {"en": "Mira Stone reports to Eve Lane.", "ru": "Нина Гай подчиняется Вере Лин."}
    spoken = "en" if question.startswith("Who") else "ru"
    text = texts[spoken]
    passage = Passage("u", "d", "d.txt", 0, len(text), text, 1.0, language=spoken)
    assert best(question, [passage], [], local.load())[1] is supported
