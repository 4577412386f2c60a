"""A whole named graph out of a store and into another, in pieces: both stores' N-Triples in one form.

The two differ in what they escape and in how they write numbers. Only literals that have such are parsed,
and most of those are remembered, so that a graph of millions of lines passes quickly.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import cast

import pyoxigraph
from rdflib import Literal, URIRef

from kg.fingerprint import Fingerprint
from kg.store import GraphStore
from kg.store.terms import nt, read
from kg.vocab import Dataset

_ESCAPED = re.compile(rb"[\\\x00-\x09\x0b-\x1f\x7f]")
_END = b" .\n"


def triples(store: GraphStore, dataset: Dataset, graph: URIRef) -> Iterator[list[bytes]]:
    """The graph's canonical N-Triples lines, some at a time; none if it does not exist."""
    return in_lines(store.get(dataset, graph))


def in_lines(pieces: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Canonical lines of N-Triples that come in pieces of any length."""
    rest = b""
    for piece in pieces:
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield canonical(whole + newline)
    if rest.strip():
        yield canonical(rest + b"\n")


def canonical(text: bytes) -> list[bytes]:
    """Whole lines of N-Triples, each in canonical form.

    >>> canonical(rb'<a:s> <a:p> "caf\\u00E9" .' + b"\\n")[0].decode()
    '<a:s> <a:p> "café" .\\n'
    """
    lines = text.splitlines(keepends=True)
    if _ESCAPED.search(text):
        return [_line(line) if b'"^^<' in line or _ESCAPED.search(line) else line for line in lines]
    return [_line(line) if b'"^^<' in line else line for line in lines]


def _line(line: bytes) -> bytes:
    head, quote, literal = line.partition(b' "')  # no IRI holds a space
    if quote and b"\\" not in head:
        return head + quote + _literal(literal)
    (quad,) = pyoxigraph.parse(line, pyoxigraph.RdfFormat.N_TRIPLES)
    return f"{quad.subject} {quad.predicate} {_plain(quad.object)} .\n".encode()


@lru_cache(maxsize=65536)
def _literal(rest: bytes) -> bytes:
    """What follows a literal's first quote, to the end of its line."""
    (quad,) = pyoxigraph.parse(b'<a:s> <a:p> "' + rest, pyoxigraph.RdfFormat.N_TRIPLES)
    return f"{_plain(quad.object)} .\n".encode()[1:]


def _plain(term: object) -> object:
    if not isinstance(term, pyoxigraph.Literal):
        return term
    if term.language:
        return pyoxigraph.Literal(term.value, language=term.language.lower())
    same = cast(Literal, read(term))
    datatype = pyoxigraph.NamedNode(same.datatype) if same.datatype else None
    return pyoxigraph.Literal(str(same), datatype=datatype)


def to_quads(lines: Iterable[bytes], graph: URIRef) -> bytes:
    """N-Triples lines as N-Quads; a newline stands at the end of a line only, so no literal is touched."""
    return b"".join(lines).replace(_END, f" {nt(graph)} .\n".encode())


def to_triples(quads: Iterable[bytes], graph: URIRef) -> Iterator[bytes]:
    """Pieces of such N-Quads as N-Triples again, in whole lines."""
    end, rest = f" {nt(graph)} .\n".encode(), b""
    for piece in quads:
        whole, newline, rest = (rest + piece).rpartition(b"\n")
        if newline:
            yield (whole + newline).replace(end, _END)
    if rest:
        yield rest.replace(end, _END)


def fingerprint(store: GraphStore, dataset: Dataset, graph: URIRef) -> Fingerprint:
    """The canonical hash of a graph: equal wherever the same triples are."""
    found = Fingerprint()
    for lines in triples(store, dataset, graph):
        found.add(lines)
    return found
