"""Review to version and back, on both kinds of installation."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlmodel import col, select

from kg import changes
from kg.model import Decision, Evidence, Fact, Kind, Ontology, Period, Verdict
from portal import decisions, history, publishing, reviews, versions
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import AuditEvent, CycleState, Rag
from portal.review_rows import Filter
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
    """The number of a cycle in review that proposes the whole world."""
    return team.review(
        Ontology((world.person, world.company), (world.works_at, world.founded)),
        (world.alice, world.bob, world.acme),
        (world.alice_at_acme, world.bob_at_acme, world.acme_founded),
    )


def rows(team: Team, number: int, **where: str) -> dict[str, reviews.Row]:
    page = reviews.rows(team.parts, team.viewer, team.rag_id, number, Filter(**where), size=100)
    return {r.sentence: r for r in page.rows}


def publish(team: Team, number: int, all_: bool = True) -> versions.Published:
    versions.approve(team.parts, team.owner, team.rag_id, number, all_)
    done = publishing.run(team.parts, team.cycle_id(number))
    assert done is not None
    return done


def test_the_summary_counts_what_a_cycle_would_do(team: Team, first: int) -> None:
    found = reviews.summary(team.parts, team.viewer, team.rag_id, first)
    assert (found.ontology, found.new, found.changed, found.removed, found.conflicts) == (4, 6, 0, 0, 0)
    assert found.decisions[Decision.undecided] == found.total == 10
    assert found.uploaded_by == "Editor"


def test_rows_are_filtered_paged_and_riskiest_first(team: Team, first: int) -> None:
    page = reviews.rows(team.parts, team.viewer, team.rag_id, first, Filter(tab="facts"), page=0, size=2)
    assert (len(page.rows), page.total) == (2, 3)
    everything = reviews.rows(team.parts, team.viewer, team.rag_id, first, size=100).rows
    risk = [list(Verdict).index(r.verdict) for r in everything]
    assert risk == sorted(risk)
    assert len(rows(team, first, text="alice")) >= 2
    assert not rows(team, first, text="100%_")
    choices = reviews.choices(team.parts, team.viewer, team.rag_id, first)
    assert "a.txt" in choices["document"]
    by_document = rows(team, first, tab="facts", document="b.txt")
    assert all(any(e.document == "b.txt" for e in r.evidence) for r in by_document.values())
    assert len(by_document) == 2
    assert {r.predicate for r in rows(team, first, tab="facts", property="founded").values()} == {"founded"}
    assert {r.subject for r in rows(team, first, tab="things", class_="Company").values()} == {"ACME"}
    assert not rows(team, first, tab="facts", verdict="conflict")
    assert len(rows(team, first, tab="facts", verdict="needs_ontology", decision="undecided")) == 3
    assert not rows(team, first, decision="rejected")


def test_rejecting_a_property_takes_its_facts_along_and_says_so_before(team: Team, first: int) -> None:
    works_at = next(r for r in rows(team, first, tab="ontology").values() if r.predicate == "works at")
    falls = reviews_consequences(team, first, works_at.id, Decision.rejected)
    assert {r.kind for r in falls} == {Kind.new_fact}
    assert len(falls) == 2
    decided = decisions.decide(
        team.parts, team.editor, team.rag_id, first, [works_at.id], Decision.rejected, "too vague"
    )
    assert decided.changed == 3
    after = rows(team, first, decision="rejected")
    assert len(after) == 3
    assert next(r for r in after.values() if r.id == works_at.id).reason == "too vague"


def reviews_consequences(team: Team, number: int, change: str, decision: Decision) -> tuple[reviews.Row, ...]:
    return decisions.consequences(team.parts, team.viewer, team.rag_id, number, [change], decision)


def test_accepting_a_fact_takes_along_what_it_needs(team: Team, first: int) -> None:
    fact = next(r for r in rows(team, first, tab="facts").values() if "1999" in r.sentence)
    decided = decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.accepted)
    accepted = rows(team, first, decision="accepted")
    assert len(accepted) == decided.changed == 1 + len(decided.also)
    assert {"ACME", "Company"} <= {r.subject for r in accepted.values()}
    assert all(r.decided_by == "Editor" for r in accepted.values())


def test_a_fact_whose_property_was_rejected_cannot_be_accepted(team: Team, first: int) -> None:
    works_at = next(r for r in rows(team, first, tab="ontology").values() if r.predicate == "works at")
    decisions.decide(team.parts, team.editor, team.rag_id, first, [works_at.id], Decision.rejected)
    fact = next(r for r in rows(team, first, tab="facts").values() if r.predicate == "works at")
    with pytest.raises(Conflict, match="rejected"):
        decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.accepted)


def test_bulk_accept_takes_only_what_is_safe(team: Team, first: int) -> None:
    facts = Filter(tab="facts")
    assert reviews.safe_in_bulk(team.parts, team.viewer, team.rag_id, first, facts) == 0
    decisions.decide_matching(
        team.parts,
        team.editor,
        team.rag_id,
        first,
        Filter(tab="ontology"),
        Decision.accepted,
        everything=True,
    )
    assert reviews.safe_in_bulk(team.parts, team.viewer, team.rag_id, first, facts) == 3
    decided = decisions.decide_matching(team.parts, team.editor, team.rag_id, first, facts, Decision.accepted)
    assert decided.changed >= 3


def test_roles(team: Team, first: int) -> None:
    with pytest.raises(Forbidden):
        decisions.decide_matching(
            team.parts, team.viewer, team.rag_id, first, Filter(), Decision.accepted, everything=True
        )
    with pytest.raises(Forbidden):
        versions.approve(team.parts, team.editor, team.rag_id, first, all_=True)
    with pytest.raises(NotFound):
        reviews.summary(team.parts, team.stranger, team.rag_id, first)
    with pytest.raises(NotFound):
        reviews.summary(team.parts, team.owner, team.rag_id, 99)


def test_nothing_accepted_is_not_published(team: Team, first: int) -> None:
    with pytest.raises(Invalid, match="Nothing is accepted"):
        versions.approve(team.parts, team.owner, team.rag_id, first)
    assert team.state(first) is CycleState.review


def test_approving_makes_the_next_version_and_rolling_back_restores(
    team: Team, world: World, first: int
) -> None:
    done = publish(team, first)
    assert (done.version, done.applied, done.skipped) == (1, 10, 0)
    assert team.state(first) is CycleState.approved
    assert {e.label for e in team.graph.entities([world.alice.iri, world.acme.iri])} == {
        "Alice Smith",
        "ACME",
    }
    carol = replace(world.bob, iri=team.dataset.entity("Carol"), label="Carol", language="en")
    at_acme = Fact(
        carol.iri, world.works_at.iri, world.acme.iri, evidence=(Evidence("d3", 0, 5, "Carol", "c.txt"),)
    )
    second = team.review(entities=(carol,), facts=(at_acme,))
    assert publish(team, second).version == 2
    cycle_id = versions.rollback(team.parts, team.owner, team.rag_id, 1)
    back = publishing.run(team.parts, cycle_id)
    assert back is not None
    assert back.version == team.version() == 3
    assert not team.graph.entities([carol.iri])
    assert len(team.graph.facts_of([world.alice.iri])) == 1
    with team.parts.session() as db:
        record = db.exec(select(AuditEvent.action, AuditEvent.user_id).order_by(col(AuditEvent.id))).all()
    assert ("cycle.approve", team.owner.user_id) in record
    assert ("version.rollback", team.owner.user_id) in record
    assert [v.number for v in history.timeline(team.parts, team.viewer, team.rag_id)] == [3, 2, 1]
    assert history.compare(team.parts, team.viewer, team.rag_id, 1, 3).add == frozenset()
    gone = history.compare(team.parts, team.viewer, team.rag_id, 2, 3)
    assert any(str(o) == "Carol" for _, _, o, _ in gone.remove)


def test_approving_twice_makes_one_version(team: Team, first: int) -> None:
    versions.approve(team.parts, team.owner, team.rag_id, first, all_=True)
    versions.approve(team.parts, team.owner, team.rag_id, first, all_=True)
    threads = [Thread(target=publishing.run, args=(team.parts, team.cycle_id(first))) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    publishing.run(team.parts, team.cycle_id(first))
    assert team.version() == team.graph.version() == 1
    assert len(history.timeline(team.parts, team.viewer, team.rag_id)) == 1


def test_a_cycle_whose_base_moved_is_compared_anew(team: Team, world: World, first: int) -> None:
    other = team.review(Ontology((world.person,), ()), (world.bob,), ())
    publish(team, first)
    with pytest.raises(Conflict, match="compared with it anew"):
        versions.approve(team.parts, team.owner, team.rag_id, other, all_=True)
    assert team.state(other) in (CycleState.waiting, CycleState.running)
    assert team.version() == 1


def test_a_rejected_cycle_leaves_nothing_behind(team: Team, first: int) -> None:
    versions.reject(team.parts, team.editor, team.rag_id, first)
    assert team.state(first) is CycleState.rejected
    assert not team.parts.store.graphs(team.dataset)
    with pytest.raises(Conflict):
        versions.approve(team.parts, team.owner, team.rag_id, first, all_=True)


def test_rolling_back_to_what_is_not_there(team: Team, first: int) -> None:
    with pytest.raises(Invalid, match="cannot be returned to"):
        versions.rollback(team.parts, team.owner, team.rag_id, 0)
    publish(team, first)
    with pytest.raises(Invalid):
        versions.rollback(team.parts, team.owner, team.rag_id, 7)


def test_a_fact_corrected_by_hand_is_published_as_corrected(team: Team, world: World, first: int) -> None:
    fact = next(r for r in rows(team, first, tab="facts").values() if r.subject == "Alice Smith")
    assert isinstance(fact.change.after[0], Fact)
    period = (Period("2014", "2016"),)
    decided = decisions.edit(
        team.parts, team.editor, team.rag_id, first, changes.edited(fact.change, periods=period)
    )
    assert decided.changed > 1  # what the fact needs came along
    assert rows(team, first, decision="edited")
    publish(team, first, all_=False)
    (approved,) = team.graph.facts_of([world.alice.iri])
    assert approved.periods == period


def test_two_people_approve_at_once_and_one_is_told_of_the_other(team: Team, first: int) -> None:
    """Both doors at the same moment: one version, of one of them; the other reads who it was, and when."""
    with team.parts.session() as db:
        db.get_one(Rag, team.rag_id).editors_approve = True
        db.commit()
    people = {"Owner": team.owner, "Editor": team.editor}
    together, told = Barrier(2), dict.fromkeys(people, "?")

    def approve(name: str, all_: bool) -> None:
        together.wait()
        told[name] = versions.approve(team.parts, people[name], team.rag_id, first, all_)

    threads = [Thread(target=approve, args=(name, True)) for name in people]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    (winner,) = (name for name, answer in told.items() if answer == "")
    (other,) = people.keys() - {winner}
    assert told[other] == winner
    on_its_way = reviews.summary(team.parts, people[other], team.rag_id, first)
    assert (on_its_way.state, on_its_way.approved_by) == (CycleState.publishing, winner)
    publishing.run(team.parts, team.cycle_id(first))
    (version,) = history.timeline(team.parts, team.viewer, team.rag_id)
    assert (version.number, version.approved_by, team.graph.version()) == (1, winner, 1)
    after = reviews.summary(team.parts, people[other], team.rag_id, first)
    assert (after.approved_by, after.approved) == (winner, (1, version.approved_at))
    assert versions.approve(team.parts, people[other], team.rag_id, first) == winner
    assert versions.approve(team.parts, people[winner], team.rag_id, first) == ""


def test_publishing_says_before_what_it_would_leave_out(team: Team, first: int) -> None:
    fact = next(r for r in rows(team, first, tab="facts").values() if "1999" in r.sentence)
    decisions.decide(team.parts, team.editor, team.rag_id, first, [fact.id], Decision.accepted)
    assert reviews.left_out(team.parts, team.viewer, team.rag_id, first) == 0
    company = next(r for r in rows(team, first, tab="ontology").values() if r.subject == "Company")
    decisions.decide(team.parts, team.editor, team.rag_id, first, [company.id], Decision.undecided)
    # the firm is of that kind, and the fact is about the firm
    expected = reviews.left_out(team.parts, team.viewer, team.rag_id, first)
    assert expected > 1
    assert publish(team, first, all_=False).skipped == expected
