"""What began is not what ended, though names and words are the same, in both languages."""

import pytest

from kg.answer.extractive import best
from kg.answer.turning import turns
from kg.embed import local
from kg.retrieve import Passage

BOB = "After leaving Hooli, Bob joined Initech in August 2023 as head of research."
OLGA = "Ольга Белова устроилась в «Гамму» в 2020 году."


@pytest.mark.parametrize(
    ("question", "quote", "answers"),
    [
        ("When did Bob leave Initech?", BOB, False),
        ("When did Bob join Initech?", BOB, True),
        ("When did Bob leave Hooli?", BOB, True),
        ("Who left Initech?", BOB, False),
        ("Who joined Initech?", BOB, True),
        ("When did Ann leave Hooli?", "Ann worked at Hooli from 2018 to 2023.", True),
        ("When did Ann join Hooli?", "Ann worked at Hooli from 2018 to 2023.", True),
        ("Who left Hooli?", "Ann, previously a clerk, worked at Hooli.", True),
        ("When did Ann leave Hooli?", "Ann works at Hooli since 2018.", False),
        ("When did Ann join Hooli?", "Ann works at Hooli since 2018.", True),
        ("When did Ann join Hooli?", "Ann works at Hooli.", False),
        ("Who joined Hooli?", "Ann works at Hooli.", True),
        ("When did Ann retire?", "Ann joined Hooli in 2018.", False),
        (
            "When did Ann leave Hooli?",
            "Ann likes tea.",
            True,
        ),  # nothing of it is said: left to names and words
        ("Когда Ольга Белова уволилась из «Гаммы»?", OLGA, False),
        ("Когда Ольга Белова устроилась в «Гамму»?", OLGA, True),
        ("Когда Ольга Белова уволилась из «Гаммы»?", "Ольга Белова уволилась из «Гаммы» в 2021 году.", True),
        ("Кто ушёл из «Гаммы»?", OLGA, False),
    ],
)
def test_a_beginning_is_no_end(question: str, quote: str, answers: bool) -> None:
    assert turns(question, [quote]) is answers


def test_the_wrong_turn_is_refused_with_what_is_nearest() -> None:
    passage = Passage("d-0", "d", "d.txt", 0, len(BOB), BOB, 1.0)
    picked, supported = best("When did Bob leave Initech?", [passage], [], local.load())
    assert not supported
    assert "joined Initech" in picked[0].text
    assert best("When did Bob join Initech?", [passage], [], local.load())[1]
