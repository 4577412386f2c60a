"""What lies between versions, where a fact comes from, what needs another look, on both kinds of stores."""

from dataclasses import replace

import pytest

from kg import changes
from kg.model import ChangeSet, Decision, Kind, Ontology, Period, Property
from portal import (
    change_rows,
    comments,
    corrections,
    decisions,
    history,
    publishing,
    rags,
    review_context,
    reviews,
    versions,
)
from portal.corrections import Correction
from portal.errors import Invalid, NotFound
from portal.models import CycleState, Rag, now
from portal.review_rows import Filter, Row
from portal.wiring import Parts
from tests.people import Team, make_team
from tests.worlds import World


@pytest.fixture
def team(parts: Parts) -> Team:
    return make_team(parts)


@pytest.fixture
def world(team: Team) -> World:
    return World(team.dataset)


@pytest.fixture
def first(team: Team, world: World) -> int:
    return team.review(
        Ontology((world.person, world.company), (world.works_at, world.founded)),
        (world.alice, world.bob, world.acme),
        (world.alice_at_acme, world.bob_at_acme, world.acme_founded),
    )


def rows(team: Team, number: int, **where: str) -> list[Row]:
    return list(reviews.rows(team.parts, team.viewer, team.rag_id, number, Filter(**where), size=100).rows)


def publish(team: Team, number: int) -> int:
    versions.approve(team.parts, team.owner, team.rag_id, number, all_=True)
    done = publishing.run(team.parts, team.cycle_id(number))
    assert done is not None
    return done.version


def test_what_changed_is_told_in_sentences_and_a_fact_knows_where_it_comes_from(
    team: Team, world: World, first: int
) -> None:
    fact = next(r for r in rows(team, first, tab="facts") if r.subject == "Alice Smith")
    comments.add(team.parts, team.editor, team.rag_id, first, "Seen in her contract.", fact.id)
    decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.accepted)
    publish(team, first)
    begun = history.between(team.parts, team.viewer, team.rag_id, 0, 1)
    assert [(f.subject, f.predicate, f.object) for f in begun.added] == [
        ("ACME", "founded", "1999"),
        ("Alice Smith", "works at", "ACME"),
        ("Боб", "works at", "ACME"),
    ]
    assert begun.things == ("ACME", "Alice Smith", "Боб")
    assert set(begun.terms) == {"Company", "founded", "Person", "works at"}
    longer = replace(world.alice_at_acme, periods=(Period("2015", "2017"),))
    second = team.review(facts=(longer,))
    assert publish(team, second) == 2
    back = history.between(team.parts, team.viewer, team.rag_id, 1, 0)
    assert (len(back.removed), back.added, back.things_gone) == (3, (), begun.things)
    (approved,) = team.graph.facts_of([world.alice.iri])
    steps = history.origins(team.parts, team.viewer, team.rag_id, approved)
    assert [s.version for s in steps] == [2, 1]
    assert (steps[1].proposed_by, steps[1].decided_by, steps[1].approved_by) == ("Editor", "Editor", "Owner")
    assert steps[1].comments == (("Editor", "Seen in her contract."),)
    assert "a.txt" in steps[1].documents
    with pytest.raises(NotFound):
        history.origins(team.parts, team.stranger, team.rag_id, approved)


def test_a_relation_is_given_up_for_another_that_is_proposed(team: Team, world: World, first: int) -> None:
    employs = Property(team.dataset.property_("employed by"), "employed by", "object")
    second = team.review(Ontology((), (employs,)), (), (replace(world.bob_at_acme, predicate=employs.iri),))
    publish(team, first)
    other = team.review(
        Ontology((world.person, world.company), (world.works_at, employs)),
        (world.bob, world.acme),
        (replace(world.bob_at_acme, predicate=employs.iri),),
    )
    assert second != other
    row = next(r for r in rows(team, other, tab="ontology") if r.predicate == "employed by")
    with pytest.raises(Invalid):
        corrections.instead(team.parts, team.editor, team.rag_id, other, row.id, world.person)
    corrections.instead(team.parts, team.editor, team.rag_id, other, row.id, world.works_at)
    publish(team, other)
    assert {f.predicate for f in team.graph.facts_of([world.bob.iri])} == {world.works_at.iri}
    assert employs.iri not in team.graph.ontology().property_by_iri


def test_a_kind_once_accepted_is_not_needed_any_more(team: Team, first: int) -> None:
    assert {r.verdict for r in rows(team, first, tab="facts")} == {"needs_ontology"}
    decisions.decide_matching(
        team.parts,
        team.editor,
        team.rag_id,
        first,
        Filter(tab="ontology"),
        Decision.accepted,
        everything=True,
    )
    assert {r.verdict for r in rows(team, first, tab="facts")} == {"single_source", "corroborated"}
    assert not rows(team, first, tab="facts", verdict="needs_ontology")
    assert len(rows(team, first, tab="facts", verdict="single_source")) == 2


