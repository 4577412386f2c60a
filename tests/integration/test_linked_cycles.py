"""Linked data as cycles: an ontology that the next extraction uses; an export that comes back as it was."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph
import pytest

from kg.model import Kind, Property
from kg.vocab import FERAG, SCHEMA
from portal import cycles, document_list, documents, exports, graph, publishing, rags, reviews, versions
from portal.cycle_views import CycleView
from portal.documents import Upload
from portal.models import CycleKind, CycleState
from portal.review_rows import Filter
from tests.conftest import _next_rag, absent
from tests.installation import Installation, installed, wait_until
from tests.servers import Missing
from tests.unit.test_linked import PEOPLE, SCHEMA_PART

ANN = """
@prefix schema: <https://schema.org/> .
<http://example.org/alice> a schema:Person ;
  schema:name "Alice Smith" ; schema:worksFor <http://example.org/acme> .
<http://example.org/acme> a schema:Organization ; schema:name "ACME Corporation" .
"""
TEXT = "Alice Smith works for ACME Corporation. Bob Johnson works for TechCorp Corporation."


@pytest.fixture(scope="module", params=["embedded", "servers"])
def here(
    request: pytest.FixtureRequest, run_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    try:
        with installed(
            request.param, run_folder, tmp_path_factory.mktemp("linked"), _next_rag(run_folder)
        ) as made:
            worker = made.start()
            yield made
            made.end(worker)
    except Missing as e:
        absent(e)


def approved(here: Installation, rag: int, name: str, data: bytes) -> int:
    """Upload, wait, accept all, publish; the cycle's number."""
    receipt = documents.upload(here.parts, here.actor, rag, [Upload(name, data)])
    assert receipt.cycle is not None
    assert not receipt.refused
    view = wait(here, rag, receipt.cycle)
    assert view.state is CycleState.review, view.error
    versions.approve(here.parts, here.actor, rag, receipt.cycle, all_=True)
    done = publishing.run(here.parts, view.id)
    assert done is not None
    assert done.skipped == 0
    return receipt.cycle


def wait(here: Installation, rag: int, number: int) -> CycleView:
    over = (CycleState.review, CycleState.failed, CycleState.cancelled)
    wait_until(lambda: cycles.get(here.parts, here.actor, rag, number).state in over, 300, here.log)
    return cycles.get(here.parts, here.actor, rag, number)


def changes(here: Installation, rag: int, cycle: int) -> list[reviews.Row]:
    return list(reviews.rows(here.parts, here.actor, rag, cycle, Filter(), 0, 200).rows)


def test_an_ontology_is_reviewed_approved_and_used_by_the_next_extraction(here: Installation) -> None:
    rag = rags.create(here.parts, here.actor, "Ontology").id or 0
    receipt = documents.upload(
        here.parts,
        here.actor,
        rag,
        [Upload("schema.ttl", SCHEMA_PART.encode()), Upload("ann.ttl", ANN.encode())],
    )
    assert receipt.cycle is not None
    view = wait(here, rag, receipt.cycle)
    assert (view.state, view.kind) == (CycleState.review, CycleKind.rdf)
    rows = changes(here, rag, receipt.cycle)
    assert {r.change.kind for r in rows} == {
        Kind.new_class,
        Kind.new_property,
        Kind.new_entity,
        Kind.new_fact,
    }
    text = {
        d.name: documents.text(here.parts, here.actor, rag, d.revision).text
        for d in document_list.everything(here.parts, here.actor, rag)
    }
    quoted = [e for r in rows for e in r.change.evidence]
    assert quoted
    assert all(e.unit_id and text[e.document][e.start : e.end] == e.quote for e in quoted)
    assert {r.change.fit for r in rows} == {"turbulent"}  # nothing is approved yet that it could fit
    versions.approve(here.parts, here.actor, rag, receipt.cycle, all_=True)
    assert publishing.run(here.parts, view.id) is not None

    cycle = documents.upload(here.parts, here.actor, rag, [Upload("text.txt", TEXT.encode())]).cycle
    assert cycle is not None
    assert wait(here, rag, cycle).state is CycleState.review
    rows = changes(here, rag, cycle)
    facts = [f for r in rows if r.change.kind in (Kind.new_fact, Kind.changed_value) for f in r.change.after]
    assert facts
    assert {str(getattr(f, "predicate", SCHEMA.worksFor)) for f in facts} == {str(SCHEMA.worksFor)}
    assert not [r for r in rows if r.change.kind is Kind.new_property]
    people = {r.subject: r for r in rows if r.change.kind is Kind.new_entity}
    assert people["Bob Johnson"].object == "Person"
    assert SCHEMA.Person in people["Bob Johnson"].change.after[0].types  # type: ignore[union-attr]
    assert "Alice Smith" not in people  # she came with the graph, and is known by her name

    # it is the approved ontology that does it: where there is none, the same text gets words of its own
    alone = rags.create(here.parts, here.actor, "No ontology").id or 0
    cycle = documents.upload(here.parts, here.actor, alone, [Upload("text.txt", TEXT.encode())]).cycle
    assert cycle is not None
    assert wait(here, alone, cycle).state is CycleState.review
    proposed = [t for r in changes(here, alone, cycle) for t in r.change.after]
    assert [t for t in proposed if isinstance(t, Property)]
    assert not [t for t in proposed if str(SCHEMA) in repr(t)]


