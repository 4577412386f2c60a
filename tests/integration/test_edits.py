"""Corrections by members: kept, sent, reviewed, published, rolled back; and they bind what is read later."""

import pytest

from jobs import pipeline
from kg.edits import Problem
from kg.model import Decision, Fact, Kind, Verdict
from portal import (
    accounts,
    decisions,
    document_list,
    edit_facts,
    edit_terms,
    edit_things,
    edits,
    finding,
    graph,
    logins,
    members,
    publishing,
    questions,
    rags,
    reviews,
    versions,
)
from portal.access import Actor
from portal.edits import Why
from portal.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import CycleKind, CycleState, Role
from portal.options import Options
from tests.installation import Installation

TEAM = "Alice Smith works at ACME Corporation. Bob Johnson works at ACME Corporation."
ROLES = "Carol Davis leads Globex Corporation. Globex Corporation was founded in 2001."
WHY = Why("I was there.")
ONE = pytest.mark.parametrize("kind", ["embedded"], indirect=True)  # what no store does otherwise


def read(here: Installation, number: int | None) -> int:
    assert number is not None
    pipeline.run_cycle(here.parts, here.view(number).id, lambda: False)
    assert here.view(number).state is CycleState.review, here.view(number)
    return number


def publish(here: Installation, number: int) -> None:
    versions.approve(here.parts, here.actor, here.rag, number, all_=True)
    assert publishing.run(here.parts, here.view(number).id) is not None


def corrected(here: Installation) -> int:
    """Everything that waits, sent, reviewed and published."""
    number = read(here, edits.send(here.parts, here.actor, here.rag))
    publish(here, number)
    return number


def iri(here: Installation, label: str) -> str:
    return next(f.iri for f in graph.find(here.parts, here.actor, here.rag, label) if f.label == label)


def relation(here: Installation, label: str) -> str:
    known = graph.ontology(here.parts, here.actor, here.rag).properties
    return str(next(p.iri for p in known if p.label == label))


def said(here: Installation, label: str) -> set[tuple[str, str, str]]:
    seen = graph.thing(here.parts, here.actor, here.rag, iri(here, label)).facts
    return {(f.subject, f.predicate, f.object) for f in seen}


def fact(here: Installation, *words: str) -> Fact:
    seen = graph.thing(here.parts, here.actor, here.rag, iri(here, words[0])).facts
    return next(f.fact for f in seen if (f.subject, f.predicate, f.object) == words)


@pytest.fixture
def here(installation: Installation) -> Installation:
    publish(installation, read(installation, installation.upload(team_txt=TEAM, roles_txt=ROLES).cycle))
    return installation


def member(here: Installation, name: str, role: Role) -> Actor:
    email = f"{name}@edits.example"
    signed = logins.who(here.parts, accounts.register(here.parts, email, "a long enough secret", name=name))
    assert signed is not None
    members.add(here.parts, here.actor, here.rag, email, role)
    return signed.actor


