"""Merge: every difference as one change, with its fit, its evidence, and its contradictions found."""

from dataclasses import replace

import pytest
from knowledge_world import DATASET, Graph, quote, relation, thing
from rdflib import Literal
from rdflib.namespace import XSD

from kg.changes import sentence
from kg.merge import merge, removal
from kg.merge.reasons import Reason
from kg.model import Change, Entity, Fact, Fit, Kind, Merge, Period, Verdict
from kg.ontology import Induction

ANN = thing("Ann Lee", "person")
BOB = thing("Bob Ray", "person")
ORB = thing("Orb Systems", "organization", "Orb Systems is a company.")
RIM = thing("Rim Works", "organization", "Rim Works is a company.")
KITE = thing("Kite", "organization", "Kite is a database.")


def again(entity, description="", document="d2"):
    """The same thing in another document."""
    return replace(entity, description=description, evidence=(quote(entity.label, document),))


@pytest.fixture
def graph() -> Graph:
    world = Graph()
    world.say(
        [ANN, BOB, ORB, RIM, KITE],
        [
            relation(ANN, "works at", ORB),
            relation(BOB, "works at", RIM),
            relation(RIM, "is a competitor of", ORB),
            relation(ORB, "uses", KITE),
            relation(ORB, "was founded in", Literal("2010", datatype=XSD.gYear)),
        ],
    )
    return world


def only(changes, kind: Kind) -> Change:
    found = [c for c in changes if c.kind is kind]
    assert len(found) == 1, [sentence(c) for c in changes]
    return found[0]


def codes(change: Change) -> set[str]:
    return {r.split(":", 1)[0] for r in change.reasons}


def test_a_first_cycle_needs_an_ontology():
    found = Graph().propose([ANN, ORB], [relation(ANN, "works at", ORB)])
    kinds = [c.kind for c in found.changes]
    assert kinds == sorted(
        kinds, key=[Kind.new_class, Kind.new_property, Kind.new_entity, Kind.new_fact].index
    )
    assert {c.fit for c in found.changes} == {Fit.turbulent}
    fact = only(found.changes, Kind.new_fact)
    by_id = {c.id: c for c in found.changes}
    assert {by_id[d].subject or by_id[d].predicate for d in fact.depends_on} >= {"Ann Lee", "Orb Systems"}
    assert [c.object for c in found.changes if c.subject == "Company"] == ["Organization"]


def test_what_fits_is_laminar(graph):
    found = graph.propose(
        [BOB, again(ORB)], [relation(ORB, "uses", KITE, document="d2"), relation(BOB, "developed", KITE)]
    )
    assert only(found.changes, Kind.new_property).predicate == "developed"
    eve = thing("Eve Fox", "person")
    fact = only(graph.propose([eve, ORB], [relation(eve, "joined", ORB)]).changes, Kind.new_fact)
    assert (fact.fit, fact.verdict) == (Fit.laminar, Verdict.single_source)
    assert sentence(fact) == "Eve Fox works at Orb Systems."


def test_two_documents_corroborate(graph):
    eve = thing("Eve Fox", "person")
    relations = [relation(eve, "works at", ORB), relation(eve, "works at", ORB, document="d2")]
    assert only(graph.propose([eve, ORB], relations).changes, Kind.new_fact).verdict is Verdict.corroborated


def test_no_evidence_is_never_laminar(graph):
    eve = thing("Eve Fox", "person")
    bare = replace(relation(eve, "works at", ORB), evidence=())
    fact = only(graph.propose([eve, ORB], [bare]).changes, Kind.new_fact)
    assert (fact.fit, fact.verdict) == (Fit.turbulent, Verdict.no_evidence)


def test_outside_the_domain_hangs_on_the_wider_domain(graph):
    kilo = thing("Kilo", "", "Kilo is a database.")
    found = graph.propose([KITE, kilo], [relation(KITE, "is a competitor of", kilo)])
    edit = only(found.changes, Kind.ontology_edit)
    fact = only(found.changes, Kind.new_fact)
    assert edit.before
    assert edit.after
    assert edit.id in fact.depends_on
    assert {Reason.outside_domain, Reason.outside_range} <= codes(fact)
    assert fact.fit is Fit.turbulent


def test_an_approved_thing_gains_a_source_an_alias_and_a_description(graph):
    more = replace(again(KITE, "Kite is a database. It was written in Oslo."), aliases=("KiteDB",))
    change = only(graph.propose([more], []).changes, Kind.changed_value)
    (old,), (new,) = change.before, change.after
    assert isinstance(old, Entity)
    assert isinstance(new, Entity)
    assert new.description == "Kite is a database. It was written in Oslo."
    assert new.aliases == ("KiteDB",)
    assert {e.document_id for e in new.evidence} == {"d1", "d2"}
    assert change.fit is Fit.laminar
    assert codes(change) == {"source", "alias", "description"}


