"""Whether what is quoted answers the question, by names and words: never by how similar vectors are."""

import re
from collections.abc import Sequence
from functools import cache

from kg.answer.relations import relations
from kg.answer.terms import Name, Terms, terms
from kg.ontology.tables import class_words
from kg.text.language import language

NAMES = 0.6  # of the question's names: one of one, two of two, two of three
WORDS = 0.5  # of the words of a question without names, in one quote and what is around it
# the kind of what is asked for ("which city") stands in the question, not in the answer
_KIND = re.compile(
    r"\b(?:what|which|какой|какая|какое|какие|каком|какую|какого|каких|каким)\s+"
    r"(?:(?:kind|type|sort)\s+of\s+|is\s+the\s+(?:name\s+of\s+the\s+)?)?([^\W\d_]+)",
    re.IGNORECASE,
)
_EMPTY_KIND = terms("name called kind type located situated называется имя название находится").words


def answers(question: str, wanted: Terms, quotes: Sequence[str], around: Sequence[str]) -> bool:
    """`around[i]` is quote i with what it stands in. The names of the question stand each in one of these,
    whole; and the quotes speak of what is asked about the names.

    Where question and quotes are in different languages, the words are compared as relations.
    """
    quoted = " ".join(quotes)
    told = [terms(a) for a in around]
    asked = relations(question)
    if (language(question) == "ru") != (language(quoted) == "ru"):
        if not wanted.names or not all(known(n, told) for n in wanted.names):
            return False
        return bool(asked & relations(quoted)) if asked else not wanted.rest
    rest = wanted.rest - kinds(question)
    if wanted.names:
        rest = rest - _class_stems() or rest  # "the project X": a kind says nothing about X
        share = sum(known(n, told) for n in wanted.names) / len(wanted.names)
        spoken = not rest or bool(rest & terms(quoted).words) or bool(asked & relations(quoted))
        return share >= NAMES and spoken
    return bool(rest) and max((len(rest & t.words) / len(rest) for t in told), default=0) >= WORDS


@cache
def _class_stems() -> frozenset[str]:
    """Of the words for kinds of things."""
    return frozenset(s for word in class_words() for s in terms(word.replace("-", " ").lower()).words)


def known(name: Name, texts: Sequence[Terms]) -> bool:
    """Is it in one of the texts, whole? Its words strewn over several are not it."""
    return any(t.holds(name) for t in texts)


def open_words(question: str, wanted: Terms) -> frozenset[str]:
    """What the quotes are to speak of."""
    return wanted.words - kinds(question)


def kinds(question: str) -> frozenset[str]:
    """
    >>> "citi" in kinds("Which city is it?"), "found" in kinds("Who founded it?")
    (True, False)
    """
    said = (m[1] for m in _KIND.finditer(question))
    return _EMPTY_KIND.union(*(terms(word.lower()).words for word in said))
