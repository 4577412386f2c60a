"""Facts of the graph in words: the names of their ends and of their property."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdflib import URIRef

from kg.approved import ApprovedGraph
from kg.model import Fact, Ontology, Term


@dataclass(frozen=True, slots=True)
class FactView:
    """A fact in words; the ends' IRIs are "" for a literal."""

    subject: str
    subject_iri: str
    predicate: str
    object: str
    object_iri: str
    fact: Fact


def views(
    graph: ApprovedGraph, facts: Iterable[Fact], names: Mapping[URIRef, str] | None = None
) -> tuple[FactView, ...]:
    """In the order of their words; `names` of things and properties that the graph does not have."""
    facts = tuple(facts)
    ends = {t for f in facts for t in (f.subject, f.object) if isinstance(t, URIRef)}
    known = graph.ontology() if facts else Ontology()
    label = dict(names or {}) | {e.iri: e.label for e in graph.names(ends)}

    def view(f: Fact) -> FactView:
        return FactView(
            label.get(f.subject, str(f.subject)),
            str(f.subject),
            label.get(f.predicate) or known.label(f.predicate),
            _end(label, f.object),
            str(f.object) if isinstance(f.object, URIRef) else "",
            f,
        )

    return tuple(sorted((view(f) for f in facts), key=lambda v: (v.subject, v.predicate, v.object)))


def _end(label: Mapping[URIRef, str], term: Term) -> str:
    return label.get(term, str(term)) if isinstance(term, URIRef) else str(term)
