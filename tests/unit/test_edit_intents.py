"""Corrections by people: each edit is a change of the approved graph, says whose it is, and binds."""

from dataclasses import replace

import pytest
from knowledge_world import DATASET, Graph, quote, relation, thing
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg.changes import from_json, sentence, to_json
from kg.edits import (
    ChangedFact,
    ChangedTerm,
    Corrected,
    Edit,
    Merged,
    NewFact,
    NewTerm,
    NewThing,
    Problem,
    RemovedFact,
    RemovedTerm,
    RemovedThing,
    Renamed,
    Retyped,
    SignedEdit,
    Split,
    corrected,
    target,
)
from kg.merge import removal
from kg.merge.taken_away import brought, lost, noted
from kg.model import (
    Change,
    Entity,
    Evidence,
    Fact,
    Fit,
    Kind,
    OntologyClass,
    Period,
    Property,
    Statement,
    Verdict,
)
from kg.ontology.class_index import THING

ANN = thing("Ann Lee", "person")
BOB = thing("Bob Ray", "person")
ORB = thing("Orb Systems", "organization", "Orb Systems is a company.")
RIM = thing("Rim Works", "organization", "Rim Works is a company.")
MARY = Statement("Mary", "2026-11-21", "I know them", "7")
YEAR = Literal("2010", datatype=XSD.gYear)


@pytest.fixture
def graph() -> Graph:
    world = Graph()
    world.say(
        [ANN, BOB, ORB, RIM],
        [
            relation(ANN, "works at", ORB),
            relation(BOB, "works at", RIM),
            relation(ORB, "was founded in", YEAR),
            relation(RIM, "is a competitor of", ORB),
        ],
    )
    return world


def correct(graph: Graph, *edits: Edit, evidence: tuple[Evidence, ...] = ()) -> Corrected:
    signed = [SignedEdit(n, edit, MARY, evidence) for n, edit in enumerate(edits)]
    return corrected(DATASET, signed, graph.approved(), graph.version, graph.version + 1)


def only(found: Corrected) -> Change:
    assert not found.problems
    (change,) = found.change_set.changes
    assert change.statement == MARY
    assert from_json(to_json(change)) == change
    return change


def publish(graph: Graph, found: Corrected) -> Corrected:
    assert not graph.accept(found.change_set.changes).skipped
    return found


def property_(graph: Graph, label: str) -> Property:
    return next(p for p in graph.approved().ontology.properties if p.label == label)


def entity(graph: Graph, iri: URIRef) -> Entity:
    return next(e for e in graph.approved().entities if e.iri == iri)


def fact(graph: Graph, subject: URIRef, label: str) -> Fact:
    p = property_(graph, label).iri
    return next(f for f in graph.approved().facts if (f.subject, f.predicate) == (subject, p))


def works_at(graph: Graph) -> URIRef:
    return property_(graph, "works at").iri


def test_a_new_fact_is_said_by_a_person_and_by_no_document(graph: Graph) -> None:
    change = only(correct(graph, NewFact((ANN.iri, works_at(graph), RIM.iri), Period("2020", "2021"))))
    assert (change.kind, change.fit, change.verdict) == (Kind.new_fact, Fit.laminar, Verdict.stated)
    assert change.evidence == ()
    assert sentence(change) == "Ann Lee works at Rim Works (from 2020 to 2021)."
    graph.accept([change])
    (new,) = [f for f in graph.approved().facts if f.subject == ANN.iri and f.object == RIM.iri]
    assert (new.statements, new.evidence, new.periods) == ((MARY,), (), (Period("2020", "2021"),))


def test_a_quote_makes_a_document_its_source(graph: Graph) -> None:
    said = NewFact((ANN.iri, works_at(graph), RIM.iri), Period("2020", "2021"))
    change = only(correct(graph, said, evidence=(quote("Ann was at Rim", "d9"),)))
    assert (change.verdict, [e.quote for e in change.evidence]) == (Verdict.single_source, ["Ann was at Rim"])


def test_what_a_person_says_against_what_is_approved_is_a_contradiction(graph: Graph) -> None:
    change = only(correct(graph, NewFact((ANN.iri, works_at(graph), RIM.iri), Period("2024", ""))))
    assert (change.kind, change.verdict) == (Kind.conflict, Verdict.conflict)
    graph.accept([change])
    held = {str(f.object).rsplit("/", 1)[1].split("-")[0]: f.periods for f in graph.approved().facts
            if f.subject == ANN.iri}  # fmt: skip
    assert held == {"orb": (Period("", "2024"),), "rim": (Period("2024", ""),)}


