"""Russian words in their dictionary form; a person's name keeps its gender."""

from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import islice, product
from typing import Any

import pymorphy3

_PERSON = ("Name", "Surn", "Patr")
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_LONGEST = 60  # characters of a word that is still one
_RARE = 0.1  # a nominative reading this much rarer than the best one is not believed


@cache
def _analyzer() -> Any:
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=1 << 17)
def _readings(word: str) -> tuple[Any, ...]:
    return tuple(_analyzer().parse(word)) if len(word) <= _LONGEST else ()


@lru_cache(maxsize=1 << 17)
def lemma(word: str) -> str:
    """
    >>> lemma("сущностей"), lemma("Москве")
    ('сущность', 'москва')
    """
    found = _readings(word.lower())
    return (found[0].normal_form if found else word.lower()).replace("ё", "е")


def is_person_noun(word: str) -> bool:
    """A Russian noun for a living being that is no name: "хирург".

    >>> is_person_noun("хирург"), is_person_noun("город"), is_person_noun("Иван")
    (True, False, False)
    """
    found = _readings(word.lower()) if is_russian(word) else ()
    first = found[0].tag if found else ""
    return "NOUN" in first and "anim" in first and not any(g in first for g in _PERSON)


@lru_cache(maxsize=1 << 16)
def cases(word: str) -> frozenset[str]:
    """The cases that a noun or a name may stand in; none of another word.

    >>> sorted(cases("компанией")), sorted(cases("бежит"))
    (['ablt'], [])
    """
    found = _readings(word.lower())
    return frozenset(r.tag.case for r in found if "NOUN" in r.tag and r.tag.case and r.score >= _RARE / 2)


def is_past_verb(word: str) -> bool:
    """
    >>> is_past_verb("работала"), is_past_verb("школа"), is_past_verb("работает")
    (True, False, False)
    """
    found = _readings(word.lower())
    return bool(found) and "past" in found[0].tag


def is_russian(word: str) -> bool:
    return bool(word) and all("а" <= c <= "я" or c in "ё-" for c in word.lower())


@lru_cache(maxsize=1 << 16)
def person(words: tuple[str, ...]) -> tuple[tuple[str, ...], str] | None:
    """The nominative of a Russian person's name and "masc" or "femn"; None if it is no such name.

    Its words agree in case and gender, which tells "Ивана Петрова" from "Мария Иванова".

    >>> person(("Ивана", "Петрова"))
    (('иван', 'петров'), 'masc')
    >>> person(("Марии", "Ивановой"))
    (('мария', 'иванова'), 'femn')
    """
    if not 1 <= len(words) <= 3 or not all(w[:1].isupper() and is_russian(w) for w in words):
        return None
    readings = [_personal(w) for w in words]
    if not all(readings):
        return None
    best: tuple[float, Sequence[Any], str] | None = None
    for gender, case in product(("masc", "femn"), _CASES):
        chosen = [next(_of(r, gender, case), None) for r in readings]
        if any(c is None for c in chosen):
            continue
        score = 1.0
        for c in chosen:
            assert c is not None
            score *= c.score
        if case == "nomn":
            score /= _RARE  # names come in their base form, if that is a likely reading at all
        if best is None or score > best[0]:
            best = (score, [c for c in chosen if c is not None], gender)
    if best is None:
        return None
    _, chosen_readings, gender = best
    return tuple(_nominative(r).replace("ё", "е") for r in chosen_readings), gender


def _personal(word: str) -> tuple[Any, ...]:
    """Its readings as part of a name, if one of them is likely."""
    found = _readings(word.lower())
    personal = tuple(r for r in found if any(g in r.tag for g in _PERSON))
    total = sum(r.score for r in found)
    return personal if sum(r.score for r in personal) >= 0.2 * total else ()


def _of(readings: Sequence[Any], gender: str, case: str) -> Iterator[Any]:
    return islice(
        (
            r
            for r in readings
            if r.tag.case == case and r.tag.number == "sing" and (r.tag.gender in (gender, None))
        ),
        1,
    )


def _nominative(reading: Any) -> str:
    turned = reading.inflect({"nomn", "sing"})
    return str(turned.word if turned is not None else reading.normal_form)
