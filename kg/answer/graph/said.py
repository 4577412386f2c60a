"""Facts in words of the answer's language, each with its dates and the quote that it was read from."""

from collections.abc import Callable, Mapping, Sequence

from rdflib import Literal, URIRef

from kg import rdf
from kg.answer.dates import backing, day, when
from kg.answer.graph.relations import standard
from kg.answer.model import Citation, cited
from kg.approved import ApprovedGraph
from kg.model import Evidence, Fact, Ontology, Period, Property, Statement, Term
from kg.ontology.tables import properties
from kg.vocab import local_name

SHOWN = 20  # facts that an answer names
AND_MORE = {"en": "and {n} more", "ru": "и ещё {n}"}
Held = Callable[[Fact], tuple[Period, ...]]
"""The periods of a fact that are told."""


def lines(
    facts: Sequence[Fact], graph: ApprovedGraph, ontology: Ontology, spoken: str, held: Held
) -> tuple[list[str], list[Citation]]:
    """The first of these facts as sentences with their marks, and the citations that the marks stand for."""
    ends = {t for f in facts for t in (f.subject, f.object) if isinstance(t, URIRef)}
    label = {e.iri: e.label for e in graph.names(ends)}
    said: list[str] = []
    citations: list[Citation] = []
    for fact in facts[:SHOWN]:
        known = ontology.property_by_iri.get(fact.predicate)
        periods = held(fact)
        rests_on = backing(fact.evidence, fact.statements, periods)
        mark = f" [{len(citations) + 1}]" if rests_on is not None else ""
        if rests_on is not None:
            citations.append(citation(len(citations) + 1, rests_on, fact, graph))
        dates = dated(fact, periods, known, spoken)
        said.append(f"{sentence(fact, label, known, spoken)}{f' ({dates})' if dates else ''}{mark}")
    if len(facts) > SHOWN:
        said.append(AND_MORE[spoken].format(n=len(facts) - SHOWN))
    return said, citations


def citation(n: int, rests_on: Evidence | Statement, fact: Fact, graph: ApprovedGraph) -> Citation:
    return cited(n, rests_on, str(rdf.assertion(graph.dataset, *fact.triple)))


def dated(fact: Fact, periods: Sequence[Period], known: Property | None, spoken: str) -> str:
    event = known is not None and any(properties()[n].event for n in standard(known))
    return when(periods, spoken, event=event)


def sentence(fact: Fact, label: Mapping[URIRef, str], known: Property | None, spoken: str) -> str:
    verb = known.label if known else local_name(fact.predicate)
    if known and spoken == "ru" and known.language != "ru":
        verb = next((properties()[n].ru for n in sorted(standard(known))), verb)
    value = label.get(URIRef(fact.object), "") if isinstance(fact.object, URIRef) else ""
    value = value or day(time(fact.object), spoken, alone=True) or str(fact.object)
    joined = ": " if isinstance(fact.object, Literal) else " "
    return f"{label.get(fact.subject, str(fact.subject))} {verb}{joined}{value}"


def time(term: Term) -> str:
    """A date, month or year; "" of anything else."""
    kind = str(term.datatype).rsplit("#", 1)[-1] if isinstance(term, Literal) else ""
    return str(term) if kind in ("date", "gYearMonth", "gYear", "dateTime") else ""


def begin(fact: Fact) -> str:
    """What facts are put in the order of; those without a time last."""
    return time(fact.object) or min((p.start or p.end for p in fact.periods), default="~")
