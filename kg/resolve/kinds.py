"""Whether two things can be one by what kind of thing each is."""

from collections.abc import Iterable
from functools import lru_cache

from kg.ontology.kinds import class_of_type
from kg.ontology.tables import ancestors


@lru_cache(maxsize=1 << 14)
def branch(type_: str) -> str:
    """The broadest standard class of an extractor's type word, "" if it is unknown.

    >>> branch("ORGANIZATION"), branch("city"), branch("gizmo")
    ('Organization', 'Place', '')
    """
    known = class_of_type(type_[:80]) if type_ else ""
    return ancestors(known)[-1] if known else ""


def branches(types: Iterable[str]) -> frozenset[str]:
    return frozenset(b for t in types if (b := branch(t)))


def clash(a: frozenset[str], b: frozenset[str]) -> bool:
    """No thing is of both kinds: a person and anything else, a place and a program.

    Extractors are right about people and places; between their other types they waver.
    """
    if not a or not b or a & b:
        return False
    if "Person" in a or "Person" in b:
        return True
    return ("Place" in a or "Place" in b) and not (a | b) & {"Organization", "Event", "Concept"}


def person(kinds: frozenset[str]) -> bool:
    return "Person" in kinds


def place(kinds: frozenset[str]) -> bool:
    return "Place" in kinds and "Organization" not in kinds
