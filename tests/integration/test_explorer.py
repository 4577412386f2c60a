"""Looking around in an approved version, on both kinds of installation: one town, every service."""

import pytest

from portal.errors import NotFound
from portal.explore import address, past
from portal.explore import entity as things
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
