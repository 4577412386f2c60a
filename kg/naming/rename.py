"""Terms of an induction under other names, and everything that uses them."""

from collections.abc import Mapping
from dataclasses import replace

from rdflib import URIRef

from kg.changes import plan
from kg.model import Fact, Ontology, OntologyClass, Property
from kg.naming.ask import Name
from kg.ontology import Induction
from kg.ontology.property_index import SYNONYMS


def renamed(induction: Induction, names: Mapping[URIRef, Name], iris: Mapping[URIRef, URIRef]) -> Induction:
    """`names` by the IRIs of before, `iris` from these to the new ones, which nothing else has."""
    moved = {old: new for old, new in iris.items() if old != new}

    def facts(told: tuple[Fact, ...]) -> tuple[Fact, ...]:
        found = (f for x in told if isinstance(f := plan.renamed(x, moved), Fact))
        return tuple(sorted(found, key=lambda f: str(f.triple)))

    classes = [_class(c, names.get(c.iri), moved) for c in induction.ontology.classes]
    properties = [_property(p, names.get(p.iri), moved) for p in induction.ontology.properties]
    return replace(
        induction,
        ontology=Ontology(
            tuple(sorted(classes, key=lambda c: c.iri)), tuple(sorted(properties, key=lambda p: p.iri))
        ),
        entities=tuple(replace(e, types=tuple(moved.get(t, t) for t in e.types)) for e in induction.entities),
        facts=facts(induction.facts),
        denied=facts(induction.denied),
    )


def _class(c: OntologyClass, name: Name | None, moved: Mapping[URIRef, URIRef]) -> OntologyClass:
    told = replace(c, iri=moved.get(c.iri, c.iri), parents=tuple(moved.get(p, p) for p in c.parents))
    if name is None:
        return told
    synonyms = _synonyms(c.label, name.label, c.synonyms)
    return replace(told, label=name.label, comment=name.comment or c.comment, synonyms=synonyms)


def _property(p: Property, name: Name | None, moved: Mapping[URIRef, URIRef]) -> Property:
    def end(iri: URIRef | None) -> URIRef | None:
        return moved.get(iri, iri) if iri else None

    told = replace(
        p,
        iri=moved.get(p.iri, p.iri),
        domain=end(p.domain),
        range=end(p.range),
        inverse=end(p.inverse),
        parents=tuple(moved.get(x, x) for x in p.parents),
    )
    if name is None:
        return told
    synonyms = _synonyms(p.label, name.label, p.synonyms)
    return replace(told, label=name.label, comment=name.comment or p.comment, synonyms=synonyms)


def _synonyms(old: str, new: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """What it was called before stays one, before all others."""
    first = (old,) if old != new else ()
    kept = dict.fromkeys((*first, *(s for s in known if s != new)))
    return tuple(sorted(list(kept)[:SYNONYMS]))
