"""From a question to the facts that answer it, in words, each with its quote."""

from collections.abc import Sequence
from dataclasses import dataclass

from rdflib import Literal, URIRef

from kg.answer.graph.fits import fitting, with_numbers
from kg.answer.graph.model import Asked
from kg.answer.graph.names import linker
from kg.answer.graph.query import MOST, how_many, sparql
from kg.answer.graph.reading import readings
from kg.answer.graph.relations import standard
from kg.answer.graph.said import SHOWN, begin, lines
from kg.answer.graph.said import time as time_of
from kg.answer.model import Citation, cited
from kg.answer.relations import begins
from kg.approved import ApprovedGraph
from kg.model import Evidence, Fact, Ontology, Period, Statement, Term
from kg.periods import days, is_open
from kg.retrieve import FoundEntity
from kg.retrieve.when import asked_time
from kg.store.sparql import checked, run
from kg.text.language import language


@dataclass(frozen=True, slots=True)
class FromGraph:
    """`query` is what was asked of the graph, `facts` are what it answered with, as assertions."""

    text: str
    citations: tuple[Citation, ...]
    query: str
    form: str
    things: tuple[URIRef, ...] = ()


def from_graph(question: str, graph: ApprovedGraph, near: Sequence[FoundEntity] = ()) -> FromGraph | None:
    """The answer, if the question can be read whole and the graph has one; None leaves it to retrieval.

    Raises as the store does.
    """
    ontology = graph.ontology()
    spoken = "ru" if language(question) == "ru" else "en"
    for asked in with_numbers(readings(question, ontology, linker(graph, near)), ontology):
        query = sparql(asked, graph.dataset)
        rows = run(graph.store, graph.dataset, checked(query, graph.dataset)).rows
        if not rows:
            continue
        if "thing" in rows[0]:
            return _things(asked, [r["thing"] for r in rows], graph, query)
        if len(rows) >= MOST and not (asked.extreme and "ORDER BY" in query):
            continue  # there are more: nothing exact can be said of all of them
        triples = [(URIRef(r["subject"]), URIRef(r["property"]), r["object"]) for r in rows]
        facts = _chosen(question, asked, fitting(asked, graph.facts(triples), ontology))
        if facts:
            time = asked_time(question)
            now = time is not None and time.now and asked.form != "when" and not asked.effect
            return _said(asked, facts, graph, ontology, query, spoken, now)
    return None


def _chosen(question: str, asked: Asked, facts: Sequence[Fact]) -> list[Fact]:
    """Those that hold at the time asked about, and that say what is asked for."""
    chosen = list(facts)
    if asked.form == "where":
        chosen = [f for f in chosen if isinstance(f.object, URIRef)]
    if asked.form == "who":
        chosen = [f for f in chosen if isinstance(_asked_for(asked, f), URIRef)]
    if asked.form == "when":
        chosen = [f for f in chosen if time_of(f.object) or f.periods]
    if asked.effect == "start" and (asked.times or asked.extreme):
        names = {p.iri: standard(p) for p in asked.properties}
        chosen = [f for f in chosen if begins(names.get(f.predicate, frozenset()), f)]
    if asked.extreme:
        return _extreme(asked, chosen)
    if asked.form == "when" or asked.effect:
        return chosen
    if asked.times.within:
        first, last = days(Period(asked.times.within, asked.times.within))
        return [
            f for f in chosen if any(_meets(days(p), first, last) for p in f.periods) or time_of(f.object)
        ]
    time = asked_time(question)
    if time is not None and time.now:
        held = [f for f in chosen if is_open(f.periods, f.qualifiers)]
        return held if asked.form == "count" else held or chosen
    return chosen


def _extreme(asked: Asked, facts: Sequence[Fact]) -> list[Fact]:
    """The first or the last to begin (or end, if that is asked about); what has the most or the least.

    Several if they are alike in that.
    """
    pick = min if asked.extreme in ("first", "least") else max
    if asked.extreme in ("most", "least"):
        value = {f: f.object.toPython() for f in facts if isinstance(f.object, Literal)}
        edge = pick(value.values(), default=None)
        return [f for f, v in value.items() if v == edge]
    when = {}
    for f in facts:
        said = [p.end if asked.effect == "end" else p.start for p in f.periods]
        times = [t for t in (time_of(f.object), *said) if t]
        if times:
            when[f] = pick(times)
    best = pick(when.values(), default="")
    return [f for f in facts if when.get(f) == best] if best else []


def _meets(held: tuple[int, int], first: int, last: int) -> bool:
    return held[0] <= last and held[1] >= first


def _said(
    asked: Asked,
    facts: Sequence[Fact],
    graph: ApprovedGraph,
    ontology: Ontology,
    query: str,
    spoken: str,
    now: bool,
) -> FromGraph:
    others = [_asked_for(asked, f) for f in facts]
    count = len(set(others))
    order = sorted(range(len(facts)), key=lambda i: (begin(facts[i]), str(others[i])))
    said, citations = lines(
        [facts[i] for i in order], graph, ontology, spoken, lambda f: _periods(asked, f, now)
    )
    text = "; ".join(said) + "."
    if asked.form == "count":
        text = f"{(asked.subjects and _number(facts)) or count}: {text}"
    ends = dict.fromkeys(t for f in facts for t in (f.subject, f.object) if isinstance(t, URIRef))
    return FromGraph(text, tuple(citations), query, asked.form, tuple(ends))


def _asked_for(asked: Asked, fact: Fact) -> Term:
    """The end that is not named in the question."""
    named = {*asked.subjects, *asked.objects} if asked.both else set(asked.subjects)
    return fact.object if fact.subject in named and (asked.both or not asked.objects) else fact.subject


def _number(facts: Sequence[Fact]) -> str:
    """What one fact says as a number: "has employees 500"."""
    value = facts[0].object
    if len(facts) == 1 and isinstance(value, Literal) and str(value).replace(".", "", 1).isdigit():
        return "" if time_of(value) else str(value)
    return ""


def _periods(asked: Asked, fact: Fact, now: bool) -> tuple[Period, ...]:
    """When it holds, at the time that is asked about if it is one."""
    if now and not asked.times:
        return tuple(p for p in fact.periods if not p.end) or fact.periods
    if not asked.times.within or asked.effect:
        return fact.periods
    first, last = days(Period(asked.times.within, asked.times.within))
    return tuple(p for p in fact.periods if _meets(days(p), first, last)) or fact.periods


def _things(asked: Asked, things: Sequence[Term], graph: ApprovedGraph, query: str) -> FromGraph:
    known = sorted(graph.entities(URIRef(t) for t in things), key=lambda e: e.label)
    citations: list[Citation] = []
    lines = []
    for entity in known[:SHOWN]:
        mark = ""
        backing: tuple[Evidence | Statement, ...] = (*entity.evidence, *entity.statements)
        for rests_on in backing[:1]:
            n = len(citations) + 1
            citations.append(cited(n, rests_on))
            mark = f" [{n}]"
        lines.append(f"{entity.label}{mark}")
    more = "; …" if len(known) > SHOWN else "."
    many = len(known)
    if asked.form == "count" and len(things) >= MOST:
        counted = run(graph.store, graph.dataset, checked(how_many(asked), graph.dataset)).rows
        many = int(counted[0]["many"])
    number = f"{many}: " if asked.form == "count" else ""
    return FromGraph(
        number + "; ".join(lines) + more, tuple(citations), query, asked.form, tuple(e.iri for e in known)
    )
