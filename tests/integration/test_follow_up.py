"""What was left undecided comes back in a cycle of its own, and nothing else does."""

import pytest

from kg.model import Decision, Kind
from portal import decisions, publishing, reviews, uploads, versions
from portal.errors import Conflict
from portal.review_rows import Filter
from tests.installation import Installation
from tests.integration.test_removals import ALICE, BOB, CAROL, publish, read, working


def rows(here: Installation, number: int, text: str = "") -> list[reviews.Row]:
    found = reviews.rows(here.parts, here.actor, here.rag, number, Filter(text=text), size=100)
    return list(found.rows)


def test_what_was_left_is_reviewed_later(installation: Installation) -> None:
    here = installation
    number = read(here, here.upload(both_txt=f"{ALICE} {BOB} {CAROL}").cycle)
    with pytest.raises(Conflict):
        uploads.follow_up(here.parts, here.actor, here.rag, number)
    for text, decision in (("Carol Davis", Decision.rejected), ("Alice Smith", Decision.accepted)):
        ids = [r.id for r in rows(here, number, text)]
        decisions.decide(here.parts, here.actor, here.rag, number, ids, decision)
    versions.approve(here.parts, here.actor, here.rag, number)
    assert publishing.run(here.parts, here.view(number).id) is not None
    assert working(here) == {"Alice Smith"}

    later = read(here, uploads.follow_up(here.parts, here.actor, here.rag, number))
    proposed = rows(here, later)
    assert {r.subject for r in proposed if r.kind in (Kind.new_entity, Kind.new_fact)} == {"Bob Johnson"}
    assert "Carol Davis" not in {r.subject for r in proposed}, "what was rejected stays rejected"
    assert {r.kind for r in proposed} <= {Kind.new_entity, Kind.new_fact, Kind.changed_value}
    publish(here, later)
    assert working(here) == {"Alice Smith", "Bob Johnson"}
    with pytest.raises(Conflict, match="have changed since"):
        uploads.follow_up(here.parts, here.actor, here.rag, number)
