"""When facts hold: uniting and comparing periods with open ends."""

import re
from collections.abc import Iterable

from kg.model import Period

EVER = Period()
FORMER = ("status", "former")  # over, nobody says when
CURRENT = ("status", "current")  # held again, nobody says since when


def united(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The periods, sorted, without those that another one says more precisely; open halves joined.

    >>> united([Period("2018", ""), Period("", "2023"), Period()])
    (Period(start='2018', end='2023'),)
    """
    found = {p for p in periods if p != EVER}
    whole = sorted(p for p in found if p.start and p.end)
    # what a whole period says already is not joined to anything else: said again, it changes nothing
    ends = _left(whole, sorted((p.end for p in found if not p.start), key=_finest), at_end=True)
    for start in _left(whole, sorted((p.start for p in found if not p.end), key=_finest), at_end=False):
        end = next((e for e in ends if e[: len(start)] >= start[: len(e)]), "")
        whole.append(Period(start, end))
        if end:
            ends.remove(end)
    whole += [Period("", e) for e in ends]
    return tuple(sorted(p for p in set(whole) if not any(_finer(q, p) for q in whole)))


def _left(whole: list[Period], times: Iterable[str], *, at_end: bool) -> list[str]:
    """The starts or ends that none of the whole periods has; one that is finer than theirs is put in."""
    left: list[str] = []
    for time in times:
        same = [n for n, p in enumerate(whole) if _alike(p.end if at_end else p.start, time)]
        for n in same:
            start, end = whole[n].start, whole[n].end
            better = Period(start, max(end, time)) if at_end else Period(max(start, time), end)
            if not _before(better.end, better.start):
                whole[n] = better
        if not same and not any(_alike(other, time) for other in left):
            left.append(time)
    return left


def _finest(time: str) -> tuple[int, str]:
    return -len(time), time


def _alike(a: str, b: str) -> bool:
    """One says the other more precisely."""
    return a.startswith(b) or b.startswith(a)


def _finer(a: Period, b: Period) -> bool:
    """`a` says the same as `b` and more."""
    return a != b and a.start.startswith(b.start) and a.end.startswith(b.end)


def is_open(periods: Iterable[Period], qualifiers: Iterable[tuple[str, str]] = ()) -> bool:
    """Whether it still holds, as far as is known: no period, or one without an end."""
    marks = set(qualifiers)
    if CURRENT in marks or FORMER in marks:
        return CURRENT in marks
    found = tuple(periods)
    return not found or any(not p.end for p in found)


def days(period: Period) -> tuple[int, int]:
    """Its first and last day as numbers that can be compared; a year or month is all of its days.

    >>> days(Period("2018", "2023-05"))
    (20180000, 20230599)
    """
    first = _day(period.start, "0") if period.start else -(10**9)
    return first, _day(period.end, "9") if period.end else 10**9


def _day(text: str, filling: str) -> int:
    sign = -1 if text.startswith("-") else 1  # a year before our era
    digits = re.sub(r"\D", "", text.split("T", maxsplit=1)[0])
    return sign * int((digits[:8]).ljust(8, filling) or 0)


def overlap(a: Iterable[Period], b: Iterable[Period]) -> bool:
    """Whether some moment may lie in both; unknown ends count as open."""
    left, right = tuple(a) or (EVER,), tuple(b) or (EVER,)
    return any(_before(p.start, q.end) and _before(q.start, p.end) for p in left for q in right)


def _before(start: str, end: str) -> bool:
    """Strictly: a role that ends in the month in which the next begins does not overlap it."""
    if not start or not end:
        return True
    size = min(len(start), len(end))
    return start[:size] < end[:size]


def closed(periods: Iterable[Period], end: str) -> tuple[Period, ...]:
    """The same with open ends closed at `end`."""
    found = tuple(periods) or (EVER,)
    return united(Period(p.start, p.end or end) for p in found)


def words(period: Period) -> str:
    """
    >>> words(Period("2018", "2023")), words(Period("2025-05", ""))
    ('from 2018 to 2023', 'since 2025-05')
    """
    if period.start and period.end:
        return f"from {period.start} to {period.end}"
    if period.start:
        return f"since {period.start}"
    return f"until {period.end}" if period.end else ""
