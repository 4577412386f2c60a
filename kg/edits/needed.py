"""The part of the approved graph that edits are computed against."""

from collections.abc import Iterable

from rdflib import URIRef

from kg import rdf
from kg.approved import Approved, ApprovedGraph
from kg.edits.model import (
    ChangedFact,
    Edit,
    Merged,
    NewFact,
    RemovedFact,
    RemovedTerm,
    RemovedThing,
    Renamed,
    Retyped,
    Split,
    Triple,
)
from kg.model import Fact, Ontology

MOST = 2_000  # facts or things that one change may take along


def needed(graph: ApprovedGraph, edits: Iterable[Edit], about_one: int = MOST + 1) -> Approved:
    """The things and facts that the edits speak of; `about_one`: facts of a thing that are looked at."""
    ontology = graph.ontology()
    around: set[URIRef] = set()  # their facts matter
    things: set[URIRef] = set()
    triples: set[Triple] = set()
    facts: dict[Triple, Fact] = {}
    for edit in edits:
        match edit:
            case NewFact(fact):
                around |= _ends(fact)
            case ChangedFact(old, fact):
                triples |= {old, fact}
                things |= _ends(old) | _ends(fact)
            case RemovedFact(fact):
                triples.add(fact)
                things |= _ends(fact)
            case RemovedThing(iri):
                around.add(iri)
            case Split(iri, _, moved):
                things.add(iri)
                triples |= set(moved)
            case Merged(keep, drop):
                around |= {keep, drop}
            case Renamed(iri) | Retyped(iri):
                things.add(iri)
            case RemovedTerm(iri):
                if iri in ontology.property_by_iri:
                    facts |= {f.triple: f for f in graph.facts_with(iri, about_one)}
                else:
                    things |= set(graph.instances(iri, about_one))
    facts |= {f.triple: f for f in graph.facts_about(around, about_one)} if around else {}
    nodes = [rdf.assertion(graph.dataset, *t) for t in triples]
    facts |= {f.triple: f for f in graph.asserted(nodes)} if nodes else {}
    ends = {t for triple in facts for t in _ends(triple)}
    known = graph.entities(things | around)
    there = {e.iri for e in known}
    others = graph.names(ends - there) if ends - there else ()
    return Approved(Ontology(ontology.classes, ontology.properties), (*known, *others), tuple(facts.values()))


def _ends(triple: Triple) -> set[URIRef]:
    return {t for t in (triple[0], triple[2]) if isinstance(t, URIRef)}
