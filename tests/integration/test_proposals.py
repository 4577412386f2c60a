"""A cycle's proposal looked at and asked before it is approved, on both kinds of installation."""

import pytest

from jobs import pipeline
from kg.model import Decision
from portal import (
    decisions,
    document_list,
    documents,
    finding,
    graph,
    proposals,
    publishing,
    questions,
    reviews,
    versions,
)
from portal.errors import Conflict
from portal.explore import picture as pictures
from portal.explore.drawn import Wanted
from portal.graph import Mark, Picture
from portal.models import CycleState
from portal.options import Options
from portal.review_rows import Filter
from tests.installation import Installation

HERE = "Alice Smith works at ACME Corporation.\nThe office of ACME Corporation is in Berlin.\n"
NEW = "Bob Johnson works at ACME Corporation.\nCarol Davis works at Northwind.\n"
QUESTION = "Where does Bob Johnson work?"


def read(here: Installation, number: int | None) -> int:
    assert number is not None
    pipeline.run_cycle(here.parts, here.view(number).id, lambda: False)
    assert here.view(number).state is CycleState.review, here.view(number)
    return number


def publish(here: Installation, number: int) -> None:
    versions.approve(here.parts, here.actor, here.rag, number, all_=True)
    assert publishing.run(here.parts, here.view(number).id) is not None


def around(here: Installation, name: str, staged: int | None) -> Picture:
    found = graph.find(here.parts, here.actor, here.rag, name, staged=staged)
    assert found, name
    return graph.neighbourhood(here.parts, here.actor, here.rag, found[0].iri, staged=staged)


def marks(picture: Picture) -> dict[tuple[str, str], Mark]:
    """(subject, object) in words -> what would happen to it."""
    label = {n.iri: n.label for n in picture.nodes}
    return {(label[e.subject], label[e.object]): e.mark for e in picture.edges}


def ids(here: Installation, number: int, text: str) -> list[str]:
    page = reviews.rows(here.parts, here.actor, here.rag, number, Filter(text=text), size=50)
    return [r.id for r in page.rows]


def test_a_proposal_is_asked_and_drawn_before_it_is_approved(installation: Installation) -> None:
    here = installation
    publish(here, read(here, here.upload(here_txt=HERE).cycle))
    number = read(here, here.upload(new_txt=NEW).cycle)

    approved = questions.ask(here.parts, here.actor, here.rag, QUESTION)
    assert not any(c.document == "new.txt" for c in approved.citations)
    proposed = questions.ask(here.parts, here.actor, here.rag, QUESTION, Options(staged=number))
    assert proposed.supported
    assert (proposed.version, proposed.citations[0].document) == (1, "new.txt")
    old = questions.ask(here.parts, here.actor, here.rag, "Where is the office?", Options(staged=number))
    assert old.citations[0].document == "here.txt"

    picture = around(here, "ACME Corporation", number)
    assert marks(picture)["Bob Johnson", "ACME Corporation"] is Mark.added
    assert marks(picture)["Alice Smith", "ACME Corporation"] is Mark.same
    assert {n.label: n.mark for n in picture.nodes}["Bob Johnson"] is Mark.added
    assert ("Bob Johnson", "ACME Corporation") not in marks(around(here, "ACME Corporation", None))
    explored = pictures.picture(here.parts, here.actor, here.rag, Wanted(picture.centre, staged=number))
    assert {n.label: n.mark for n in explored.nodes}["Bob Johnson"] is Mark.added
    assert {k.mark for k in explored.links} == {Mark.added, Mark.same}
    known = graph.ontology(here.parts, here.actor, here.rag, number)
    of = {c.label.casefold(): str(c.iri) for c in (*known.classes, *known.properties)}
    listed = document_list.everything(here.parts, here.actor, here.rag)
    new = next(d.revision for d in listed if d.name == "new.txt")

    def only(**how: frozenset[str]) -> tuple[set[str], set[Mark]]:
        """The things beside the centre, and what would happen to the facts."""
        wanted = Wanted(picture.centre, staged=number, **how)
        found = pictures.picture(here.parts, here.actor, here.rag, wanted)
        return {n.label for n in found.nodes} - {"ACME Corporation"}, {k.mark for k in found.links}

    people, facts = only(classes=frozenset([of["person"]]))
    assert people == {"Alice Smith", "Bob Johnson"}
    assert facts == {Mark.added, Mark.same}
    assert only(properties=frozenset([of["works at"]]))[0] == people
    named, facts = only(documents=frozenset([new]))
    assert "Bob Johnson" in named
    assert "Alice Smith" not in named
    assert facts == {Mark.added}
    first = graph.prominent(here.parts, here.actor, here.rag, staged=number)
    assert "Bob Johnson" in {f.label for f in first}

    # what is rejected is not part of the proposal any more
    about = ids(here, number, "Bob Johnson")
    decisions.decide(here.parts, here.actor, here.rag, number, about, Decision.rejected, "not him")
    assert ("Bob Johnson", "ACME Corporation") not in marks(around(here, "ACME Corporation", number))
    assert not graph.find(here.parts, here.actor, here.rag, "Bob Johnson", staged=number)
    found = finding.search(
        here.parts, here.actor, here.rag, "Bob Johnson works at ACME", Options(staged=number)
    )
    assert not any("Bob" in f.sentence for f in found.facts)

    publish(here, number)
    with pytest.raises(Conflict, match="not in review"):
        questions.ask(here.parts, here.actor, here.rag, QUESTION, Options(staged=number))


