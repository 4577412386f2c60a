"""What people say to each other in a review, and what waits for whom, on both kinds of installation."""

import pytest

from kg.model import Decision, Ontology
from portal import comments, decisions, inbox, members, publishing, reviews, versions
from portal.access import Actor
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.inbox import Waits
from portal.models import User
from portal.review_rows import Filter
from portal.wiring import Parts
from tests.people import Team, make_team
from tests.worlds import World


@pytest.fixture
def team(parts: Parts) -> Team:
    return make_team(parts)


@pytest.fixture
def cycle(team: Team) -> int:
    """One cycle in review, uploaded by the editor."""
    world = World(team.dataset)
    return team.review(
        Ontology((world.person, world.company), (world.works_at,)),
        (world.alice, world.acme),
        (world.alice_at_acme,),
    )


def waits(team: Team, actor: Actor) -> list[tuple[Waits, int]]:
    return [(i.why, i.cycle) for i in inbox.waiting(team.parts, actor)]


def accept_all(team: Team, number: int) -> None:
    decisions.decide_matching(
        team.parts, team.editor, team.rag_id, number, Filter(), Decision.accepted, everything=True
    )


def test_a_comment_stands_at_its_change_and_tells_whom_it_mentions(team: Team, cycle: int) -> None:
    row = reviews.rows(team.parts, team.editor, team.rag_id, cycle, Filter(tab="facts")).rows[0]
    told = comments.add(
        team.parts, team.editor, team.rag_id, cycle, "Is this so, @owner? And @Viewer, @nobody.", row.id
    )
    assert sorted(told) == ["Owner", "Viewer"]
    (said,) = comments.thread(team.parts, team.viewer, team.rag_id, cycle, row.id)
    assert (said.who, said.told) == ("Editor", ("Owner", "Viewer"))
    assert comments.thread(team.parts, team.viewer, team.rag_id, cycle) == ()
    assert comments.counts(team.parts, team.viewer, team.rag_id, cycle, [row.id, ""]) == {row.id: 1}
    (item,) = (i for i in inbox.waiting(team.parts, team.owner) if i.why is Waits.mention)
    assert (item.change_id, item.who, item.cycle) == (row.id, "Editor", cycle)
    assert inbox.count(team.parts, team.owner) == 1
    inbox.seen(team.parts, team.owner, item.comment_id)
    assert inbox.count(team.parts, team.owner) == 0
    assert inbox.count(team.parts, team.viewer) == 1, "another has not read it yet"
    assert inbox.count(team.parts, team.stranger) == 0


def test_nothing_is_published_while_somebody_asks_for_changes(team: Team, cycle: int) -> None:
    accept_all(team, cycle)
    comments.add(team.parts, team.owner, team.rag_id, cycle, "The dates are wrong.", asks=True)
    assert (Waits.request, cycle) in waits(team, team.editor)
    assert inbox.count(team.parts, team.editor) == 1
    with pytest.raises(Conflict, match="Owner asked for changes"):
        versions.approve(team.parts, team.owner, team.rag_id, cycle)
    (request,) = comments.open_requests(team.parts, team.editor, team.rag_id, cycle)
    with pytest.raises(Forbidden):
        comments.settle(team.parts, team.editor, team.rag_id, request.id)
    comments.settle(team.parts, team.owner, team.rag_id, request.id)
    comments.settle(team.parts, team.owner, team.rag_id, request.id)
    versions.approve(team.parts, team.owner, team.rag_id, cycle)
    assert publishing.run(team.parts, team.cycle_id(cycle)) is not None
    with pytest.raises(Conflict):
        comments.add(team.parts, team.owner, team.rag_id, cycle, "Too late.", asks=True)
    comments.add(team.parts, team.owner, team.rag_id, cycle, "Well done.")
    assert len(comments.thread(team.parts, team.viewer, team.rag_id, cycle)) == 2


def test_what_waits_is_what_one_may_do(team: Team, cycle: int) -> None:
    assert waits(team, team.owner) == waits(team, team.editor) == [(Waits.decide, cycle)]
    assert waits(team, team.viewer) == waits(team, team.stranger) == []
    accept_all(team, cycle)
    assert waits(team, team.owner) == [(Waits.approve, cycle)]
    assert waits(team, team.editor) == []


def test_who_may_say_something(team: Team, cycle: int) -> None:
    with pytest.raises(Forbidden):
        comments.add(team.parts, team.viewer, team.rag_id, cycle, "Hello")
    with pytest.raises(NotFound):
        comments.thread(team.parts, team.stranger, team.rag_id, cycle)
    with pytest.raises(Invalid):
        comments.add(team.parts, team.editor, team.rag_id, cycle, " \n")
    with pytest.raises(Invalid):
        comments.add(team.parts, team.editor, team.rag_id, cycle, "x" * 5000)
    with pytest.raises(NotFound):
        comments.add(team.parts, team.editor, team.rag_id, cycle, "x", change_id="no-such-change")


def test_an_editor_removed_in_mid_review_is_out_and_what_they_decided_stays(team: Team, cycle: int) -> None:
    accept_all(team, cycle)
    comments.add(team.parts, team.owner, team.rag_id, cycle, "@editor please", asks=True)
    assert team.editor.user_id is not None
    members.remove(team.parts, team.owner, team.rag_id, team.editor.user_id)
    with pytest.raises(NotFound):
        accept_all(team, cycle)
    assert inbox.waiting(team.parts, team.editor) == ()
    assert inbox.count(team.parts, team.editor) == 0
    found = reviews.summary(team.parts, team.owner, team.rag_id, cycle)
    assert found.people == (("Editor", found.total),)


def test_mentions_are_by_name_address_or_its_beginning() -> None:
    ann, smith, bob = (
        User(id=1, email="ann@example.org", name="Ann"),
        User(id=2, email="a.smith@example.org", name="Ann Smith"),
        User(id=3, email="bob@example.org", name="Боб"),
    )

    def found(text: str) -> list[int | None]:
        return [u.id for u in comments.mentioned(text, [ann, smith, bob])]

    assert found("@Ann Smith, see this") == [2]
    assert found("@ann and @боб!") == [1, 3]
    assert found("@a.smith@example.org") == [2]
    assert found("mail ann@example.org, @anna, @smithy") == []
