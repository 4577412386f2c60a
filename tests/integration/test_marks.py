"""The facts of a document's text, from proposed to approved to taken back."""

from sqlmodel import select

from jobs import pipeline
from portal import marks, publishing, versions
from portal.marks import FactState, MarkedFact
from portal.models import Revision
from tests.installation import Installation

TEXT = "Alice Smith works at ACME Corporation."


def states(here: Installation, start: int = 0, end: int = len(TEXT)) -> set[FactState]:
    return {m.state for m in read(here, start, end)}


def read(here: Installation, start: int, end: int) -> tuple[MarkedFact, ...]:
    with here.parts.session() as db:
        key = db.exec(select(Revision.key)).one()
    return marks.within(here.parts, here.actor, here.rag, key, start, end)


def test_a_fact_is_where_it_stands_today(installation: Installation) -> None:
    here = installation
    here.upload(alice_txt=TEXT)
    pipeline.run_cycle(here.parts, here.view(1).id, lambda: False)
    assert states(here) == {FactState.waiting}
    fact = read(here, 0, len(TEXT))[0]
    assert (fact.cycle, fact.places) == (1, ((0, len(TEXT)),))
    assert states(here, len(TEXT), len(TEXT) + 100) == set()
    versions.approve(here.parts, here.actor, here.rag, 1, all_=True)
    publishing.run(here.parts, here.view(1).id)
    assert states(here) == {FactState.approved}
    publishing.run(here.parts, versions.rollback(here.parts, here.actor, here.rag, 0))
    assert states(here) == {FactState.gone}
