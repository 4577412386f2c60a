"""A document's text with the facts that were read in it: marked, numbered, listed; page by page."""

import pytest
from sqlmodel import select

from kg import values
from kg.approved import Approved
from kg.merge import merge
from kg.model import Document, Entity, Evidence, Fact, Mark, Ontology, OntologyClass, Period, Property
from kg.ontology import Induction
from portal import change_rows, documents
from portal.documents import Upload, text_key
from portal.models import Change, Cycle, CycleState, Revision, Unit
from portal.ui import reader
from tests.pages.conftest import World, words

QUOTES = ("Alice works at Acme <b>Ltd</b>.", "Bob works at Acme too.")
TEXT = "# Beginning\n" + " ".join(QUOTES) + "\n" + "Nothing is said here.\n" * 1_000 + "# End\n"


@pytest.fixture
def shown(world: World) -> str:
    """A document in review, with two facts; its revision."""
    ann = world.actor("ann")
    documents.upload(world.parts, ann, world.rag, [Upload("a.md", TEXT.encode())])
    with world.parts.session() as db:
        revision = db.exec(select(Revision)).one()
        cycle = db.get_one(Cycle, revision.cycle_id)
        cycle.state = CycleState.review
        marks = (Mark(0, heading="Beginning", level=1), Mark(TEXT.index("# End"), heading="End", level=1))
        text = Document(revision.key, "a.md", TEXT, "en", marks)
        world.parts.files.put(text_key(world.rag, revision.key), values.dumps(text))
        db.add(
            Unit(cycle_id=cycle.id, revision_id=revision.id, unit_id="u0", number=0, start=0, end=len(TEXT))
        )
        dataset = world.parts.dataset(world.rag)
        person, works = (
            OntologyClass(dataset.class_("p"), "person"),
            Property(dataset.property_("w"), "works at", "object"),
        )
        said = [
            Evidence(revision.key, TEXT.index(q), TEXT.index(q) + len(q), q, "a.md", "u0") for q in QUOTES
        ]
        acme, alice, bob = (
            Entity(dataset.entity(n), n, types=(person.iri,), evidence=(said[0],))
            for n in ("Acme", "Alice", "Bob")
        )
        facts = tuple(
            Fact(who.iri, works.iri, acme.iri, evidence=(quote,), periods=(Period("2025-05"),))
            for who, quote in zip((alice, bob), said, strict=True)
        )
        induction = Induction(Ontology((person,), (works,)), (acme, alice, bob), facts)
        change_rows.replace(db, cycle.id or 0, merge(dataset, induction, (), Approved(), 0, cycle=1))
        db.commit()
        return revision.key


@pytest.mark.parametrize(
    ("locale", "waits", "rejected", "since"),
    [
        ("en", "Waits for review", "Rejected", "since May 2025"),
        ("ru", "Ждёт проверки", "Отклонено", "с: май 2025"),
    ],
)
def test_facts_are_marked_in_place_with_where_they_stand(
    world: World, shown: str, locale: str, waits: str, rejected: str, since: str
) -> None:
    with world.parts.session() as db:
        one = db.exec(select(Change).where(Change.kind == "new_fact", Change.subject == "Bob")).one()
        one.decision = "rejected"
        db.add(one)
        db.commit()
    app = world.open("document", locale=locale, rag=world.rag, revision=shown)
    text = words(app)
    assert (
        '<mark class="f-warn f-fact">Alice works at Acme &lt;b&gt;Ltd&lt;/b&gt;.</mark><sup>1</sup>' in text
    )
    assert '<mark class="f-bad f-fact">Bob works at Acme too.</mark><sup>2</sup>' in text
    assert f"{waits} 1" in text
    assert f"{rejected} 1" in text
    listed = [link.proto.label.replace("\\", "") for link in app.get("page_link")]
    assert [label for label in listed if since in label], listed


def test_a_long_text_is_read_page_by_page(world: World, shown: str) -> None:
    app = world.open("document", rag=world.rag, revision=shown)
    assert "Page 1 of 2" in words(app)
    app.button(key="page-next").click().run()
    assert "No facts were read in this part of the text." in words(app)
    app.selectbox[0].set_value(0).run()
    assert QUOTES[1] in words(app)
    asked = world.open("document", rag=world.rag, revision=shown, start=len(TEXT) - 5, end=len(TEXT))
    assert "Page 2 of 2" in words(asked)


def test_pages_of_a_text_meet_without_a_gap() -> None:
    for text in (TEXT, "x" * 30_000, "", "a\n" * reader.WINDOW):
        pages = -(-len(text) // reader.WINDOW)
        cuts = [reader.begins(text, n) for n in range(pages + 1)]
        assert cuts == sorted(cuts)
        assert (cuts[0], cuts[-1]) == (0, len(text))
        places = range(0, len(text), 997)
        assert all(cuts[reader.page_of(text, p)] <= p < cuts[reader.page_of(text, p) + 1] for p in places)
