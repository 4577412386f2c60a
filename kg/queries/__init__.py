"""SPARQL in files of its own; values are bound as RDF terms, never formatted into query text."""

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from rdflib import Literal, URIRef

from kg.errors import BadInput
from kg.model import Term
from kg.store.terms import nt

# a list stands after IN with commas, after VALUES without
_PLACE = re.compile(r"(IN \()?\$([a-z_]+)")

Bound = Term | int | Iterable[Term] | Iterable[tuple[Term, ...]]


@cache
def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def bind(name: str, **values: Bound) -> str:
    """The query in the file `name`, each `$place` replaced by a term, a number, or terms in a row.

    BadInput for an invalid IRI and for a place without a value or a value without a place.
    """
    text = _text(name)
    places = {place for _, place in _PLACE.findall(text)}
    if places != set(values):
        raise BadInput(f"{name} takes {sorted(places)}, not {sorted(values)}")
    return _PLACE.sub(
        lambda found: (found[1] or "") + (", " if found[1] else " ").join(_written(values[found[2]])), text
    )


def _written(value: Bound) -> list[str]:
    if isinstance(value, Literal | URIRef):
        return [nt(value)]
    if isinstance(value, int):
        return [str(value)]
    if isinstance(value, str):
        raise BadInput(f"a term is bound, not text: {value!r}")
    return [f"({' '.join(map(nt, t))})" if isinstance(t, tuple) else nt(t) for t in value]