def test_neither_description_wins(graph):
    change = only(graph.propose([again(ORB, "Orb Systems makes lamps.")], []).changes, Kind.changed_value)
    assert change.after[0].description == "Orb Systems is a company. Orb Systems makes lamps."


def test_a_fact_gains_a_source(graph):
    found = graph.propose([again(ANN), again(ORB)], [relation(ANN, "is employed by", ORB, document="d2")])
    facts = [c for c in found.changes if c.kind is Kind.changed_value and isinstance(c.after[0], Fact)]
    assert [c.verdict for c in facts] == [Verdict.corroborated]


def test_a_changed_employer_is_one_conflict_with_dates(graph):
    found = graph.propose(
        [again(BOB), again(RIM), again(ORB)],
        [
            relation(BOB, "left", RIM, "Bob Ray left Rim Works in April 2025.", "d2"),
            relation(BOB, "joined", ORB, "Bob Ray joined Orb Systems in May 2025.", "d2"),
        ],
    )
    card = only(found.changes, Kind.conflict)
    assert [f.object for f in card.before] == [RIM.iri]
    assert {(f.object, f.periods) for f in card.after} == {
        (RIM.iri, (Period("", "2025-04"),)),
        (ORB.iri, (Period("2025-05", ""),)),
    }
    assert (card.fit, card.verdict) == (Fit.turbulent, Verdict.conflict)
    assert sentence(card) == (
        "Bob Ray works at Orb Systems (since 2025-05). Approved so far: Bob Ray works at Rim Works."
    )


def test_another_employer_alone_is_a_conflict_too(graph):
    found = graph.propose([BOB, ORB], [relation(BOB, "is a data scientist at", ORB)])
    card = only(found.changes, Kind.conflict)
    assert Reason.dated_role in codes(card)


def test_an_earlier_employer_is_no_conflict(graph):
    found = graph.propose(
        [BOB, ORB], [relation(BOB, "worked at", ORB, "Bob Ray worked at Orb Systems from 2001 to 2004.")]
    )
    assert not [c for c in found.changes if c.kind is Kind.conflict]
    assert only(found.changes, Kind.new_fact).after[0].periods == (Period("2001", "2004"),)


def test_competitors_that_become_partners(graph):
    found = graph.propose([RIM, ORB], [relation(ORB, "announced a partnership with", RIM)])
    card = only(found.changes, Kind.conflict)
    assert Reason.excludes in codes(card)
    assert "competes with" in sentence(card)
    graph.accept(found.changes)
    assert {p for _, p, _ in graph.facts()} >= {"is partner of"}
    assert "competes with" not in {p for _, p, _ in graph.facts()}


def test_another_value_of_a_functional_property(graph):
    found = graph.propose([ORB], [relation(ORB, "was founded in", Literal("2012", datatype=XSD.gYear))])
    card = only(found.changes, Kind.conflict)
    assert Reason.functional in codes(card)
    graph.accept(found.changes)
    assert ("Orb Systems", "founding date", "2012") in graph.facts()
    assert ("Orb Systems", "founding date", "2010") not in graph.facts()


def test_the_same_date_more_precisely_is_no_conflict(graph):
    value = Literal("2010-05", datatype=XSD.gYearMonth, normalize=False)
    found = graph.propose([ORB], [relation(ORB, "was founded in", value)])
    assert not [c for c in found.changes if c.kind is Kind.conflict]
    assert Reason.refined in codes(only(found.changes, Kind.changed_value))


def test_a_deprecated_tool_and_what_replaces_it(graph):
    lamp = thing("Lamp", "organization", "Lamp is a database.")
    found = graph.propose(
        [again(ORB), again(KITE, "Kite has been deprecated."), lamp],
        [relation(ORB, "uses", lamp, "Orb Systems uses Lamp instead of Kite.", "d2")],
    )
    card = only(found.changes, Kind.conflict)
    assert {(f.object, ("status", "former") in f.qualifiers) for f in card.after} == {
        (KITE.iri, True),
        (lamp.iri, False),
    }
    assert Reason.out_of_use in codes(card)


def test_a_deprecated_tool_alone(graph):
    found = graph.propose([again(KITE, "The Kite-based setup is deprecated.")], [])
    card = only(found.changes, Kind.conflict)
    assert sentence(card) == "No longer: Orb Systems uses Kite (formerly)."


def test_what_is_no_longer_true(graph):
    found = graph.propose([ORB, KITE], [relation(ORB, "no longer uses", KITE, document="d2")])
    card = only(found.changes, Kind.conflict)
    assert Reason.ended in codes(card)
    graph.accept(found.changes)
    assert ("Orb Systems", "uses", "Kite") not in graph.facts()


def test_a_denial_of_what_nobody_said_is_nothing(graph):
    assert not graph.propose([RIM, KITE], [relation(RIM, "no longer uses", KITE)]).changes


