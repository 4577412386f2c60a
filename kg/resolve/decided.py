"""What people decided in earlier cycles: these are one, those are not. It binds."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kg import names


@dataclass(frozen=True)
class Decided:
    """Pairs, each end an entity's IRI or a label (any of its keys will do)."""

    same: frozenset[tuple[str, str]] = field(default_factory=frozenset)
    apart: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    @cached_property
    def _same(self) -> Mapping[str, frozenset[str]]:
        return _both_ways(self.same)

    @cached_property
    def _apart(self) -> Mapping[str, frozenset[str]]:
        return _both_ways(self.apart)

    def are_same(self, a: frozenset[str], b: frozenset[str]) -> bool:
        return _meet(self._same, a, b)

    def are_apart(self, a: frozenset[str], b: frozenset[str]) -> bool:
        return _meet(self._apart, a, b)

    def partners(self, handles: frozenset[str]) -> frozenset[str]:
        """The handles of what people said is the same as the thing with these handles."""
        return frozenset().union(*(self._same.get(h, frozenset()) for h in handles))


def handles(label: str, iri: str = "") -> frozenset[str]:
    """What a person's decision may call a thing."""
    n = names.name(label)
    found = {" ".join(label.casefold().split()), n.canonical}
    return frozenset(h for h in (*found, iri) if h)


def _end(text: str) -> frozenset[str]:
    return frozenset((text,)) if "://" in text else handles(text) | {text}


def _both_ways(pairs: frozenset[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in pairs:
        if _end(one) & _end(other):
            continue  # two of one name: only their IRIs tell which two are meant
        for a, b in ((one, other), (other, one)):
            for handle in _end(a):
                found[handle] |= _end(b)
    return {handle: frozenset(partners) for handle, partners in found.items()}


def _meet(pairs: Mapping[str, frozenset[str]], a: frozenset[str], b: frozenset[str]) -> bool:
    return any(pairs[h] & b for h in a if h in pairs)
