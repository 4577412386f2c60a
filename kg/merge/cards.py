"""The parts of conflict cards: the card itself, approved facts in words, and facts as past."""

from collections.abc import Iterable
from dataclasses import replace

from kg.merge.facts import misfits, names, needed
from kg.merge.frame import Frame, change
from kg.model import Change, Fact, Kind, Period
from kg.periods import FORMER, closed, united
from kg.periods import words as period_words


def card(
    frame: Frame, before: Iterable[Fact], after: Iterable[Fact], speaking: Fact, reasons: Iterable[str]
) -> Change:
    """`speaking` is the fact that the card is about: the proposed one, or the approved one that ends."""
    old = tuple(sorted(before, key=lambda f: str(f.triple)))
    new = tuple(
        sorted((replace(f, cycle=f.cycle or frame.cycle) for f in after), key=lambda f: str(f.triple))
    )
    why = list(reasons)
    for fact in new:
        if fact.triple not in {f.triple for f in old}:
            why += misfits(frame, fact)
    return change(
        frame,
        Kind.conflict,
        names(frame, speaking),
        (*(t for f in old for t in f.triple), "/", *(t for f in new for t in f.triple)),
        before=old,
        after=new,
        needs=[i for f in new for i in needed(frame, f)],
        turbulent=why,
        confidence=speaking.confidence,
    )


def told_as(frame: Frame, fact: Fact) -> str:
    """An approved fact in words, for the reasons of a card."""
    when = ", ".join(w for p in fact.periods if (w := period_words(p)))
    return " ".join(names(frame, fact)) + (f" ({when})" if when else "")


def ended(old: Fact, until: str, *, role: bool, told: Iterable[Period] = ()) -> Fact | None:
    """The old fact as past: with its end if that is known; a role as former; None if nothing is known.

    `told` are periods in which the documents say that it held.
    """
    if until:
        kept = tuple(q for q in old.qualifiers if q[0] != "status")
        periods = united((*closed(old.periods, until), *told))
        return replace(old, periods=periods, qualifiers=kept)
    marks = {q for q in old.qualifiers if q[0] != "status"} | {FORMER}
    return replace(old, qualifiers=tuple(sorted(marks))) if role else None