def test_a_stated_kind_changes_a_vague_one(graph):
    vague = thing("Zork", "organization")
    graph.say([vague], [])
    change = only(
        graph.propose([replace(vague, description="Zork is a university in Oslo.")], []).changes,
        Kind.type_change,
    )
    assert change.object == "University"


def test_rejected_stays_out_with_what_hangs_on_it(graph):
    eve, dot = thing("Eve Fox", "person"), thing("Dot Inc", "organization", "Dot Inc is a company.")
    said = ([eve, dot, ORB], [relation(eve, "works at", dot), relation(dot, "uses", ORB)])
    first = graph.propose(*said)
    rejected = frozenset(c.key for c in first.changes if c.kind is Kind.new_entity and c.subject == "Dot Inc")
    second = graph.propose(*said, rejected=rejected)
    assert {c.subject for c in second.changes if c.kind is Kind.new_entity} == {"Eve Fox"}
    assert not [c for c in second.changes if c.kind is Kind.new_fact]


def test_a_rejected_class_gives_way_to_the_wider_one():
    said = ([ORB], [])
    first = Graph().propose(*said)
    rejected = frozenset(c.key for c in first.changes if c.subject == "Company")
    found = Graph().propose(*said, rejected=rejected)
    assert [c.object for c in found.changes if c.kind is Kind.new_entity] == ["Organization"]


def test_a_merge_takes_everything_along(graph):
    twin = thing("Orb", "organization", "Orb is a company.", "d2")
    eve = thing("Eve Fox", "person", document="d2")
    proposal = Merge(ORB.iri, twin.iri, "Orb Systems", "Orb", 0.8, ("prefix: Orb",))
    graph.say([twin, eve], [relation(eve, "works at", twin, document="d2")], proposal)
    assert ("Eve Fox", "works at", "Orb Systems") in graph.facts()
    (orb,) = [e for e in graph.approved().entities if e.iri == ORB.iri]
    assert orb.aliases == ("Orb",)
    assert not [e for e in graph.approved().entities if e.iri == twin.iri]


def test_two_approved_things_that_are_one(graph):
    twin = thing("Orb GmbH", "organization", "Orb GmbH is a company.", "d2")
    graph.say([again(ANN), twin, KITE], [relation(twin, "uses", KITE, document="d2")])
    proposal = Merge(ORB.iri, twin.iri, "Orb Systems", "Orb GmbH", 0.8)
    found = merge(DATASET, Induction(), (proposal,), graph.approved(), graph.version)
    before = graph.quads
    graph.accept(found.changes)
    assert [s for s, p, _ in graph.facts() if p == "uses"] == ["Orb Systems"]
    graph.apply(graph.deltas[-1].inverse())
    assert graph.quads == before


def test_removing_a_document(graph):
    graph.say([again(ANN), again(ORB)], [relation(ANN, "is employed by", ORB, document="d2")])
    found = removal(DATASET, ["d1"], graph.approved(), graph.version)
    by_kind = {k: sorted(c.subject for c in found.changes if c.kind is k) for k in Kind}
    assert by_kind[Kind.removed_entity] == ["Bob Ray", "Kite", "Rim Works"]
    assert len(by_kind[Kind.removed_fact]) == 4
    assert by_kind[Kind.changed_value] == ["Ann Lee", "Ann Lee", "Orb Systems"]
    graph.accept(found.changes)
    assert graph.facts() == {("Ann Lee", "works at", "Orb Systems")}
    assert all(e.document_id == "d2" for f in graph.approved().facts for e in f.evidence)


def test_a_removed_thing_waits_for_its_facts(graph):
    found = removal(DATASET, ["d1"], graph.approved(), graph.version)
    gone = next(c for c in found.changes if c.kind is Kind.removed_entity and c.subject == "Kite")
    assert gone.depends_on
    kept = [c for c in found.changes if c.id not in gone.depends_on]
    plan = graph.accept(kept)
    assert gone.id in plan.skipped


def test_replacing_a_document_says_only_what_differs(graph):
    facts = [relation(ANN, "works at", ORB, document="d9")]
    induction = graph.induce([again(ANN, document="d9"), again(ORB, document="d9")], facts)
    found = merge(DATASET, induction, (), graph.approved(), graph.version, withdrawn=["d1"])
    assert {c.subject for c in found.changes if c.kind is Kind.removed_entity} == {
        "Bob Ray",
        "Rim Works",
        "Kite",
    }
    assert not [c for c in found.changes if c.kind is Kind.new_fact]


def test_ids_and_keys_are_single(graph):
    twins = [
        thing("Max Ort", "person"),
        replace(thing("Max Ort", "person"), iri=DATASET.entity("Max Ort", 2)),
    ]
    changes = graph.propose(twins, []).changes
    assert len({c.id for c in changes}) == len({c.key for c in changes}) == 2
