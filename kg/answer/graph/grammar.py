"""Which end of a relation a named thing is, by how the question is put.

In English by word order, auxiliary verbs and the passive; in Russian by the question word, prepositions,
cases and short participles. "Who reports to Eve?" and "Who does Eve report to?" differ in nothing else.
"""

import re
from collections.abc import Sequence

from kg import morphology
from kg.answer.graph.words import listed
from kg.ontology.phrase import PREPOSITIONS
from kg.ontology.words import irregular

_SHORT_PARTICIPLE = re.compile(r"(?:[аяе]н|ён|ят|ыт|ут)[аоы]?$")


def is_subject(
    words: Sequence[str], at: int, until: int, first: int, last: int, leaning: bool, russian: bool
) -> bool:
    """Is the thing named by words[at:until] the subject of the wording words[first:last]?

    `leaning`: the wording goes with a preposition ("founded in"): in the passive its subject is who it was
    done to, "X was founded in Y"; else that is its object.
    """
    low = [w.lower() for w in words]
    if russian:
        return _is_subject_russian(low, at, until, first, leaning)
    before = low[at - 1] if at else ""
    if (last < len(low) and low[last] == "by") or (at > last and before == "by"):
        return at > first
    passive = participle(low[first]) and bool(listed("be") & set(low[:first]))
    if at < first and passive and not listed("auxiliary") & {before}:
        return leaning
    return before in listed("auxiliary") or at < first


def participle(word: str) -> bool:
    return word.endswith(("ed", "en", "wn")) or word in irregular()


def passive_russian(word: str) -> bool:
    """A short participle: "основана", "разработан"."""
    return len(word) > 5 and bool(_SHORT_PARTICIPLE.search(word))


def _is_subject_russian(low: Sequence[str], at: int, until: int, first: int, leaning: bool) -> bool:
    before = low[at - 1] if at else ""
    if before == "у":
        return True
    named = nominative(low[at:until])
    if passive_russian(low[first]):  # "основана компания X" and "основана компанией X"
        return leaning if named is not False else True
    if before in PREPOSITIONS:
        return False
    asked = next((w for w in low if w in listed("asks_ru")), "")
    if asked in listed("subject_ru"):
        return False
    if asked in listed("object_ru"):
        return True
    return named is not False


def nominative(words: Sequence[str]) -> bool | None:
    """Whether a name stands in the nominative, by its first word; None if that can be something else too."""
    person = morphology.person(tuple(w.capitalize() for w in words))
    if person is not None:
        return person[0] == tuple(w.replace("ё", "е") for w in words)
    seen = [morphology.cases(w) for w in words if morphology.is_russian(w)]
    first = next((cases for cases in seen if cases), frozenset(("nomn", "other")))
    return False if "nomn" not in first else True if first == {"nomn"} else None
