"""Looking around in an approved version, on both kinds of installation: one town, every service."""

import pytest

from portal.errors import NotFound
from portal.explore import address, dates, finding, past, places, terms
from portal.explore import entity as things
from portal.explore import picture as pictures
from portal.explore.drawn import Drawn, Wanted
from tests import explorer_world
from tests.explorer_world import HOSTILE, iri
from tests.installation import Installation


@pytest.fixture
def town(installation: Installation) -> Installation:
    here = installation
    told = explorer_world.told(here.parts, here.actor, here.rag)
    explorer_world.publish(here.parts, here.actor, here.rag, explorer_world.town(here.dataset, told), told)
    here.parts.index.summarise(here.dataset, 1)
    return here


def test_a_town_is_explored(town: Installation) -> None:
    a_thing_has_its_page(town)
    what_is_no_thing_is_not_found(town)
    letters_find_things(town)
    a_neighbourhood_is_drawn(town)
    a_way_joins_two_people(town)
    kinds_places_and_dates_are_told(town)


def a_thing_has_its_page(here: Installation) -> None:
    dataset = here.dataset
    asked = address.of(dataset, iri(dataset, "ACME Corporation"))
    assert "/" not in asked
    page = things.page(here.parts, here.actor, here.rag, asked)
    assert page.entity.aliases == ("ACME", "The Roadrunner Supplier")
    assert page.classes == ("company",)
    groups = {(g.label, g.outward): g for g in page.groups}
    assert set(groups) == {("based in", True), ("founded", True), ("works at", False)}
    staff = groups["works at", False]
    assert (staff.total, [v.subject for v in staff.facts]) == (2, ["Alice Smith", "Carol Davis"])
    assert staff.facts[0].fact.evidence[0].quote == "Alice Smith works at ACME Corporation."
    assert [s.first.document for s in page.sources] == ["town.md"]
    history = past.of(here.parts, here.actor, here.rag, page.entity)
    assert [(s.version, s.approved_by, s.changes) for s in history.steps] == [(1, "Ann", 5)]
    joined = things.communities(here.parts, here.actor, here.rag, page.entity.iri)
    assert "Alice Smith" in {m.label for c in joined for m in c.members}

    page = things.page(here.parts, here.actor, here.rag, str(iri(dataset, "John Smith")))
    others = things.namesakes(here.parts, here.actor, here.rag, page.entity)
    assert [(o.label, o.classes) for o in others] == [("John Smith", ("company",))]
    assert things.page(here.parts, here.actor, here.rag, iri(dataset, HOSTILE)).entity.label == HOSTILE


def what_is_no_thing_is_not_found(here: Installation) -> None:
    for asked in ("", "nobody-123", "javascript:alert(1)", "a b", "x" * 3000, '"><script>', "../ontology"):
        with pytest.raises(NotFound):
            things.page(here.parts, here.actor, here.rag, asked)


def letters_find_things(here: Installation) -> None:
    def first(words: str) -> str:
        return finding.find(here.parts, here.actor, here.rag, words)[0].label

    assert first("Chaikovsky") == "Пётр Чайковский"
    assert first("Иванов") == "Sergey Ivanov"
    assert first("Bob Jonson") == "Bob Johnson"
    assert first("roadrunner") == "ACME Corporation"
    assert {f.classes for f in finding.find(here.parts, here.actor, here.rag, "John Smith")[:2]} == {
        ("person",),
        ("company",),
    }
    assert finding.find(here.parts, here.actor, here.rag, " ") == ()
    assert finding.foremost(here.parts, here.actor, here.rag)[0].label == "ACME Corporation"