def whole_knowledge_base(here: Installation) -> int:
    """Of a text and a graph, in two versions."""
    if not rags.get(here.parts, here.actor, here.rag).version:
        approved(here, here.rag, "team.txt", TEXT.encode())
        approved(here, here.rag, "people.ttl", PEOPLE.encode())
    return here.rag


def canonical(data: bytes, form: pyoxigraph.RdfFormat, root: str) -> str:
    """All quads below one root, with the nodes that only hold a source, a period or a qualifier unnamed, and
    without the stamps of cycle and version, which are those of the knowledge base that approved it."""
    unnamed = re.compile(re.escape(root) + "(assertion|evidence|period|qualifier)/([0-9a-f]+)")
    made = pyoxigraph.Dataset()

    def plain(term: object) -> object:
        if not isinstance(term, pyoxigraph.NamedNode):
            return term
        held = unnamed.fullmatch(term.value)
        if held:
            return pyoxigraph.BlankNode(f"{held[1]}{held[2]}")
        return pyoxigraph.NamedNode(term.value.replace(root, "urn:root/"))

    for q in pyoxigraph.parse(data, form):
        if q.predicate.value not in (str(FERAG.cycle), str(FERAG.version)):
            terms = (q.subject, q.predicate, q.object, q.graph_name)
            made.add(pyoxigraph.Quad(*(plain(t) for t in terms)))  # type: ignore[arg-type]
    made.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(str(q) for q in made))


@pytest.mark.parametrize("form", ["turtle", "trig", "nquads", "jsonld"])
def test_an_export_comes_back_equal(here: Installation, form: str) -> None:
    there = whole_knowledge_base(here)
    rag = rags.create(here.parts, here.actor, f"Back by {form}").id or 0
    with exports.written(here.parts, here.actor, there, form) as made:
        data = made.file.read()
    approved(here, rag, f"export.{exports.FORMS[form].ending}", data)

    def whole(of: int) -> str:
        out = io.BytesIO()
        exports.export(here.parts, here.actor, of, out, "nquads")
        return canonical(out.getvalue(), pyoxigraph.RdfFormat.N_QUADS, here.parts.dataset(of).root)

    assert whole(rag) == whole(there)
    assert graph.counts(here.parts, here.actor, rag) == graph.counts(here.parts, here.actor, there)


def test_a_second_import_of_the_same_things_proposes_nothing_new(here: Installation) -> None:
    """By their IRIs; a blank node is a thing of its file alone."""
    rag = whole_knowledge_base(here)
    address = ':address [ a :PostalAddress ; :city "Boston" ] ; '
    more = PEOPLE.replace(address, "") + ":bob a :Engineer ; foaf:name 'Bob' ; :worksFor :acme ."
    cycle = documents.upload(here.parts, here.actor, rag, [Upload("more.ttl", more.encode())]).cycle
    assert cycle is not None
    wait(here, rag, cycle)
    rows = changes(here, rag, cycle)
    assert {r.subject for r in rows if r.change.kind in (Kind.new_entity, Kind.new_fact)} == {"Bob"}
    known = {r.change.kind for r in rows if r.subject != "Bob"}
    assert known <= {Kind.changed_value, Kind.type_change}  # a source more, and Alice by the file's kind
