"""Numbers that a question sets as a bound: "more than 300", "не менее 1,5 млн"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Literal as OneOf

from kg.answer.graph.words import listed, phrases

_BOUNDS: tuple[tuple[str, OneOf[">", "<", ">=", "<=", "="]], ...] = (
    ("at_least", ">="),  # before those whose words they end with
    ("at_most", "<="),
    ("above", ">"),
    ("below", "<"),
    ("exactly", "="),
)
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}
_GROUPS = re.compile(r"\d{1,3}(?:,\d{3})+")


@dataclass(frozen=True, slots=True)
class Amount:
    """`first` to `last` (exclusive) are its words, the comparing ones included."""

    test: OneOf[">", "<", ">=", "<=", "="]
    number: Decimal
    first: int
    last: int


def amount(words: Sequence[str], used: Sequence[bool]) -> Amount | None:
    """The first bound among the words that are not used yet.

    >>> amount("Which firms have at least 1,500 people".split(), [False] * 7)
    Amount(test='>=', number=Decimal('1500'), first=3, last=6)
    >>> amount("Сколько городов больше 1,5 млн жителей".split(), [False] * 6).number
    Decimal('1500000.0')
    """
    low = [w.lower() for w in words]
    for at in range(len(low)):
        for test, phrase in _phrases():
            start = at + len(phrase)
            if tuple(low[at:start]) == phrase and not any(used[at : start + 1]):
                found = _number(low, start)
                if found is not None:
                    return Amount(test, found[0], at, found[1])
    return None


def _number(low: Sequence[str], at: int) -> tuple[Decimal, int] | None:
    """The number that begins at this word, and the word after it; "1 500" and "2 million" are one number."""
    if at >= len(low) or not low[at][0].isdigit():
        return None
    digits, last = low[at], at + 1
    while last < len(low) and len(digits) <= 12 and re.fullmatch(r"\d{3}", low[last]) and digits.isdigit():
        digits, last = digits + low[last], last + 1
    plain = digits.replace(",", "") if _GROUPS.fullmatch(digits) else digits.replace(",", ".")
    if not re.fullmatch(r"\d{1,15}(?:\.\d{1,6})?", plain):
        return None
    number = Decimal(plain)
    for name, times in _SCALES.items():
        if last < len(low) and low[last] in listed(name):
            return number * times, last + 1
    return number, last


@cache
def _phrases() -> tuple[tuple[OneOf[">", "<", ">=", "<=", "="], tuple[str, ...]], ...]:
    return tuple((test, tuple(p.split())) for name, test in _BOUNDS for p in phrases(name))
