"""Text units: nothing is lost, structure is kept, nothing grows with the length of a line."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import Document, Mark
from kg.text.read import read
from kg.text.sentences import sentences
from kg.text.units import split

MANUAL = b"""# Pump

The pump moves water. It was built in 1998.

## Parts

- a motor of 5.5 kW
- a seal

| part | weight |
|------|--------|
| motor | 40 kg |

```
# not a heading
```

Care
----
Oil it every year.
"""


def units(text: str, tokens: int = 300, marks: tuple[Mark, ...] = ()) -> list[str]:
    return [u.text for u in split(Document("d1", "d.txt", text, marks=marks), tokens)]


def test_headings_of_both_kinds_outside_of_code() -> None:
    document = read(MANUAL, "pump.txt", "d1")
    assert [(m.heading, m.level) for m in document.marks] == [("Pump", 1), ("Parts", 2), ("Care", 2)]


def test_units_know_their_heading_path() -> None:
    made = split(read(MANUAL, "pump.txt", "d1"), tokens=20)
    motor = next(u for u in made if "a motor" in u.text)
    assert motor.heading == ("Pump", "Parts")
    assert next(u for u in made if "Oil it" in u.text).heading == ("Pump", "Care")


def test_units_know_their_page() -> None:
    text = "First page. " * 10 + "Second page. " * 10
    marks = (Mark(0, page=1), Mark(120, page=2))
    made = split(Document("d1", "d.pdf", text, marks=marks), 1000)
    assert [(u.page, u.start) for u in made] == [(1, 0), (2, 120)]


def test_ids_are_the_same_again_and_differ_between_documents() -> None:
    a = [u.id for u in split(Document("d1", "a", "One. " * 500), 100)]
    assert a == [u.id for u in split(Document("d1", "a", "One. " * 500), 100)]
    assert not set(a) & {u.id for u in split(Document("d2", "a", "One. " * 500), 100)}
    assert len(set(a)) == len(a) > 1


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab. \n#-|!?Я\u2028\U0001f600"), max_size=600), st.integers(1, 40))
def test_nothing_is_lost(text: str, tokens: int) -> None:
    made = split(Document("d1", "d.txt", text), tokens)
    assert "".join(u.text for u in made) == (text if text.strip() else "")
    for before, after in pairwise(made):
        assert before.end == after.start
    assert all(text[u.start : u.end] == u.text for u in made)


@pytest.mark.parametrize("line", ["word " * 400_000, "a" * 2_000_000, "Слово. " * 300_000, "a\n" * 500_000])
def test_two_megabytes_in_one_line_take_seconds(line: str) -> None:
    began = time.monotonic()
    made = split(Document("d1", "d.txt", line))
    assert "".join(u.text for u in made) == line
    assert max(u.tokens for u in made) <= 310
    assert time.monotonic() - began < 60  # a quadratic cost would take hours


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He met J. R. Smith in the U.S. last year. They talked.", 2),
        ("It costs 3.50 euros. Fine!", 2),
        ("See Fig. 3 and No. 7 for details. Then stop.", 2),
        ("ACME Corp. The company grew.", 2),
        ("Is it? Yes.", 2),
        ("one line\nof a paragraph goes on. Next", 2),
        ("- item one\n- item two\n- item three", 3),
    ],
)
def test_english_sentences(text: str, expected: int) -> None:
    assert len(sentences(text, "en")) == expected, [text[a:b] for a, b in sentences(text, "en")]


def test_russian_sentences() -> None:
    text = "Договор подписан в г. Москве в 2023 г. А. С. Иванов уехал. Он вернулся."
    assert [text[a:b] for a, b in sentences(text, "ru")][-1] == "Он вернулся."


def test_lists_and_tables_stay_whole() -> None:
    filler = "Lamps are made of glass and of steel. " * 6
    table = "| name | made. By |\n|---|---|\n" + "".join(f"| lamp {n} | Orb. Systems |\n" for n in range(6))
    listed = "".join(f"- item {n} of the list\n" for n in range(6))
    text = f"{filler}\n\n{listed}\n{filler}\n\n{table}\n{filler}"
    units = split(Document("d", "a.md", text), tokens=120)
    assert "".join(u.text for u in units) == text
    assert sum(listed in u.text for u in units) == 1
    assert sum(table in u.text for u in units) == 1
    assert len(units) > 3


def test_words_without_a_full_stop_fill_their_units() -> None:
    text = "слово без точки и ещё много слов " * 400
    units = split(Document("d", "a.txt", text), tokens=200)
    assert sum(u.tokens for u in units) > 0.8 * 200 * len(units)
    assert max(u.tokens for u in units) <= 210


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The U.S. Army moved on.", ["The U.S. Army moved on."]),
        ("He left the U.S. He came back.", ["He left the U.S.", "He came back."]),
        ("| Dr. No. | First. It won. |\nMore of it.", ["| Dr. No. | First. It won. |", "More of it."]),
    ],
)
def test_where_sentences_end(text: str, expected: list[str]) -> None:
    assert [text[a:b] for a, b in sentences(text)] == expected