def test_corrections_are_kept_sent_reviewed_published_and_rolled_back(here: Installation) -> None:
    p, a, r = here.parts, here.actor, here.rag
    works_at = relation(here, "works at")
    new = edit_things.new_thing(p, a, r, "Dora Ende", "", WHY)
    assert [f.label for f in edits.find(p, a, r, "dora")] == ["Dora Ende"]
    edit_facts.new_fact(p, a, r, new, works_at, iri(here, "ACME Corporation"), WHY, since="2020")
    left = fact(here, "Bob Johnson", "works at", "ACME Corporation")
    undone = edit_facts.remove_fact(p, a, r, left, WHY)
    edit_facts.change_fact(p, a, r, left, Why("His contract."), periods=(("03.2015", "2020"),))
    assert edits.waiting(p, a, r) == 3  # the change of a fact took the place of its removal
    with pytest.raises(NotFound):
        edits.undo(p, a, r, undone)
    assert {c.kind for k in edits.listing(p, a, r) for c in k.changes} == {
        Kind.new_entity, Kind.new_fact, Kind.changed_value,
    }  # fmt: skip

    number = read(here, edits.send(p, a, r))
    assert edits.waiting(p, a, r) == 0
    summary = reviews.summary(p, a, r, number)
    assert (summary.kind, summary.total, summary.without_evidence) == (CycleKind.correction, 3, 0)
    rows = reviews.rows(p, a, r, number).rows
    assert {row.verdict for row in rows} == {Verdict.stated, Verdict.needs_ontology} - (
        set() if any(row.verdict is Verdict.needs_ontology for row in rows) else {Verdict.needs_ontology}
    )
    assert {row.change.statement.reason for row in rows if row.change.statement} == {
        "I was there.",
        "His contract.",
    }
    publish(here, number)
    assert ("Dora Ende", "works at", "ACME Corporation") in said(here, "Dora Ende")
    dated = fact(here, "Bob Johnson", "works at", "ACME Corporation")
    assert [(q.start, q.end) for q in dated.periods] == [("2015-03", "2020")]
    assert [s.reason for s in dated.statements] == ["His contract."]
    found = questions.ask(p, a, r, "Where does Dora Ende work?")
    assert "ACME Corporation" in found.text

    back = versions.rollback(p, a, r, 1)
    assert publishing.run(p, back) is not None
    assert graph.find(p, a, r, "Dora Ende") == ()
    assert fact(here, "Bob Johnson", "works at", "ACME Corporation").periods == ()


@ONE
def test_a_merge_and_a_split_bind_what_is_read_later(here: Installation) -> None:
    p, a, r = here.parts, here.actor, here.rag
    alice_works = fact(here, "Alice Smith", "works at", "ACME Corporation")
    edit_things.split(p, a, r, iri(here, "ACME Corporation"), "ACME Labs", "", [alice_works], WHY)
    edit_things.merge(p, a, r, iri(here, "Carol Davis"), iri(here, "Bob Johnson"), WHY)
    corrected(here)
    assert said(here, "Alice Smith") == {("Alice Smith", "works at", "ACME Labs")}
    assert ("Carol Davis", "works at", "ACME Corporation") in said(here, "Carol Davis")
    text = "ACME Labs is also called ACME Corporation Labs. Eve Stone works at ACME Labs. Bob Johnson is old."
    again = read(here, here.upload(later_txt=text).cycle)
    rows = reviews.rows(p, a, r, again, size=100).rows
    assert Kind.merge_entities not in {row.kind for row in rows}
    assert not [row for row in rows if row.kind is Kind.new_entity and row.subject == "Bob Johnson"]
    publish(here, again)
    assert ("Eve Stone", "works at", "ACME Labs") in said(here, "Eve Stone")


def test_what_was_removed_comes_back_only_with_a_note(here: Installation) -> None:
    p, a, r = here.parts, here.actor, here.rag
    edit_facts.remove_fact(
        p, a, r, fact(here, "Alice Smith", "works at", "ACME Corporation"), Why("She never did.")
    )
    corrected(here)
    again = read(here, here.upload(again_txt="Alice Smith works at ACME Corporation.").cycle)
    rows = reviews.rows(p, a, r, again, size=100).rows
    (row,) = [x for x in rows if x.kind in (Kind.new_fact, Kind.conflict)]
    assert row.verdict is Verdict.conflict
    assert any(x.startswith("removed_before") and "She never did." in x for x in row.change.reasons)
    assert decisions.decide_matching(p, a, r, again, reviews.Filter(), Decision.accepted).changed < len(rows)
    publish(here, again)
    assert ("Alice Smith", "works at", "ACME Corporation") in said(here, "Alice Smith")


@ONE
def test_a_version_that_is_published_meanwhile(here: Installation) -> None:
    """Two members correct the same: the second cycle is compared anew and says what changes nothing."""
    p, a, r = here.parts, here.actor, here.rag
    second = member(here, "second", Role.owner)
    bob = fact(here, "Bob Johnson", "works at", "ACME Corporation")
    edit_facts.remove_fact(p, second, r, bob, Why("Gone."))
    edit_things.rename(p, second, r, iri(here, "Alice Smith"), "Alice Brown", ["Alice Smith"], "", WHY)
    theirs = read(here, edits.send(p, second, r))
    edit_facts.remove_fact(p, a, r, bob, WHY)
    corrected(here)
    with pytest.raises(Conflict, match="compared with it anew"):
        versions.approve(p, a, r, theirs, all_=True)
    read(here, theirs)
    assert edits.without_effect(p, a, r, theirs) == (("Gone.", Problem.gone),)
    publish(here, theirs)
    assert iri(here, "Alice Brown")
    assert finding.search(p, a, r, "Alice Brown", Options(mode="words")).entities[0].label == "Alice Brown"


