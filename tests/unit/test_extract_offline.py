"""The offline extractor as a whole: offsets, languages, determinism, and text meant to break it."""

import time

import pytest

from kg.extract import Context
from kg.extract.offline import CONFIDENCE, Offline
from kg.extract.plain import LONGEST_BLOCK, blocks, plain
from kg.model import Extraction, TextUnit

MIXED = """# Notes

Dana Reed works at **Harbor Labs** (see [site](http://x.example/a)).

- Harbor Labs was founded in 2010.
- Иван Петров работает в Сбербанке с 2018 года.

| name | place |
|------|-------|
| Reed | Oslo  |
"""


def read(text: str, language: str = "en", start: int = 0) -> Extraction:
    unit = TextUnit("u", "d", "d.txt", 0, start, start + len(text), text, 10, language=language)
    return Offline().extract(unit, Context())


def test_every_quote_and_mention_is_the_documents_own_text() -> None:
    found = read(MIXED, start=1000)
    quotes = [e for x in (*found.entities, *found.relations) for e in x.evidence]
    assert quotes
    for e in quotes:
        assert MIXED[e.start - 1000 : e.end - 1000] == e.quote
    assert "Harbor Labs" in {MIXED[m.start - 1000 : m.end - 1000] for m in found.mentions}


def test_ends_of_relations_are_entities_with_evidence() -> None:
    found = read(MIXED)
    names = {e.name for e in found.entities if e.evidence}
    assert found.relations
    for r in found.relations:
        assert r.subject in names
        assert r.object in names or r.value is not None


def test_a_document_may_mix_languages() -> None:
    facts = {(r.subject, r.predicate, r.object) for r in read(MIXED).relations}
    assert ("Dana Reed", "works at", "Harbor Labs") in facts
    assert ("Иван Петров", "работает в", "Сбербанк") in facts


def test_the_same_text_gives_the_same_extraction() -> None:
    assert read(MIXED) == read(MIXED)


@pytest.mark.parametrize(
    ("text", "language", "name"),
    [
        ("Gestern traf Angela Weber in Hamburg den Chef der Elbwerft.", "de", "Angela Weber"),
        ("Вчора Оксана Коваленко приїхала до міста Львів.", "uk", "Оксана Коваленко"),
    ],
)
def test_other_languages_give_names_and_no_facts(text: str, language: str, name: str) -> None:
    found = read(text, language)
    assert found.relations == ()
    assert name in {m.name for m in found.mentions}


HOSTILE = {
    "empty": "",
    "spaces": " \n\t \n",
    "one word a line": "word\n" * 3000,
    "no spaces": "a" * 100_000,
    "no spaces, Cyrillic": "я" * 100_000,
    "control characters": "Dana\x01 Reed\x02 works\x7f at\x1b[31m Harbor\u0085 Labs.\u2028Next.",
    "right to left": "\u202eמשרד החוץ \u202c שלום " * 50,
    "emoji": "👩‍🔬🚀 " * 2000,
    "brackets": "(" * 5000 + "x" + ")" * 5000,
    "code": "```\n" + "def f(x):\n  return {x: [1, 2]}\n" * 200,
    "table": "| A | B |\n" * 500,
    "numbers": "2010 2011 1.5 -3 " * 1000,
    "surrogate-like": "\ufffd\ufeff\u200b" * 1000,
    "ligature": "\ufdfa" * 1000,
    "capitals": "NATO UN EU IMF " * 500,
}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_read_in_bounded_time(kind: str, language: str) -> None:
    read("Warm up. Прогрев.", language)
    started = time.perf_counter()
    found = read(HOSTILE[kind], language)
    assert time.perf_counter() - started < 30
    assert found.problem == ""


def test_long_blocks_are_cut_and_nothing_is_lost() -> None:
    text = "Harbor Labs is big. " * 2000
    cut = list(blocks(text))
    assert max(b.end - b.start for b in cut) <= LONGEST_BLOCK
    assert "".join(text[b.start : b.end] for b in cut) == text


def test_plain_text_keeps_every_place() -> None:
    assert len(plain(MIXED)) == len(MIXED)
    assert plain("a\x00b\x1bc") == "a b c"
    assert plain(MIXED).index("Harbor Labs") == MIXED.index("Harbor Labs")


def test_a_wrapped_paragraph_stays_together_and_a_heading_stands_alone() -> None:
    text = "Title\n\nThis sentence goes on and on to the end\nof the next line and stops.\n\n- one\n- two\n"
    assert [text[b.start : b.end].split(maxsplit=1)[0] for b in blocks(text)] == ["Title", "This", "-", "-"]
    assert next(b.heading for b in blocks(text))


def test_every_rule_has_its_confidence() -> None:
    found = read(MIXED)
    assert all(0 < r.confidence <= 1 for r in found.relations)
    assert all(0.5 <= c < 1 for c in CONFIDENCE.values())
