"""Changes: decisions with what hangs on them, edits, deltas that a rollback undoes exactly, JSON."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from knowledge_world import DATASET, Graph, quote, relation, thing
from rdflib import Literal
from rdflib.namespace import XSD

from kg import changes
from kg.changes import Settle, along, dependants, edited, from_json, instead, sentence, settled, to_json
from kg.errors import BadInput
from kg.model import Change, Entity, Fact, Kind, Merge, Period, ResolvedEntity, ResolvedRelation
from kg.rdf import to_nquads

ANN = thing("Ann Lee", "person")
BOB = thing("Bob Ray", "person")
ORB = thing("Orb Systems", "organization", "Orb Systems is a company.")
RIM = thing("Rim Works", "organization", "Rim Works is a company.")
FIRST = ([ANN, ORB], [relation(ANN, "works at", ORB)])
CONFLICT = (
    [replace(ANN, evidence=(quote("Ann Lee", "d2"),)), RIM],
    [relation(ANN, "joined", RIM, "Ann Lee joined Rim Works in May 2025.", "d2")],
)


def of(found, kind: Kind, **named: str) -> Change:
    return next(
        c for c in found.changes if c.kind is kind and all(getattr(c, k) == v for k, v in named.items())
    )


def conflict() -> tuple[Graph, Change]:
    graph = Graph()
    graph.say(*FIRST)
    return graph, of(graph.propose(*CONFLICT), Kind.conflict)


def employers(graph: Graph) -> dict[str, tuple[Period, ...]]:
    names = {e.iri: e.label for e in graph.approved().entities}
    return {names[f.object]: f.periods for f in graph.approved().facts}


# ---- what hangs together


def test_rejecting_a_class_takes_along_what_hangs_on_it():
    found = Graph().propose(*FIRST)
    fallen = dependants(found.changes, of(found, Kind.new_class, subject="Person").id)
    kinds = [c.kind for c in found.changes if c.id in fallen]
    assert kinds == [Kind.new_property, Kind.new_entity, Kind.new_fact]


def test_accepting_a_fact_takes_along_what_it_needs():
    found = Graph().propose(*FIRST)
    fact = of(found, Kind.new_fact)
    taken = along(found.changes, fact.id)
    assert {c.id for c in found.changes} == {*taken, fact.id}
    assert along(found.changes, fact.id, taken) == ()


def test_accepted_changes_without_their_dependencies_are_skipped():
    found = Graph().propose(*FIRST)
    fact = of(found, Kind.new_fact)
    plan = changes.delta(DATASET, [fact], 1)
    assert plan.skipped == (fact.id,)
    assert not plan.delta.add


# ---- edits


def test_a_property_is_renamed_and_keeps_its_iri():
    graph = Graph()
    found = graph.propose(*FIRST)
    change = of(found, Kind.new_property)
    renamed = edited(change, label="is employed at")
    graph.accept([renamed if c.id == change.id else c for c in found.changes])
    (property_,) = graph.approved().ontology.properties
    assert (property_.label, property_.iri) == ("is employed at", change.after[0].iri)
    assert ("Ann Lee", "is employed at", "Orb Systems") in graph.facts()


def test_a_fact_gets_another_object_direction_and_dates():
    graph = Graph()
    found = graph.propose([*FIRST[0], BOB, RIM], [*FIRST[1], relation(BOB, "works at", RIM)])
    ids = {c.id for c in found.changes}
    fact = of(found, Kind.new_fact, subject="Ann Lee")
    fixed = edited(fact, object_=RIM.iri, object_label="Rim Works", periods=[Period("2020", "")], ids=ids)
    assert sentence(fixed) == "Ann Lee works at Rim Works (since 2020)."
    assert of(found, Kind.new_entity, subject="Rim Works").id in fixed.depends_on
    assert of(found, Kind.new_entity, subject="Orb Systems").id not in fixed.depends_on
    turned = edited(fact, reverse=True)
    assert sentence(turned) == "Orb Systems works at Ann Lee."


def test_a_thing_gets_another_name_and_type():
    found = Graph().propose(*FIRST)
    change = of(found, Kind.new_entity, subject="Orb Systems")
    kinds = {c.subject: c.after[0] for c in found.changes if c.kind is Kind.new_class}
    fixed = edited(change, label="Orb", type_=kinds["Organization"])
    entity = fixed.after[0]
    assert isinstance(entity, Entity)
    assert (entity.label, entity.aliases, entity.types) == (
        "Orb",
        ("Orb Systems",),
        (kinds["Organization"].iri,),
    )


def test_a_proposed_property_gives_way_to_an_existing_one():
    graph = Graph()
    graph.say(*FIRST)
    existing = graph.approved().ontology.properties[0]
    found = graph.propose([BOB, ORB], [relation(BOB, "moonlighted at", ORB)])
    change = of(found, Kind.new_property)
    graph.accept([instead(change, existing) if c.id == change.id else c for c in found.changes])
    assert ("Bob Ray", "works at", "Orb Systems") in graph.facts()
    assert len(graph.approved().ontology.properties) == 1


@pytest.mark.parametrize("edit", [{"label": "x"}, {"type_": None, "label": " "}])
def test_an_edit_that_does_not_fit_is_refused(edit):
    fact = of(Graph().propose(*FIRST), Kind.new_fact)
    with pytest.raises(BadInput):
        edited(fact, **edit)


def test_a_value_cannot_be_turned_round():
    found = Graph().propose([ORB], [relation(ORB, "was founded in", Literal("2010", datatype=XSD.gYear))])
    with pytest.raises(BadInput):
        edited(of(found, Kind.new_fact), reverse=True)


# ---- conflicts


def test_keep():
    graph, card = conflict()
    plan = changes.delta(DATASET, [replace(settled(DATASET, card, Settle.keep), depends_on=())], 2)
    assert not plan.delta.add
    assert not plan.delta.remove
    assert graph.version == 1


def test_replace():
    graph, card = conflict()
    graph.accept(
        [
            settled(DATASET, c, Settle.switch) if c.id == card.id else c
            for c in graph.propose(*CONFLICT).changes
        ]
    )
    assert employers(graph) == {"Rim Works": (Period("2025-05", ""),)}


def test_keep_both_with_their_times():
    graph, card = conflict()
    both = settled(DATASET, card, Settle.keep_both, until="2025-04", since="2025-06")
    graph.accept([both if c.id == card.id else c for c in graph.propose(*CONFLICT).changes])
    assert employers(graph) == {
        "Orb Systems": (Period("", "2025-04"),),
        "Rim Works": (Period("2025-06", ""),),
    }


def test_not_the_same_thing():
    graph, card = conflict()
    apart = settled(DATASET, card, Settle.not_same)
    graph.accept([apart if c.id == card.id else c for c in graph.propose(*CONFLICT).changes])
    anns = {e.iri for e in graph.approved().entities if e.label == "Ann Lee"}
    assert len(anns) == 2
    assert len({f.subject for f in graph.approved().facts}) == 2


def test_only_conflicts_are_settled():
    with pytest.raises(BadInput):
        settled(DATASET, of(Graph().propose(*FIRST), Kind.new_fact), Settle.keep)


# ---- deltas


def test_two_changes_of_one_thing_make_one_thing():
    graph = Graph()
    graph.say([thing("Zork", "organization", "Zork makes lamps.")], [])
    more = replace(thing("Zork", "organization", "Zork is a university."), evidence=(quote("Zork", "d2"),))
    found = graph.propose([more], [])
    assert {c.kind for c in found.changes} >= {Kind.type_change, Kind.changed_value}
    graph.accept(found.changes)
    (zork,) = graph.approved().entities
    assert zork.description == "Zork makes lamps. Zork is a university."
    assert [t.rsplit("#", 1)[-1] for t in zork.types] == ["University"]


def test_a_chain_and_a_ring_of_merges():
    graph = Graph()
    things = [thing(name, "organization") for name in ("A One", "B Two", "C Three")]
    ring = [
        Merge(x.iri, y.iri, x.label, y.label, 0.9)
        for x, y in zip(things, things[1:] + things[:1], strict=True)
    ]
    graph.say(things, [], *ring)
    assert len(graph.approved().entities) == 1
    graph = Graph()
    graph.say(things, [], *ring[:2])
    (one,) = graph.approved().entities
    assert (one.label, one.aliases) == ("A One", ("B Two", "C Three"))


def test_new_facts_carry_the_version_that_brought_them():
    graph = Graph()
    graph.say(*FIRST)
    assert [f.version for f in graph.approved().facts] == [1]
    graph.say([ANN, ORB], [relation(ANN, "is employed by", ORB, document="d2")])
    assert [f.version for f in graph.approved().facts] == [1]


# ---- JSON


def test_json_is_lossless():
    graph, card = conflict()
    for change in (*Graph().propose(*FIRST).changes, card, *graph.propose(*CONFLICT).changes):
        assert from_json(to_json(change)) == change


@pytest.mark.parametrize(
    "data",
    [{}, {"@": "Change"}, {"@": "Fact", "subject": {"iri": "urn:x"}}, {"@": "Change", "kind": "evil"}, []],
)
def test_what_is_no_change_is_refused(data):
    with pytest.raises(BadInput):
        from_json(data)


# ---- properties

NAMES = ["Ann Lee", "Bob Ray", "Orb Systems", "Rim Works", "Kite", "Oslo", "Эмма Грин"]
TYPES = {"Ann Lee": "person", "Bob Ray": "person", "Oslo": "geo", "Эмма Грин": "person"}
WORDINGS = [
    "works at",
    "is employed by",
    "left",
    "founded",
    "competes with",
    "is a partner of",
    "uses",
    "no longer uses",
    "was developed by",
    "born in",
    "jousted with",
    "replaces",
    "related to",
]


@st.composite
def cycles(draw: st.DrawFn, document: str) -> tuple[list[ResolvedEntity], list[ResolvedRelation]]:
    names = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    things = [
        thing(
            n,
            TYPES.get(n, "organization"),
            draw(st.sampled_from(["", f"{n} is a company.", f"{n} is a tool."])),
            document,
        )
        for n in names
    ]
    relations = []
    for _ in range(draw(st.integers(0, 7))):
        subject = draw(st.sampled_from(things))
        wording = draw(st.sampled_from(WORDINGS))
        end = draw(st.sampled_from(things))
        if end is not subject:
            periods = draw(st.sampled_from([(), (Period("2019", ""),), (Period("2001", "2005"),)]))
            relations.append(relation(subject, wording, end, document=document, periods=periods))
    if draw(st.booleans()):
        year = draw(st.sampled_from(["1999", "2001"]))
        relations.append(
            relation(things[0], "was founded in", Literal(year, datatype=XSD.gYear), document=document)
        )
    return things, relations


def said_of(*periods: Period, wording: str = "works at", document: str = "d1"):
    found = [relation(ANN, wording, ORB, document=document, periods=(p,)) for p in periods]
    return [replace(t, evidence=(quote(t.label, document),)) for t in (ANN, ORB)], found


@settings(max_examples=30, deadline=None)
@given(cycles("d1"), cycles("d2"))
@example(said_of(Period()), said_of(Period("2001", "2005"), document="d2"))
@example(said_of(Period("2001", "")), said_of(Period("2001", "2005"), document="d2"))
@example(
    said_of(Period(), wording="founded"), said_of(Period("2001", "2005"), wording="founded", document="d2")
)
@example(said_of(Period("2001", ""), Period("2005", "")), said_of(Period("", "2005"), document="d2"))
@example(
    ([thing("Ann Lee", "person", "Ann Lee is a tool.")], []),
    (
        [thing(n, TYPES.get(n, "organization"), document="d2") for n in ("Kite", "Ann Lee", "Orb Systems")],
        [relation(thing("Kite"), "left", thing(n), document="d2") for n in ("Ann Lee", "Orb Systems")],
    ),
)
def test_merging_an_approved_cycle_again_changes_nothing(first, second):
    graph = Graph()
    graph.say(*first)
    assert [sentence(c) for c in graph.propose(*first).changes] == []
    graph.say(*second)
    assert [sentence(c) for c in graph.propose(*second).changes] == []


@settings(max_examples=25, deadline=None)
@given(cycles("d1"), cycles("d2"), st.randoms(use_true_random=False))
def test_the_order_of_things_and_relations_does_not_matter(first, second, random):
    graph = Graph()
    graph.say(*first)
    things, relations = list(second[0]), list(second[1])
    expected = graph.propose(things, relations)
    random.shuffle(things)
    random.shuffle(relations)
    assert graph.propose(things, relations) == expected


@settings(max_examples=25, deadline=None)
@given(cycles("d1"), cycles("d2"), st.data())
def test_accepting_and_undoing_restores_the_graph_byte_for_byte(first, second, data):
    graph = Graph()
    graph.say(*first)
    before = to_nquads(graph.quads)
    found = graph.propose(*second).changes
    taken = [c for c in found if data.draw(st.booleans())]
    plan = graph.accept(taken)
    assert set(plan.applied) | set(plan.skipped) == {c.id for c in taken}
    graph.apply(plan.delta.inverse())
    assert to_nquads(graph.quads) == before


@settings(max_examples=30, deadline=None)
@given(cycles("d1"), cycles("d2"))
def test_rejecting_everything_leaves_the_graph_untouched_and_does_not_come_back(first, second):
    graph = Graph()
    graph.say(*first)
    found = graph.propose(*second).changes
    plan = changes.delta(DATASET, [], 2)
    assert not plan.delta.add
    assert not plan.delta.remove
    rejected = frozenset(c.key for c in found)
    assert not [c for c in graph.propose(*second, rejected=rejected).changes if c.key in rejected]


@settings(max_examples=30, deadline=None)
@given(cycles("d1"), cycles("d2"))
def test_every_fact_is_on_a_property_of_the_ontology_and_changes_are_well_formed(first, second):
    graph = Graph()
    graph.say(*first)
    found = graph.propose(*second)
    assert len({c.id for c in found.changes}) == len(found.changes)
    assert len({c.key for c in found.changes}) == len(found.changes)
    seen: set[str] = set()
    for change in found.changes:
        assert set(change.depends_on) <= seen, "in an order that honours dependencies"
        seen.add(change.id)
        assert from_json(to_json(change)) == change
        assert sentence(change).endswith(".")
    graph.accept(found.changes)
    known = {p.iri for p in graph.approved().ontology.properties}
    assert {f.predicate for f in graph.approved().facts if isinstance(f, Fact)} <= known