@ONE
def test_the_ontology_is_corrected_with_what_uses_it(here: Installation) -> None:
    p, a, r = here.parts, here.actor, here.rag
    works_at = relation(here, "works at")
    lab = edit_terms.new_class(p, a, r, "Laboratory", "", WHY)
    edit_things.retype(p, a, r, iri(here, "ACME Corporation"), [lab], WHY)
    edit_terms.change_relation(p, a, r, works_at, edit_terms.Relation("is employed by"), WHY)
    edit_terms.remove_term(p, a, r, relation(here, "founding date"), WHY)
    corrected(here)
    known = graph.ontology(p, a, r)
    assert {q.label for q in known.properties} >= {"is employed by"}
    assert "founding date" not in {q.label for q in known.properties}
    acme = graph.thing(p, a, r, iri(here, "ACME Corporation"))
    assert acme.classes == ("Laboratory",)
    assert ("Bob Johnson", "is employed by", "ACME Corporation") in said(here, "Bob Johnson")
    with pytest.raises(Invalid, match="below itself"):
        edit_terms.change_class(p, a, r, lab, "Laboratory", lab, WHY)


@ONE
def test_who_may_and_what_is_refused(here: Installation) -> None:
    p, a, r = here.parts, here.actor, here.rag
    acme, works_at = iri(here, "ACME Corporation"), relation(here, "works at")
    reader, editor = member(here, "reader", Role.viewer), member(here, "editor", Role.editor)
    with pytest.raises(Forbidden):
        edit_things.remove_thing(p, reader, r, acme, WHY)
    for reason, wrong in {
        "how you know": lambda: edit_things.remove_thing(p, editor, r, acme, Why("  ")),
        "do not stand so": lambda: edit_things.remove_thing(
            p, editor, r, acme, Why("x", document(here, "team.txt"), "never said")
        ),
        "Give it a name": lambda: edit_things.new_thing(p, editor, r, " ", "", WHY),
        "so already": lambda: edit_facts.new_fact(
            p, editor, r, iri(here, "Bob Johnson"), works_at, acme, WHY
        ),
        "not a date": lambda: edit_facts.new_fact(p, editor, r, acme, works_at, acme, WHY, since="soon"),
        "before it begins": lambda: edit_facts.new_fact(
            p, editor, r, acme, works_at, acme, WHY, since="2020", until="2019"
        ),
        "the same one": lambda: edit_things.merge(p, editor, r, acme, acme, WHY),
    }.items():
        with pytest.raises((Invalid, Conflict), match=reason):
            wrong()
    with pytest.raises(NotFound):
        edit_facts.new_fact(p, editor, r, acme, "x:nothing", acme, WHY)
    with pytest.raises(Invalid):
        edits.send(p, editor, r)

    rags.change(
        p, a, r, name="Ours", description="", guidance="", cycle_tokens=0,
        editors_approve=True, forbid_self_approval=True,
    )  # fmt: skip
    quoted = Why("It says so.", document(here, "team.txt"), "Bob Johnson works at ACME")
    edit_things.rename(p, editor, r, acme, "ACME <script>alert(1)</script>", [], "", quoted)
    number = read(here, edits.send(p, editor, r))
    (row,) = reviews.rows(p, editor, r, number).rows
    assert "Bob Johnson works at ACME" in {e.quote for e in row.evidence}
    with pytest.raises(Conflict, match="somebody else"):
        versions.approve(p, editor, r, number, all_=True)
    versions.reject(p, a, r, number)
    assert iri(here, "ACME Corporation") == acme


def document(here: Installation, name: str) -> str:
    return next(
        d.revision for d in document_list.everything(here.parts, here.actor, here.rag) if d.name == name
    )
