"""Whether quotes say a relation the right way round: who reports to Eve is not whom Eve reports to.

Words and names are the same in both. So a question of one relation and one name is read by its grammar, and
quotes that say that relation of that name are read by theirs; where all of these say it the other way round,
nothing is answered. What denies ("who does not work there?") is said by no quote.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg import morphology
from kg.answer.graph.grammar import is_subject, nominative, participle, passive_russian
from kg.answer.graph.words import listed, opening
from kg.answer.relations import Spoken, spoken
from kg.answer.terms import Name, terms
from kg.ontology.tables import Wording, properties
from kg.text.language import language

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_DENIED = re.compile(r"\b(?:not|never|n['’]t|except|кроме|не|никогда)\b|n['’]t\b", re.IGNORECASE)
ENDS = ("who", "list", "when", "where")  # forms whose one name is an end of the relation


@dataclass(frozen=True, slots=True)
class Text:
    words: tuple[str, ...]
    russian: bool


def denies(question: str) -> bool:
    """
    >>> denies("Who does not work at ACME?"), denies("Кто не работает в ACME?"), denies("Who works at Note?")
    (True, True, False)
    """
    return opening(question) is not None and _DENIED.search(question) is not None


def right_way_round(question: str, quotes: Sequence[str], facts: Sequence[str] = ()) -> bool:
    """False if quotes say what is asked about, and each the other way round.

    `facts` are sentences made of labels, in the order of subject, relation, object.
    """
    sought = _sought(question)
    if sought is None:
        return True
    name, roles = sought
    said = [way for quote in quotes for way in _ways(read(quote), name, roles)]
    said += [way for fact in facts for way in _ways(replace(read(fact), russian=False), name, roles)]
    return any(said) or not said


def _sought(question: str) -> tuple[Name, dict[str, bool]] | None:
    """The one name, and whether it is the subject, by relation; None of a question of another make."""
    form = opening(question)
    named = terms(question).names
    if form is None or form[0] not in ENDS or len(named) != 1:
        return None
    text = read(question)
    at = places(text, named[0])
    said = [s for s in spoken(text.words) if not at or not (s.first <= at[0][0] < s.last)]
    if len(at) != 1 or len(said) != 1:
        return None
    return named[0], {
        m.property: is_subject(text.words, *at[0], said[0].first, said[0].last, m.leaning, text.russian)
        != m.inverse
        for m in reversed(said[0].meanings)  # the likeliest of two meanings of one relation is the first
        if not properties()[m.property].symmetric and not properties()[m.property].literal
    }


def _ways(text: Text, name: Name, roles: dict[str, bool]) -> list[bool]:
    """Of each time that the text says the relation of the name: the right way round?"""
    where = places(text, name)
    found = []
    for s in spoken(text.words):
        for m in (m for m in s.meanings if m.property in roles):
            found += [_subject(text, at, s, m) == roles[m.property] for at in nearest(text, where, s)]
    return found


def _subject(text: Text, at: tuple[int, int], said: Spoken, meaning: Wording) -> bool:
    """Is the name the subject of the relation, as the quote puts it?"""
    low = [w.lower() for w in text.words]
    before = at[0] < said.first
    verb = low[said.first]
    if text.russian:
        named = nominative(low[at[0] : at[1]])
        first = before if named is None else named
        turned = passive_russian(verb) and not meaning.leaning
        return (first != turned) != meaning.inverse
    by = said.last < len(low) and low[said.last] == "by"
    passive = participle(verb) and bool(listed("be") & set(low[max(0, said.first - 3) : said.first]))
    turned = by or (passive and not meaning.leaning)
    return (before != turned) != meaning.inverse


def nearest(text: Text, where: Sequence[tuple[int, int]], said: Spoken) -> list[tuple[int, int]]:
    """The name beside the words; else the only one."""
    return beside(text, where, said) or (list(where) if len(where) == 1 else [])


def beside(text: Text, where: Sequence[tuple[int, int]], said: Spoken) -> list[tuple[int, int]]:
    """The name before the words, and the one after them, if no other stands between."""
    before = [p for p in where if p[1] <= said.first]
    after = [p for p in where if p[0] >= said.last]
    near = [before[-1]] if before and not _between(text, before[-1][1], said.first) else []
    return near + ([after[0]] if after and not _between(text, said.last, after[0][0]) else [])


def _between(text: Text, first: int, last: int) -> bool:
    return any(w[0].isupper() for w in text.words[first:last])


def places(text: Text, name: Name) -> list[tuple[int, int]]:
    """Where the name stands, whole or by a part of it ("Carol" for Carol Davis)."""
    found = []
    at = 0
    while at < len(text.words):
        until = at
        while until < len(text.words) and text.words[until][0].isupper():
            until += 1
        run = terms(" ".join(text.words[at:until])).names if until > at else ()
        for one in run:
            size = len(_WORD.findall(one.text))
            if one.keys & name.keys or one.stems <= name.stems or name.stems <= one.stems:
                found.append((until - size, until))
        at = max(until, at + 1)
    return found


def read(text: str) -> Text:
    words = tuple(w.removesuffix("'s").removesuffix("’s") for w in _WORD.findall(text[:2000]))
    return Text(words, language(text) == "ru" or any(map(morphology.is_russian, words[:1])))