def test_a_fact_that_would_end_is_drawn_as_changed(installation: Installation) -> None:
    here = installation
    publish(here, read(here, here.upload(here_txt=HERE).cycle))
    number = read(
        here, here.upload(new_txt="Alice Smith worked at ACME Corporation from 2018 to 2023.").cycle
    )
    picture = around(here, "ACME Corporation", number)
    assert marks(picture)["Alice Smith", "ACME Corporation"] is Mark.changed
    assert marks(around(here, "Alice Smith", None))["Alice Smith", "ACME Corporation"] is Mark.same


def test_what_a_removal_takes_away_is_drawn_as_going(installation: Installation) -> None:
    here = installation
    publish(here, read(here, here.upload(here_txt=HERE, new_txt=NEW).cycle))
    listed = document_list.everything(here.parts, here.actor, here.rag)
    gone = next(d.id for d in listed if d.name == "new.txt")
    number = read(here, documents.remove(here.parts, here.actor, here.rag, gone))
    picture = around(here, "ACME Corporation", number)
    assert marks(picture)["Bob Johnson", "ACME Corporation"] is Mark.removed
    assert marks(picture)["Alice Smith", "ACME Corporation"] is Mark.same
    assert {n.label: n.mark for n in picture.nodes}["Bob Johnson"] is Mark.removed
    answer = questions.ask(here.parts, here.actor, here.rag, QUESTION, Options(staged=number))
    assert not any(c.document == "new.txt" for c in answer.citations)


def test_of_a_large_proposal_only_what_is_asked_about_is_laid_out(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = installation
    monkeypatch.setattr(proposals, "WHOLE", 3)  # a cycle of a few changes is a large one
    publish(here, read(here, here.upload(here_txt=HERE).cycle))
    said = f"{NEW}\nThe weather in Lisbon was fine on that day, and everybody went for a walk.\n"
    number = read(here, here.upload(new_txt=said, far_txt="Dora Evans works at Contoso.\n").cycle)

    answer = questions.ask(here.parts, here.actor, here.rag, QUESTION, Options(staged=number))
    assert (answer.supported, answer.citations[0].document) == (True, "new.txt")
    old = questions.ask(here.parts, here.actor, here.rag, "Where is the office?", Options(staged=number))
    assert old.citations[0].document == "here.txt"
    text = questions.ask(here.parts, here.actor, here.rag, "How was the weather?", Options(staged=number))
    assert {c.document for c in text.citations} == {"new.txt"}, "a passage that no fact was read from"

    picture = around(here, "ACME Corporation", number)
    assert marks(picture)["Bob Johnson", "ACME Corporation"] is Mark.added
    assert marks(picture)["Alice Smith", "ACME Corporation"] is Mark.same
    assert not {"Dora Evans", "Carol Davis"} & {n.label for n in picture.nodes}
    assert ("Dora Evans", "Contoso") in marks(around(here, "Dora Evans", number))
    bob = graph.find(here.parts, here.actor, here.rag, "Bob Johnson", staged=number)[0].iri
    two_steps = graph.neighbourhood(here.parts, here.actor, here.rag, bob, hops=2, staged=number)
    assert marks(two_steps)["Alice Smith", "ACME Corporation"] is Mark.same
    first = graph.prominent(here.parts, here.actor, here.rag, staged=number)
    assert {"Bob Johnson", "Carol Davis", "Dora Evans"} <= {f.label for f in first}

    about = ids(here, number, "Bob Johnson")
    decisions.decide(here.parts, here.actor, here.rag, number, about, Decision.rejected, "not him")
    assert ("Bob Johnson", "ACME Corporation") not in marks(around(here, "ACME Corporation", number))