def test_who_ends_a_role_and_adds_the_next_one_contradicts_nothing(graph: Graph) -> None:
    at_orb = fact(graph, ANN.iri, "works at").triple
    at_rim = (ANN.iri, works_at(graph), RIM.iri)
    ended = correct(
        graph, NewFact(at_rim, Period("2021", "")), ChangedFact(at_orb, at_orb, (Period("", "2020"),))
    )
    assert {c.kind: c.verdict for c in ended.change_set.changes} == {
        Kind.changed_value: Verdict.stated,
        Kind.new_fact: Verdict.stated,
    }
    changed, new = ended.change_set.changes
    assert new.depends_on == (changed.id,)
    removed = correct(graph, RemovedFact(at_orb), NewFact(at_rim, Period("2021", "")))
    assert [c.kind for c in removed.change_set.changes] == [Kind.removed_fact, Kind.new_fact]
    publish(graph, ended)
    assert fact(graph, ANN.iri, "works at").periods == (Period("", "2020"),)


def test_what_does_not_fit_the_ontology_is_turbulent(graph: Graph) -> None:
    change = only(correct(graph, NewFact((ORB.iri, works_at(graph), RIM.iri))))
    assert (change.fit, change.verdict) == (Fit.turbulent, Verdict.needs_ontology)


def test_another_value_and_other_dates(graph: Graph) -> None:
    old = fact(graph, ORB.iri, "founding date").triple
    value = Literal("2011", datatype=XSD.gYear)
    change = only(correct(graph, ChangedFact(old, (*old[:2], value))))
    assert sentence(change) == "Orb Systems: founding date 2011: until now Orb Systems founding date 2010."
    graph.accept([change])
    assert fact(graph, ORB.iri, "founding date").object == value
    at_orb = fact(graph, ANN.iri, "works at").triple
    dated = only(correct(graph, ChangedFact(at_orb, at_orb, (Period("2015-03", "2020"),))))
    graph.accept([dated])
    new = fact(graph, ANN.iri, "works at")
    assert (new.periods, new.statements) == ((Period("2015-03", "2020"),), (MARY,))
    assert new.evidence  # the document still says that she worked there


def test_a_removed_fact_and_a_removed_thing(graph: Graph) -> None:
    publish(graph, correct(graph, RemovedFact(fact(graph, BOB.iri, "works at").triple)))
    assert ("Bob Ray", "works at", "Rim Works") not in graph.facts()
    change = only(correct(graph, RemovedThing(ORB.iri)))
    assert change.kind is Kind.removed_entity
    graph.accept([change])
    assert graph.facts() == set()
    assert ORB.iri not in {e.iri for e in graph.approved().entities}


def test_a_thing_under_another_name_and_of_another_kind(graph: Graph) -> None:
    renamed = Renamed(ORB.iri, "Орб", ("Orb Systems", "OS"), "A maker of lamps.")
    publish(graph, correct(graph, renamed, Retyped(ORB.iri, (THING,))))
    orb = entity(graph, ORB.iri)
    assert (orb.label, orb.language, orb.aliases) == ("Орб", "ru", ("OS", "Orb Systems"))
    assert (orb.types, orb.description, orb.statements) == ((THING,), "A maker of lamps.", (MARY,))


def test_two_things_that_are_one(graph: Graph) -> None:
    publish(graph, correct(graph, Merged(ORB.iri, RIM.iri)))
    assert ("Bob Ray", "works at", "Orb Systems") in graph.facts()
    assert "Rim Works" in entity(graph, ORB.iri).aliases


def test_one_thing_that_is_two(graph: Graph) -> None:
    publish(graph, correct(graph, Renamed(ORB.iri, "Orb Systems", ("Orb Labs",))))
    labs = Entity(DATASET.entity("Orb Labs", "split"), "Orb Labs", types=entity(graph, ORB.iri).types)
    at_orb = fact(graph, ANN.iri, "works at")
    publish(graph, correct(graph, Split(ORB.iri, labs, (at_orb.triple,))))
    assert ("Ann Lee", "works at", "Orb Labs") in graph.facts()
    assert ("Orb Systems", "founding date", "2010") in graph.facts()
    assert entity(graph, ORB.iri).aliases == ()
    assert entity(graph, labs.iri).evidence == at_orb.evidence


def test_a_new_kind_is_needed_by_what_uses_it(graph: Graph) -> None:
    lab = OntologyClass(DATASET.class_("Lab"), "Lab", parents=(DATASET.class_("Organization"),))
    leads = Property(DATASET.property_("leads"), "leads", "object", range=lab.iri)
    new = Entity(DATASET.entity("Lab One"), "Lab One", types=(lab.iri,))
    found = correct(
        graph, NewTerm(lab), NewTerm(leads), NewThing(new), NewFact((ANN.iri, leads.iri, new.iri)),
    )  # fmt: skip
    assert len(found.of) == 4
    of_fact = next(c for c in found.change_set.changes if c.kind is Kind.new_fact)
    assert {c.id for c in found.change_set.changes if c.kind in (Kind.new_property, Kind.new_entity)} == set(
        of_fact.depends_on
    )
    publish(graph, found)
    assert ("Ann Lee", "leads", "Lab One") in graph.facts()


