"""The facts that a query's rows rest on: its own patterns, asked once more for what stands in them.

Only what must be there counts: a pattern under NOT EXISTS or MINUS names no fact.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from rdflib import Literal, URIRef, Variable
from rdflib.paths import AlternativePath, InvPath, MulPath, Path
from rdflib.plugins.sparql.parserutils import CompValue

from kg.answer.query.check import algebra
from kg.approved import ApprovedGraph
from kg.errors import QueryRefused
from kg.model import Fact, Ontology, Term
from kg.rdf import Triple
from kg.store import Row
from kg.store.sparql import OPAQUE, Checked, checked
from kg.store.terms import nt

MOST = 500  # rows that are looked at for facts
ROWS = 100  # of the query, whose facts are looked for

Pattern = tuple[object, object, object]
Key = tuple[Term | None, ...]  # the terms by which a row of the query is found again


def keys(query: Checked) -> tuple[str, ...]:
    """The columns that stand in its patterns too: not what was counted or computed."""
    inside = {str(t) for p in _patterns(algebra(query.text)) for t in p if isinstance(t, Variable)}
    return tuple(n for n in query.names if n in inside)


def key(row: Row, by: Sequence[str]) -> Key:
    return tuple(row.get(n) for n in by)


def behind(
    query: Checked, rows: Sequence[Row], graph: ApprovedGraph, ontology: Ontology
) -> dict[Key, tuple[Fact, ...]]:
    """The facts of each row, by its terms in the columns `keys`; () for all rows if nothing tells them apart.

    Raises as the store does; a query whose group cannot be asked again has none.
    """
    patterns = list(_patterns(algebra(query.text)))
    names = sorted({str(t) for p in patterns for t in p if isinstance(t, Variable)})
    by = keys(query)
    again = _again(query.text, names, by, rows[:ROWS])
    if not patterns or again is None:
        return {}
    try:
        ready = checked(again, graph.dataset, limit=MOST, scope=query.scope)
    except QueryRefused:
        return {}
    found = graph.store.select(graph.dataset, ready.text, scope=ready.scope, timeout=10, limit_rows=MOST)
    triples: dict[Key, dict[Triple, None]] = {}
    nodes: dict[Key, dict[URIRef, None]] = {}
    assertion = f"{graph.dataset.root}assertion/"
    for row in found:
        at = key(row, by)
        for pattern in patterns:
            for triple in _filled(pattern, row):
                if triple[1] in ontology.property_by_iri:
                    triples.setdefault(at, {})[triple] = None
        for term in row.values():
            if isinstance(term, URIRef) and term.startswith(assertion):
                nodes.setdefault(at, {})[term] = None
    asked = graph.facts({t for ts in triples.values() for t in ts})
    known = {f.triple: f for f in asked if f.evidence or f.statements}
    for node in {n for ns in nodes.values() for n in ns}:
        for fact in graph.asserted([node]):
            known[fact.triple] = fact
            for at, ns in nodes.items():
                if node in ns:
                    triples.setdefault(at, {})[fact.triple] = None
    return {at: tuple(known[t] for t in ts if t in known) for at, ts in triples.items()}


def _patterns(part: object) -> Iterator[Pattern]:
    """The triple patterns that have to match, or may (OPTIONAL, UNION)."""
    if not isinstance(part, CompValue):
        return
    if part.name == "BGP":
        yield from part.triples
    for under in ("p", "p1", "p2"):
        if under in part and not (part.name == "Minus" and under == "p2"):
            yield from _patterns(part[under])


def _filled(pattern: Pattern, row: Row) -> Iterator[Triple]:
    subject, predicate, object_ = pattern
    s, o = _term(subject, row), _term(object_, row)
    if isinstance(s, URIRef) and o is not None:
        for p, turned in _steps(_term(predicate, row) if isinstance(predicate, Variable) else predicate):
            if not turned:
                yield s, p, o
            elif isinstance(o, URIRef):
                yield o, p, s


def _steps(predicate: object, turned: bool = False) -> Iterator[tuple[URIRef, bool]]:
    """The single properties that a path may have gone along."""
    if isinstance(predicate, URIRef):
        yield predicate, turned
    elif isinstance(predicate, InvPath):
        yield from _steps(predicate.arg, not turned)
    elif isinstance(predicate, MulPath):
        yield from _steps(predicate.path, turned)
    elif isinstance(predicate, AlternativePath):
        for one in predicate.args:
            yield from _steps(one, turned)
    else:
        assert predicate is None or isinstance(
            predicate, Path
        )  # of several steps: what lies between is unknown


def _term(part: object, row: Mapping[str, Term]) -> Term | None:
    if isinstance(part, Variable):
        return row.get(str(part))
    return part if isinstance(part, URIRef | Literal) else None


def _again(text: str, names: Sequence[str], by: Sequence[str], rows: Sequence[Row]) -> str | None:
    """The query's group with all its variables, for these rows; None if its group is not found."""
    plain = OPAQUE.sub(lambda m: " " * len(m.group()), text)
    form = re.search(r"(?i)\b(SELECT|ASK)\b", plain)
    span = _group(plain, form.end()) if form else None
    if form is None or span is None or not names:
        return None
    prologue, group = text[: form.start()], text[slice(*span)]
    lines = [f"({' '.join(nt(r[n]) if n in r else 'UNDEF' for n in by)})" for r in rows] if by else []
    values = f"VALUES ({' '.join(f'?{n}' for n in by)}) {{ {' '.join(lines)} }}" if lines else ""
    return f"{prologue} SELECT DISTINCT {' '.join(f'?{n}' for n in names)} WHERE {{ {values} {group} }}"


def _group(plain: str, after: int) -> tuple[int, int] | None:
    """Where the first group outside of brackets stands, its braces included."""
    depth = begin = braces = 0
    for at in range(after, len(plain)):
        c = plain[at]
        depth += (c == "(") - (c == ")")
        if c == "{" and (braces or not depth):
            begin = begin if braces else at
            braces += 1
        elif c == "}" and braces:
            braces -= 1
            if not braces:
                return begin, at + 1
    return None
