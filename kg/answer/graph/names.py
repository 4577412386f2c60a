"""Which things of the graph a question's names are."""

from collections.abc import Sequence

from rdflib import URIRef

from kg import names
from kg.answer.graph.reading import Linker
from kg.answer.sound import alike
from kg.approved import ApprovedGraph
from kg.index.words import stems
from kg.retrieve import FoundEntity


def linker(graph: ApprovedGraph, near: Sequence[FoundEntity]) -> Linker:
    """By label, alias and name key; else the nearest found thing whose name holds it or sounds like it."""

    def link(asked: Sequence[str]) -> dict[str, tuple[URIRef, ...]]:
        keys = {name: frozenset(k for k in names.keys(name) if k[0] not in "@~>") for name in asked}
        known = graph.entities_by_key(k for ks in keys.values() for k in ks)
        found: dict[str, tuple[URIRef, ...]] = {}
        for name in asked:
            things = {e.iri: e for k in keys[name] for e in known.get(k, ())}
            exact = [i for i, e in things.items() if _called(name, (e.label, *e.aliases))]
            if things:
                found[name] = tuple(sorted(exact or things))
            else:
                held = [e.iri for e in near if _names(name, e.label)]
                if held:
                    found[name] = (held[0],)
        return found

    return link


def _called(asked: str, written: Sequence[str]) -> bool:
    return asked.casefold() in {w.casefold() for w in written}


def _names(asked: str, label: str) -> bool:
    wanted = stems(asked)
    if not any(c.isalpha() for c in asked):
        return False
    if set(wanted) <= set(stems(label)):
        return True
    return asked.isascii() != label.isascii() and alike(asked, label)
