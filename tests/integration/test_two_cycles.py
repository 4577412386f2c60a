"""The team's first two uploads, on both kinds of installation: what is approved holds together."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import rdflib
from rdflib import Literal, URIRef
from rdflib.namespace import OWL, RDF
from sqlmodel import select

from jobs import pipeline
from kg import values
from kg.embed.local import E5
from kg.model import Document
from kg.rdf import NAMING
from kg.vocab import FERAG, PROV, Dataset
from portal import documents, exports, graph, publishing, questions, versions
from portal.documents import Upload
from portal.models import CycleState, Revision
from portal.options import Options
from tests.installation import Installation


def approve_cycle(here: Installation, folder: Path) -> None:
    files = [Upload(p.name, p.read_bytes()) for p in sorted(folder.glob("*.txt"))]
    number = documents.upload(here.parts, here.actor, here.rag, files).cycle
    assert number is not None
    pipeline.run_cycle(here.parts, here.view(number).id, lambda: False)
    assert here.view(number).state is CycleState.review, here.view(number)
    versions.approve(here.parts, here.actor, here.rag, number, all_=True)
    with embedded() as texts:
        done = publishing.run(here.parts, here.view(number).id)
    assert done is not None
    assert done.skipped == 0
    assert not texts  # all of it was embedded before anybody approved it


@contextmanager
def embedded() -> Iterator[list[str]]:
    """The passages that are embedded meanwhile."""
    found: list[str] = []
    encode = E5.passages

    def passages(self: E5, texts: Sequence[str]) -> np.ndarray:
        found.extend(texts)
        return encode(self, texts)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(E5, "passages", passages)
        yield found


def exported(here: Installation) -> rdflib.Dataset:
    out = io.BytesIO()
    exports.export(here.parts, here.actor, here.rag, out)
    read = rdflib.Dataset()
    read.parse(data=out.getvalue(), format="trig")
    return read


def texts(here: Installation) -> dict[str, str]:
    with here.parts.session() as db:
        keys = db.exec(select(Revision.key).where(Revision.rag_id == here.rag)).all()
    return {
        k: values.loads(Document, here.parts.files.get(documents.text_key(here.rag, k))).text for k in keys
    }


def check_facts(approved: rdflib.Dataset, dataset: Dataset) -> int:
    """Every fact is on a property of the ontology graph and has its assertion; how many there are."""
    ontology, facts = approved.graph(dataset.ontology), approved.graph(dataset.facts)
    properties = set(ontology.subjects(RDF.type, OWL.ObjectProperty)) | set(
        ontology.subjects(RDF.type, OWL.DatatypeProperty)
    )
    classes = {*ontology.subjects(RDF.type, OWL.Class), OWL.Thing}  # of what nobody said what it is
    said = [(s, p, o) for s, p, o in facts if p not in NAMING]
    assert {p for _, p, _ in said} <= properties
    assert set(facts.objects(None, RDF.type)) <= classes
    provenance = approved.graph(dataset.provenance)
    asserted = {
        (
            provenance.value(a, RDF.subject),
            provenance.value(a, RDF.predicate),
            provenance.value(a, RDF.object),
        )
        for a in provenance.subjects(RDF.subject, None)
    }
    assert asserted == set(said)
    return len(said)


def check_quotes(approved: rdflib.Dataset, dataset: Dataset, text: dict[str, str]) -> None:
    """Every assertion has a quote that stands literally in its document at its offsets."""
    provenance = approved.graph(dataset.provenance)
    for assertion in set(provenance.subjects(RDF.subject, None)):
        evidence = list(provenance.objects(assertion, PROV.wasDerivedFrom))
        assert evidence, assertion
        for e in evidence:
            document = str(provenance.value(e, FERAG.document)).rsplit("/", 1)[1]
            start, end = (int(_literal(provenance.value(e, p))) for p in (FERAG.start, FERAG.end))
            assert text[document][start:end] == str(provenance.value(e, FERAG.quote)) != ""


def _literal(term: object) -> Literal:
    assert isinstance(term, Literal)
    return term


def test_both_cycles(installation: Installation, shared: Path) -> None:
    here = installation
    for cycle in ("cycle1", "cycle2"):
        approve_cycle(here, shared / "corpora/ferag" / cycle / "input")
        approved = exported(here)
        assert check_facts(approved, here.dataset) >= 10
        check_quotes(approved, here.dataset, texts(here))
    assert here.parts.store.ping()
    assert not [g for g in here.parts.store.graphs(here.dataset) if "/stg/" in g]

    bob = questions.ask(here.parts, here.actor, here.rag, "Where did Bob Johnson work from 2018 to 2023?")
    assert bob.supported
    assert bob.version == 2
    assert any("ACME Corporation" in c.quote for c in bob.citations)
    for c in bob.citations:
        assert texts(here)[c.document_id][c.start : c.end] == c.quote
    early = questions.ask(here.parts, here.actor, here.rag, "Who is Carol Davis?", Options(version=1))
    assert not early.supported
    nothing = questions.ask(here.parts, here.actor, here.rag, "What is the capital of France?")
    assert not nothing.supported
    assert nothing.text.startswith("This is not in this knowledge base.")
    russian = questions.ask(here.parts, here.actor, here.rag, "Где работает Боб Джонсон?")
    assert russian.citations

    found = graph.find(here.parts, here.actor, here.rag, "Alice Smith")
    picture = graph.neighbourhood(here.parts, here.actor, here.rag, found[0].iri)
    assert {n.label for n in picture.nodes} >= {"Alice Smith", "ACME Corporation"}
    assert all(isinstance(URIRef(e.subject), URIRef) and e.label for e in picture.edges)
