"""Whether quotes say that something began, or that it ended, where a question asks for one of these.

"After leaving ACME, Bob joined Globex in 2023" holds every name and word of "When did Bob leave Globex?".
"""

import re
from collections.abc import Iterator

from kg.answer.direction import Text, beside, places, read
from kg.answer.graph.grammar import is_subject
from kg.answer.graph.words import opening
from kg.answer.relations import Spoken, spoken
from kg.answer.terms import Name, terms
from kg.extract.dates import dated
from kg.ontology.tables import Effect

_OVER = re.compile(
    r"\b(?:previously|former(?:ly)?|no longer|ранее|прежде|бывш\w+|больше не)\b", re.IGNORECASE
)
_SAYS: dict[str, tuple[Effect, ...]] = {"range": ("start", "end"), "until": ("end",)}


def turns(question: str, quotes: list[str]) -> bool:
    """False if quotes say what is asked about of the one named, and none that it began (or ended) there.

    >>> turns("When did Bob leave Globex?", ["After leaving ACME, Bob joined Globex in 2023."])
    False
    >>> turns("When did Bob leave ACME?", ["After leaving ACME, Bob joined Globex in 2023."])
    True
    """
    asked = _asked(question)
    if asked is None:
        return True
    name, effect, relations, dates = asked
    said = {e for quote in quotes for e in _effects(quote, name, relations)}
    return not said or effect in said or (effect == "start" and not dates)  # who is there has come


def _asked(question: str) -> tuple[Name, Effect, frozenset[str], bool] | None:
    """The name that it happened to or at, the begin or the end, of which relations, and is it asked when?"""
    form, text = opening(question), read(question)
    where = {n: places(text, n) for n in terms(question).names}
    inside = [at for found in where.values() for at in found]
    said = [s for s in spoken(text.words) if not any(a <= s.first < b for a, b in inside)]
    if form is None or len(said) != 1 or not said[0].meanings[0].effect:
        return None
    first = said[0].meanings[0]
    effect = first.effect
    named = [n for n, found in where.items() if len(found) == 1]
    objects = [n for n in named if _does(text, where[n][0], said[0]) == first.inverse]
    one = objects or named
    relations = frozenset(m.property for m in said[0].meanings if m.effect == effect)
    return (one[0], effect, relations, form[0] == "when") if len(one) == 1 else None


def _does(text: Text, at: tuple[int, int], said: Spoken) -> bool:
    leaning = said.meanings[0].leaning
    return is_subject(text.words, *at, said.first, said.last, leaning, text.russian)


def _effects(quote: str, name: Name, relations: frozenset[str]) -> Iterator[Effect]:
    """What the quote says of the relation beside the name; a date says that it began, a period both."""
    text = read(quote)
    where = places(text, name)
    for s in spoken(text.words):
        meant = [m for m in s.meanings if m.property in relations]
        if not meant or not beside(text, where, s):
            continue
        yield meant[0].effect
        if not meant[0].effect:
            if _OVER.search(quote):
                yield "end"
            for d in dated(quote, "ru" if text.russian else "en"):
                yield from _SAYS.get(d.sort, ("start",))
