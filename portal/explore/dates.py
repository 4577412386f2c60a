"""Facts with a time: when each holds, or the date that it says, for a timeline."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg.index.view import View
from kg.model import Fact, Period
from kg.periods import EVER
from portal.access import Actor
from portal.explore import views
from portal.graph_words import FactView
from portal.graph_words import views as in_words
from portal.wiring import Parts

MOST = 300  # facts of one timeline
_DATES = (XSD.date, XSD.dateTime, XSD.gYear, XSD.gYearMonth)


@dataclass(frozen=True, slots=True)
class Dated:
    """`period` in xsd's words, "" for an open end."""

    view: FactView
    period: Period


@dataclass(frozen=True, slots=True)
class Dates:
    """By when they begin; `total` facts have a time."""

    found: tuple[Dated, ...]
    total: int


def dates(parts: Parts, actor: Actor, rag_id: int, iri: str = "") -> Dates:
    """Of one thing (as subject or object), or of all: then the latest MOST."""
    current = views.check(parts, actor, rag_id)
    seen = views.view(parts, rag_id, current)
    if seen is None:
        return Dates((), 0)
    graph = views.graph(parts, rag_id, current)
    if iri:
        facts = graph.facts_about([URIRef(iri)], MOST)
        dated = [(f, p) for f in facts for p in periods(f)]
        total = len(dated)
    else:
        chosen, total = _latest(seen)
        facts = graph.asserted(URIRef(seen.facts.told(n)["key"]) for n in chosen)
        dated = [(f, p) for f in facts for p in periods(f)]
    told = {v.fact: v for v in in_words(graph, dict.fromkeys(f for f, _p in dated))}
    found = (Dated(told[f], p) for f, p in dated)
    return Dates(tuple(sorted(found, key=lambda d: (d.period.start or d.period.end, d.view.subject))), total)


def periods(fact: Fact) -> Iterator[Period]:
    """When it holds; of a fact whose object is a date, that date."""
    yield from (p for p in fact.periods if p != EVER)
    if isinstance(fact.object, Literal) and fact.object.datatype in _DATES:
        day = str(fact.object)[:10]
        yield Period(day, day)


def _latest(seen: View) -> tuple[list[int], int]:
    """Positions of the facts that begin (or end) last, and how many have a time at all."""
    fact, first, last = seen.fact_times.period.T
    when = np.where(first > -(10**9), first, last)  # one of them is known
    alive = seen.facts.alive[fact]
    fact, when = fact[alive], when[alive]
    valued = [n for n in _date_values(seen) if seen.facts.alive[n]]
    order = np.argsort(-when, kind="stable")
    chosen = list(dict.fromkeys([*fact[order][:MOST].tolist(), *valued[: MOST // 2]]))
    return chosen[:MOST], len(set(fact.tolist()) | set(valued))


def _date_values(seen: View) -> list[int]:
    """Positions of the facts whose object is a date."""
    found: list[int] = []
    first = 0
    for table in seen.facts.shown:
        ends = [pc.ends_with(table["object"], f"^^<{d}>").to_numpy() for d in _DATES]
        found += (np.flatnonzero(np.logical_or.reduce(ends).astype(bool)) + first).tolist()
        first += len(table)
    return found
