"""Removing and replacing documents: what would disappear, what stays, and what crosses another cycle."""

import pytest

from jobs import pipeline
from kg.approved import ApprovedGraph
from kg.model import Kind
from portal import document_list, documents, finding, i18n, indexing, publishing, reviews, versions
from portal.errors import Conflict
from portal.models import CycleKind, CycleState
from portal.options import Options
from portal.ui import review_sentence
from tests.installation import Installation

ALICE = "Alice Smith works at ACME Corporation."
BOB = "Bob Johnson works at ACME Corporation."
CAROL = "Carol Davis works at ACME Corporation."
DAN = "Dan Brown works at ACME Corporation."


def read(here: Installation, number: int | None) -> int:
    assert number is not None
    pipeline.run_cycle(here.parts, here.view(number).id, lambda: False)
    assert here.view(number).state is CycleState.review, here.view(number)
    return number


def publish(here: Installation, number: int) -> None:
    versions.approve(here.parts, here.actor, here.rag, number, all_=True)
    assert publishing.run(here.parts, here.view(number).id) is not None


def there(here: Installation) -> dict[str, int]:
    return {d.name: d.id for d in document_list.everything(here.parts, here.actor, here.rag)}


def remove(here: Installation, name: str) -> int | None:
    return documents.remove(here.parts, here.actor, here.rag, there(here)[name])


def working(here: Installation) -> set[str]:
    """Who is approved as working at ACME."""
    graph = ApprovedGraph(here.parts.store, here.dataset)
    acme = next(iri for iri, label in graph.search_labels("ACME") if label == "ACME Corporation")
    near = graph.near(acme).facts
    return {e.label for e in graph.names({f.subject for f in near}) if e.iri != acme}


def test_a_removal_says_what_disappears_and_what_only_loses_a_source(installation: Installation) -> None:
    here = installation
    publish(here, read(here, here.upload(alice_txt=ALICE, both_txt=f"{ALICE} {BOB}").cycle))
    number = read(here, remove(here, "both.txt"))
    summary = reviews.summary(here.parts, here.actor, here.rag, number)
    assert (summary.kind, summary.documents) == (CycleKind.removal, ("both.txt",))
    rows = reviews.rows(here.parts, here.actor, here.rag, number, size=100).rows
    gone = {r.change.subject for r in rows if r.kind in (Kind.removed_fact, Kind.removed_entity)}
    poorer = {r.change.subject for r in rows if r.kind is Kind.changed_value}
    assert gone == {"Bob Johnson"}
    assert "Alice Smith" in poorer
    assert (summary.removed, summary.changed) == (2, len(rows) - 2)

    publish(here, number)
    assert (set(there(here)), working(here)) == ({"alice.txt"}, {"Alice Smith"})
    back = versions.rollback(here.parts, here.actor, here.rag, 1)
    assert publishing.run(here.parts, back) is not None
    assert (set(there(here)), working(here)) == ({"alice.txt", "both.txt"}, {"Alice Smith", "Bob Johnson"})


def test_a_document_that_is_deleted_while_its_facts_are_staged_elsewhere(installation: Installation) -> None:
    """Version 1 holds a document, a newer revision of it is in review, and its removal is approved first."""
    here = installation
    publish(here, read(here, here.upload(alice_txt=ALICE, bob_txt=BOB).cycle))
    newer = read(here, here.upload(bob_txt=f"{BOB}\n{CAROL}").cycle)
    removal = read(here, remove(here, "bob.txt"))
    publish(here, removal)
    assert (set(there(here)), working(here)) == ({"alice.txt"}, {"Alice Smith"})

    with pytest.raises(Conflict, match="compared with it anew"):
        versions.approve(here.parts, here.actor, here.rag, newer, all_=True)
    publish(here, read(here, newer))
    assert set(there(here)) == {"alice.txt", "bob.txt"}
    assert working(here) == {"Alice Smith", "Bob Johnson", "Carol Davis"}
    found = finding.search(here.parts, here.actor, here.rag, "Bob Johnson", Options(mode="words"))
    assert [p.text for p in found.passages] == [f"{BOB}\n{CAROL}"]  # of one revision only


def test_what_is_not_approved_is_removed_where_it_is_decided(installation: Installation) -> None:
    here = installation
    publish(here, read(here, here.upload(alice_txt=ALICE).cycle))
    number = read(here, here.upload(bob_txt=BOB).cycle)
    with pytest.raises(Conflict, match=f"cycle {number}"):
        remove(here, "bob.txt")
    versions.reject(here.parts, here.actor, here.rag, number)
    assert remove(here, "bob.txt") is None
    assert set(there(here)) == {"alice.txt"}
    assert here.upload(bob_txt=BOB).cycle == number + 1  # it may come back


def test_a_document_removed_twice_is_in_the_versions_in_between(installation: Installation) -> None:
    """Removed, brought back, removed again: the index of each version holds the passages of that version."""
    here = installation
    publish(here, read(here, here.upload(alice_txt=ALICE, bob_txt=BOB).cycle))
    publish(here, read(here, remove(here, "bob.txt")))
    back = versions.rollback(here.parts, here.actor, here.rag, 1)
    assert publishing.run(here.parts, back) is not None
    publish(here, read(here, remove(here, "bob.txt")))

    def passages(version: int) -> set[str]:
        options = Options(mode="words", version=version)
        found = finding.search(here.parts, here.actor, here.rag, "works ACME", options).passages
        return {p.text for p in found}

    held = [{ALICE, BOB}, {ALICE}, {ALICE, BOB}, {ALICE}]
    assert [passages(v) for v in (1, 2, 3, 4)] == held
    back = versions.rollback(here.parts, here.actor, here.rag, 2)
    assert publishing.run(here.parts, back) is not None
    with here.parts.session() as db:
        kept = [len(indexing.revisions_at(db, here.rag, v)) for v in (1, 2, 3, 4, 5)]
    assert kept == [2, 1, 2, 1, 1]
    assert set(there(here)) == {"alice.txt"}
    assert passages(5) == {ALICE}


def test_a_newer_revision_says_what_it_changes(installation: Installation) -> None:
    """Bob is only in the older one, Alice in both and elsewhere, Carol comes with the newer one."""
    here = installation
    publish(here, read(here, here.upload(alice_txt=ALICE, both_txt=f"{ALICE} {BOB}", dan_txt=DAN).cycle))
    number = read(here, here.upload(both_txt=f"{CAROL} {DAN}").cycle)
    summary = reviews.summary(here.parts, here.actor, here.rag, number)
    assert summary.replacement is not None
    assert summary.replacement.documents == ("both.txt",)
    found = reviews.rows(here.parts, here.actor, here.rag, number, size=100).rows
    rows = {(r.kind, r.subject) for r in found}
    assert (Kind.removed_fact, "Bob Johnson") in rows
    assert (Kind.changed_value, "Alice Smith") in rows
    assert (Kind.new_fact, "Carol Davis") in rows
    assert (Kind.changed_value, "Dan Brown") in rows
    # Alice and what she does lose a source; Dan, what he does, and ACME are said by the new one as well
    assert (summary.removed, summary.replacement.poorer, summary.replacement.told_anew) == (2, 2, 3)
    i18n.use("en")
    sentence = review_sentence.of(summary)
    assert sentence.startswith("A newer revision of both.txt: 2 were said only by the older one")
    assert "2 only lose this source and stay; 3 are told anew; 2 are new." in sentence
    publish(here, number)
    assert working(here) == {"Alice Smith", "Carol Davis", "Dan Brown"}
    assert reviews.summary(here.parts, here.actor, here.rag, number).replacement is None