def test_what_was_decided_stays_when_the_rest_is_accepted(team: Team, first: int) -> None:
    fact = next(r for r in rows(team, first, tab="facts") if r.subject == "Боб")
    decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.rejected, "hearsay")
    decisions.decide_matching(
        team.parts, team.editor, team.rag_id, first, Filter(), Decision.accepted, everything=True
    )
    (kept,) = rows(team, first, decision="rejected")
    assert (kept.id, kept.reason) == (fact.id, "hearsay")


def test_a_value_is_corrected_in_its_own_datatype(team: Team, world: World, first: int) -> None:
    row = next(r for r in rows(team, first, tab="facts") if r.predicate == "founded")
    with pytest.raises(Invalid, match="not a value"):
        corrections.correct(team.parts, team.editor, team.rag_id, first, row.id, Correction(value="long ago"))
    corrections.correct(team.parts, team.editor, team.rag_id, first, row.id, Correction(value="1998"))
    publish(team, first)
    (said,) = team.graph.facts_of([world.acme.iri])
    assert str(said.object) == "1998"


def test_around_a_page_stands_what_helps_to_decide(team: Team, first: int) -> None:
    page = rows(team, first)
    around = review_context.around(team.parts, team.viewer, team.rag_id, first, page)
    works_at = next(r for r in page if r.kind is Kind.new_property and r.predicate == "works at")
    assert {c.subject for c in around.examples[works_at.id]} == {"Alice Smith", "Боб"}
    alice = next(r for r in page if r.kind is Kind.new_fact and r.subject == "Alice Smith")
    others = review_context.beside(team.parts, team.viewer, team.rag_id, first, alice)
    assert [r.subject for r in others] == ["Боб"], "read in the same passage of b.txt"


def test_what_changed_its_meaning_needs_another_look(team: Team, first: int) -> None:
    fact = next(r for r in rows(team, first, tab="facts") if r.subject == "Боб")
    decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.accepted)
    with team.parts.session() as db:
        cycle_id = team.cycle_id(first)
        moved = [
            changes.edited(c, periods=[Period("2020")]) if c.id == fact.id else c
            for _, c in change_rows.all_changes(db, cycle_id)
        ]
        dropped = change_rows.replace(db, cycle_id, ChangeSet(0, tuple(moved)))
        db.commit()
    assert dropped == 1
    assert reviews.summary(team.parts, team.viewer, team.rag_id, first).again == 1
    (again,) = reviews.rows(team.parts, team.viewer, team.rag_id, first, Filter(again=True)).rows
    assert (again.id, again.again, again.decision) == (fact.id, True, Decision.undecided)
    decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.rejected)
    assert reviews.summary(team.parts, team.viewer, team.rag_id, first).again == 0


def test_a_cycle_that_is_being_published_cannot_be_rejected_nor_decided(team: Team, first: int) -> None:
    versions.approve(team.parts, team.owner, team.rag_id, first, all_=True)
    with pytest.raises(Exception, match="not in review"):
        versions.reject(team.parts, team.owner, team.rag_id, first)
    with pytest.raises(Exception, match="not in review"):
        decisions.decide_matching(team.parts, team.editor, team.rag_id, first, Filter(), Decision.rejected)
    assert publishing.run(team.parts, team.cycle_id(first)) is not None
    assert team.state(first) is CycleState.approved


def test_a_deleted_knowledge_base_comes_back_to_its_owner_within_thirty_days(team: Team) -> None:
    rags.delete(team.parts, team.owner, team.rag_id, "Contracts")
    assert [r.id for r in rags.deleted(team.parts, team.owner)] == [team.rag_id]
    assert rags.deleted(team.parts, team.editor) == ()
    for who in (team.editor, team.stranger):
        with pytest.raises(NotFound):
            rags.restore(team.parts, who, team.rag_id)
    rags.restore(team.parts, team.owner, team.rag_id)
    assert [r.id for r in rags.mine(team.parts, team.viewer)] == [team.rag_id]
    rags.delete(team.parts, team.owner, team.rag_id, "Contracts")
    with team.parts.session() as db:
        rag = db.get_one(Rag, team.rag_id)
        rag.deleted_at = now() - rags.KEPT
        db.add(rag)
        db.commit()
    with pytest.raises(NotFound):
        rags.restore(team.parts, team.owner, team.rag_id)