def a_neighbourhood_is_drawn(here: Installation) -> None:
    acme, berlin = (str(iri(here.dataset, n)) for n in ("ACME Corporation", "Berlin"))

    def drawn(**how: object) -> Drawn:
        return pictures.picture(here.parts, here.actor, here.rag, Wanted(acme, **how))  # type: ignore[arg-type]

    def labels(of: Drawn) -> set[str]:
        return {n.label for n in of.nodes}

    one = drawn()
    assert labels(one) == {"ACME Corporation", "Alice Smith", "Carol Davis", "Berlin"}
    assert {(k.label, k.object == berlin) for k in one.links} == {("works at", False), ("based in", True)}
    assert (one.nodes[0].label, one.nodes[0].class_, one.nodes[1].label) == (
        "ACME Corporation",
        "company",
        "Berlin",  # of its neighbours the one with most facts
    )
    few = drawn(cap=2)
    assert (len(few.nodes), few.total) == (2, 4)
    assert "Northwind" in labels(drawn(hops=2))
    assert "Bob Johnson" in labels(drawn(hops=3))
    assert "Bob Johnson" not in labels(drawn(hops=2))
    assert "Northwind" in labels(drawn(expanded=(berlin,)))
    assert "Berlin" not in labels(drawn(hidden=frozenset({berlin})))
    bob = str(iri(here.dataset, "Bob Johnson"))
    assert "Bob Johnson" in labels(drawn(pinned=(bob,), cap=2))
    person = str(here.dataset.class_("person"))
    assert labels(drawn(classes=frozenset({person}))) == {"ACME Corporation", "Alice Smith", "Carol Davis"}
    based = str(here.dataset.property_("based in"))
    assert labels(drawn(properties=frozenset({based}), hops=3)) == {"ACME Corporation", "Berlin", "Northwind"}
    revision = one and things.page(here.parts, here.actor, here.rag, acme).sources[0].first.document_id
    assert labels(drawn(documents=frozenset({revision}))) == labels(one)
    assert labels(drawn(documents=frozenset({"another"}))) == {"ACME Corporation"}
    told = pictures.fact(
        here.parts, here.actor, here.rag, (one.links[0].subject, one.links[0].relation, one.links[0].object)
    )
    assert told is not None
    assert told.fact.evidence
    with pytest.raises(NotFound):
        pictures.picture(here.parts, here.actor, here.rag, Wanted("https://nobody.example/"))


def a_way_joins_two_people(here: Installation) -> None:
    def iri_of(name: str) -> str:
        return str(iri(here.dataset, name))

    found = pictures.way(here.parts, here.actor, here.rag, iri_of("Alice Smith"), iri_of("Bob Johnson"))
    assert found is not None
    assert [n.label for n in found.nodes] == [
        "Alice Smith",
        "ACME Corporation",
        "Berlin",
        "Northwind",
        "Bob Johnson",
    ]
    assert len(found.links) == 4
    none = pictures.way(here.parts, here.actor, here.rag, iri_of("Alice Smith"), iri_of("Пётр Чайковский"))
    assert none is None


def kinds_places_and_dates_are_told(here: Installation) -> None:
    told = terms.terms(here.parts, here.actor, here.rag)
    tree = {k.term.label: {b.term.label: b.uses for b in k.below} for k in told.kinds}
    assert tree == {"agent": {"person": 7, "company": 4}, "place": {}}
    works = next(r for r in told.relations if r.term.label == "works at")
    assert (works.uses, works.domain, works.range) == (6, "person", "company")
    there = places.places(here.parts, here.actor, here.rag)
    assert [(p.label, p.latitude, p.longitude) for p in there.found] == [
        ("Berlin", 52.52, 13.405),
        ("Moscow", 55.7558, 37.6173),
    ]
    dated = dates.dates(here.parts, here.actor, here.rag)
    assert [(d.view.subject, d.period.start) for d in dated.found][:2] == [
        ("ACME Corporation", "1999"),
        ("Alice Smith", "2015"),
    ]
    assert dated.total == 6
    of_bob = dates.dates(here.parts, here.actor, here.rag, iri(here.dataset, "Bob Johnson"))
    assert [d.period.start for d in of_bob.found] == ["2020-05-14"]
