"""Which of many things a text names: by the beginnings of their names, not thing by thing."""

from collections import defaultdict
from collections.abc import Iterable

from rdflib import URIRef

from kg.model import ResolvedEntity

START = 3  # characters; shorter names tell nothing


class Named:
    """`names` are all of them, in lower case."""

    def __init__(self, things: Iterable[ResolvedEntity]) -> None:
        found = [(n.casefold(), e.iri) for e in things for n in (e.label, *e.aliases) if len(n) >= START]
        self.names = frozenset(name for name, _ in found)
        self._by_start: dict[str, list[tuple[str, URIRef]]] = defaultdict(list)
        for name, iri in found:
            self._by_start[name[:START]].append((name, iri))

    def within(self, text: str) -> set[URIRef]:
        """The things that have a name which stands in the text, be it inside of a word."""
        lowered = text.casefold()
        return {
            iri
            for at in range(len(lowered) - START + 1)
            for name, iri in self._by_start.get(lowered[at : at + START], ())
            if lowered.startswith(name, at)
        }
