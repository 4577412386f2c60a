"""Whether two things of one name are one: what speaks for it and against it, with a code for each reason."""

from dataclasses import dataclass

from kg.periods import overlap
from kg.resolve import kinds
from kg.resolve.background import Background

ENOUGH = 2.0  # shared company counts up to this


@dataclass(frozen=True, slots=True)
class Verdict:
    """`total` from 0 up: one thing; below: two. `against` says why they might be two."""

    total: float
    against: tuple[str, ...] = ()
    certain: bool = False  # two, and nobody needs to be asked


def weigh(
    a: Background,
    b: Background,
    kinds_a: frozenset[str],
    kinds_b: frozenset[str],
    *,
    common: bool = True,
    long: bool = False,
) -> Verdict:
    """`common`: a name that several things may have, as a person's; `long`: of three words or more."""
    if kinds.clash(kinds_a, kinds_b):
        reason = f"type: {'/'.join(sorted(kinds_a))} - {'/'.join(sorted(kinds_b))}"
        shared = 0.0 if _one_document(a, b) else _shared(a, b)
        # extractors err: what keeps the same company may be one, and a long name is hardly that of two
        if long and shared >= 0.9:
            return Verdict(0.0)
        return Verdict(min(-0.2, shared - 2.0), (reason,), certain=shared < 0.9 and not long)
    if a.places & b.places:
        return Verdict(5.0)
    against: list[str] = []
    person = "Person" in kinds_a | kinds_b
    total = 3.0 if _one_document(a, b) else _shared(a, b)
    certain = False
    if a.births and b.births:
        if a.births & b.births:
            total += 2.0
        else:
            total -= 4.0
            certain = True
            against.append(f"birth-year: {min(a.births)} - {min(b.births)}")
    if a.fuller and b.fuller and not a.fuller & b.fuller:
        total -= 3.0
        against.append("fuller-name")
    work, why = _work(a, b)
    total += work
    against += why
    if a.roles and b.roles:
        if a.roles & b.roles:
            total += 0.7
        elif common and not a.role_words & b.role_words and (person or _other_kind(a, b)):
            total -= 0.7
            against.append(f"role: {min(a.roles)} - {min(b.roles)}")
    if (
        kinds_a
        and kinds_b
        and not kinds_a & kinds_b
        and not (kinds_a | kinds_b) & {"Organization", "Event", "Concept"}
    ):
        total -= 0.3
        against.append(f"type: {'/'.join(sorted(kinds_a))} - {'/'.join(sorted(kinds_b))}")
    return Verdict(total, tuple(against) if total < 0 else (), certain and total < 0)


def _other_kind(a: Background, b: Background) -> bool:
    """A planet and a god; a country and a state: of places even the classes within one branch differ."""
    if not a.role_kinds & b.role_kinds:
        return True
    apart = not a.role_classes & b.role_classes and "Place" not in a.role_classes | b.role_classes
    return apart and a.role_kinds == b.role_kinds == {"Place"}


def _one_document(a: Background, b: Background) -> bool:
    return bool(a.documents & b.documents)


def _shared(a: Background, b: Background) -> float:
    """Company in common: names beside both, or beside one and in what is known of the other."""
    small, large = (a, b) if len(a.neighbours) <= len(b.neighbours) else (b, a)
    total = sum(min(w, large.neighbours[k]) for k, w in small.neighbours.items() if k in large.neighbours)
    for one, other in ((a, b), (b, a)):
        if other.text:
            total += sum(
                0.7 * w
                for k, w in one.neighbours.items()
                if k not in other.neighbours and one.called[k] in other.text
            )
    return min(ENOUGH, total)


def _work(a: Background, b: Background) -> tuple[float, list[str]]:
    """One employer is a sign of one person, two at the same time of two."""
    if not a.employers or not b.employers:
        return 0.0, []
    if a.employers.keys() & b.employers.keys():
        return 1.0, []
    now_a = {k: p for k, (p, over) in a.employers.items() if not over}
    now_b = {k: p for k, (p, over) in b.employers.items() if not over}
    if any(overlap((p,), (q,)) for p in now_a.values() for q in now_b.values()):
        return -1.0, [f"employer: {min(now_a)} - {min(now_b)}"]
    return 0.0, []
