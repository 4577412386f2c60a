"""Validation: what breaks the ontology is marked for a decision, what does not is left alone."""

from dataclasses import replace

from knowledge_world import DATASET, Graph, relation, thing
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg.changes import edited
from kg.model import Fact, Fit, Kind, Ontology, OntologyClass, Property, Verdict
from kg.validate import _data, shapes, validate, violations

ANN = thing("Ann Lee", "person")
ORB = thing("Orb Systems", "organization", "Orb Systems is a company.")
OSLO = thing("Oslo", "geo", "Oslo is a city in Norway.")


def reasons(change_set) -> dict[str, list[str]]:
    return {
        c.object: [r for r in c.reasons if r.startswith("invalid")]
        for c in change_set.changes
        if c.kind in (Kind.new_fact, Kind.conflict)
    }


def test_what_fits_is_left_alone():
    graph = Graph()
    found = graph.propose([ANN, ORB], [relation(ANN, "works at", ORB)])
    assert validate(DATASET, found, graph.approved()) == found


def test_an_edit_outside_the_range_is_marked():
    graph = Graph()
    graph.say([ANN, ORB, OSLO], [relation(ANN, "works at", ORB)])
    eve = thing("Eve Fox", "person")
    found = graph.propose([eve, ORB], [relation(eve, "works at", ORB)])
    changes = tuple(
        edited(c, object_=OSLO.iri, object_label="Oslo") if c.kind is Kind.new_fact else c
        for c in found.changes
    )
    (fact,) = [
        c
        for c in validate(DATASET, replace(found, changes=changes), graph.approved()).changes
        if c.kind is Kind.new_fact
    ]
    assert "invalid: range" in fact.reasons
    assert fact.fit is Fit.turbulent


def test_two_values_of_one_cycle_are_a_conflict():
    graph = Graph()
    values = [Literal(y, datatype=XSD.gYear) for y in ("1999", "2001")]
    found = graph.propose([ORB], [relation(ORB, "was founded in", v) for v in values])
    checked = validate(DATASET, found, graph.approved())
    assert reasons(checked) == {"1999": ["invalid: single"], "2001": ["invalid: single"]}
    assert {c.verdict for c in checked.changes if c.kind is Kind.new_fact} == {Verdict.conflict}


def test_every_kind_of_shape():
    person, firm, ltd = (DATASET.class_(n) for n in ("Person", "Firm", "Limited"))
    works, born, age = (DATASET.property_(n) for n in ("works at", "born", "age"))
    ontology = Ontology(
        (
            OntologyClass(person, "Person"),
            OntologyClass(firm, "Firm"),
            OntologyClass(ltd, "Limited", parents=(firm,)),
        ),
        (
            Property(works, "works at", "object", domain=person, range=firm),
            Property(born, "born", "datatype", domain=person, range=XSD.gYear, functional=True),
            Property(age, "age", "datatype", range=XSD.integer),
        ),
    )
    ann, orb, dot = (URIRef(f"urn:{n}") for n in ("ann", "orb", "dot"))
    year = Literal("1990", datatype=XSD.gYear)
    types = {ann: [person], orb: [ltd], dot: [person]}
    right = [(ann, works, orb), (ann, born, year)]
    assert violations(_data(ontology, types, right), shapes(ontology)) == ()
    wrong = [
        (orb, works, dot),
        (ann, works, Literal("Orb")),
        (ann, born, year),
        (ann, born, Literal("1991", datatype=XSD.gYear)),
        (ann, age, Literal("old")),
    ]
    found = violations(_data(ontology, types, wrong), shapes(ontology))
    assert {(v.check, v.property) for v in found} >= {
        ("domain", works),
        ("range", works),
        ("kind", works),
        ("single", born),
        ("datatype", age),
    }


def test_wrong_facts_of_others_mark_nothing():
    graph = Graph()
    graph.say([ANN, ORB, OSLO], [relation(ANN, "works at", ORB)])
    known = graph.approved()
    bad = Fact(OSLO.iri, known.facts[0].predicate, ORB.iri)
    eve = thing("Eve Fox", "person")
    found = graph.propose([eve, ORB], [relation(eve, "works at", ORB)])
    assert validate(DATASET, found, replace(known, facts=(*known.facts, bad))) == found