def test_a_term_is_changed_and_removed_with_what_uses_it(graph: Graph) -> None:
    known = property_(graph, "works at")
    called = replace(known, label="is employed by", synonyms=("works at",), functional=True, domain=None)
    publish(graph, correct(graph, ChangedTerm(called)))
    assert property_(graph, "is employed by") == called
    company = next(c for c in graph.approved().ontology.classes if c.label == "Company")
    publish(graph, correct(graph, RemovedTerm(company.iri)))
    assert company not in graph.approved().ontology.classes
    assert entity(graph, ORB.iri).types == company.parents
    other = property_(graph, "competes with")
    publish(graph, correct(graph, RemovedTerm(called.iri, other.iri)))
    assert ("Ann Lee", "competes with", "Orb Systems") in graph.facts()
    publish(graph, correct(graph, RemovedTerm(other.iri)))
    assert {p for _, p, _ in graph.facts()} == {"founding date"}


def test_an_edit_of_what_is_gone_or_so_already_says_so(graph: Graph) -> None:
    nobody = DATASET.entity("Nobody")
    at_orb = fact(graph, ANN.iri, "works at").triple
    same = entity(graph, ORB.iri)
    edits: dict[Edit, Problem] = {
        RemovedFact((nobody, works_at(graph), ORB.iri)): Problem.gone,
        ChangedFact((nobody, works_at(graph), ORB.iri), at_orb): Problem.gone,
        RemovedThing(nobody): Problem.gone,
        Merged(ORB.iri, nobody): Problem.gone,
        NewFact((nobody, works_at(graph), ORB.iri)): Problem.gone,
        RemovedTerm(DATASET.class_("Nothing")): Problem.gone,
        NewFact(at_orb): Problem.same,
        ChangedFact(at_orb, at_orb): Problem.same,
        Renamed(ORB.iri, same.label, same.aliases, same.description): Problem.same,
        Retyped(ORB.iri, same.types): Problem.same,
        ChangedTerm(property_(graph, "works at")): Problem.same,
    }  # fmt: skip
    for edit, problem in edits.items():
        found = correct(graph, edit)
        assert (found.problems, found.change_set.changes) == ({0: problem}, ()), edit


def test_a_later_edit_of_the_same_takes_the_place_of_the_earlier(graph: Graph) -> None:
    at_orb = fact(graph, ANN.iri, "works at").triple
    assert target(RemovedFact(at_orb)) == target(ChangedFact(at_orb, at_orb)) != target(RemovedThing(ORB.iri))
    assert target(Merged(ORB.iri, RIM.iri)) == target(Merged(RIM.iri, ORB.iri))


def test_what_a_person_says_outlives_the_documents(graph: Graph) -> None:
    at_orb = fact(graph, ANN.iri, "works at").triple
    publish(graph, correct(graph, ChangedFact(at_orb, at_orb, (Period("2015", ""),)),
                           Renamed(ANN.iri, "Ann Lee", ("A. Lee",))))  # fmt: skip
    kept = removal(DATASET, ["d1"], graph.approved(), graph.version)
    gone = {c.subject for c in kept.changes if c.kind in (Kind.removed_fact, Kind.removed_entity)}
    assert "Ann Lee" not in gone
    assert "Bob Ray" in gone
    graph.accept(kept.changes)
    assert graph.facts() == {("Ann Lee", "works at", "Orb Systems")} or "Ann Lee" in {
        s for s, *_ in graph.facts()
    }


def test_what_was_taken_away_comes_back_only_with_a_note(graph: Graph) -> None:
    taken = publish(
        graph, correct(graph, RemovedFact(fact(graph, BOB.iri, "works at").triple), RemovedThing(ORB.iri))
    )
    notes = {mark: "Mary, 2026-11-21: gone" for c in taken.change_set.changes for mark in lost(c)}
    again = graph.propose([BOB, RIM, replace(ORB, iri=DATASET.entity("Orb Systems", "d2"))],
                          [relation(BOB, "works at", RIM, document="d2")])  # fmt: skip
    told = noted(again, notes).changes
    assert {(c.kind, c.verdict) for c in told if any(r.startswith("removed_before") for r in c.reasons)} == {
        (Kind.new_fact, Verdict.conflict),
        (Kind.new_entity, Verdict.conflict),
    }
    back = next(c for c in told if c.kind is Kind.new_fact)
    assert back.reasons[0] == "removed_before: Mary, 2026-11-21: gone"
    assert brought(back) <= notes.keys()


def test_a_merge_takes_nothing_away(graph: Graph) -> None:
    assert lost(only(correct(graph, Merged(ORB.iri, RIM.iri)))) == frozenset()
