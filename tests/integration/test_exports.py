"""Every form of export, read back by a reader that is not its writer; what is hostile in it does nothing."""

import io
import json
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
import rdflib
from rdflib import Literal
from rdflib.compare import to_canonical_graph
from rdflib.namespace import RDF, XSD

from kg import rdf
from kg.export import FORMS, NOTHING, Texts, everything, export
from kg.extract.tables import read_tables
from kg.model import Delta, Document, Entity, Fact, TextUnit
from kg.store import GraphStore
from kg.versions import publish
from kg.vocab import Dataset
from tests.worlds import World

# what is dangerous in a spreadsheet, in XML and in HTML, and what breaks lines, quotes and encodings
HOSTILE = (
    "=HYPERLINK(\"http://x.example\";\"click\")",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "<script>alert(1)</script>]]>&amp;",
    'a "quote"; a, comma\nand\x0ba line \u202e\ufeff',
    "-2+3",
    "Ёлка 研究 🎄",
)  # fmt: skip
RDF_FORMS = {"trig": "trig", "nquads": "nquads", "turtle": "turtle", "jsonld": "json-ld"}


class Hostile(World):
    """The small world, and things whose names, words and values are meant to do harm."""

    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.bad = tuple(
            Entity(
                dataset.entity("bad", n),
                text,
                types=(self.person.iri,),
                description=text,
                aliases=(f"{text} 2",),
            )
            for n, text in enumerate(HOSTILE)
        )
        self.worse = tuple(
            replace(
                self.acme_founded,
                subject=e.iri,
                predicate=dataset.property_("motto"),
                object=Literal(e.label),
            )
            for e in self.bad
        )
        self.evidenced = tuple(
            replace(self.alice_at_acme, subject=e.iri, description=e.label, qualifiers=((e.label, e.label),))
            for e in self.bad
        )

    @property
    def entities(self) -> tuple[Entity, ...]:
        return (self.alice, self.bob, self.acme, *self.bad)

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (self.alice_at_acme, self.bob_at_acme, self.acme_founded, *self.worse, *self.evidenced)


@pytest.fixture
def hostile(graph_store: GraphStore, dataset: Dataset) -> Hostile:
    """Version 1 is the hostile world; version 2 renames Alice and drops a fact."""
    world = Hostile(dataset)
    publish(graph_store, dataset, world.delta(*world.contents, *world.entities, *world.facts), 0, 1, "one")
    return world


def written(store: GraphStore, dataset: Dataset, form: str, undo: Delta = NOTHING) -> tuple[int, bytes]:
    out = io.BytesIO()
    texts = Texts(
        (Document("d1", "a.txt", "Alice works at ACME, founded 1999"), Document("d2", "b.txt", "Боб")),
        (TextUnit("d1-0", "d1", "a.txt", 0, 0, 33, "Alice works at ACME, founded 1999", 9),),
    )
    count = export(store, dataset, out, form, undo, texts=lambda: texts)
    return count, out.getvalue()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of rdflib's own readers
def test_rdf_says_all_that_is_approved(graph_store: GraphStore, hostile: Hostile) -> None:
    said = hostile.delta(*hostile.contents, *hostile.entities, *hostile.facts).add
    for form, name in RDF_FORMS.items():
        count, data = written(graph_store, hostile.dataset, form)
        assert count == len(said)
        read = rdflib.Dataset()
        read.parse(data=data.decode(), format=name)
        triples = {(s, p, o) for s, p, o, _ in read.quads()}
        assert triples == {(s, p, o) for s, p, o, _ in said}, form
        if form != "turtle":
            assert {str(g.identifier) for g in read.graphs() if len(g)} == {
                str(g) for g in hostile.dataset.approved
            }


def test_graphml_has_a_node_for_each_thing_and_an_edge_for_each_fact(
    graph_store: GraphStore, hostile: Hostile
) -> None:
    count, data = written(graph_store, hostile.dataset, "graphml")
    assert count == len(hostile.facts)
    graph = nx.read_graphml(io.BytesIO(data), force_multigraph=True)
    assert graph.number_of_edges() == len(hostile.facts)
    things = {n: d for n, d in graph.nodes(data=True) if d["kind"] == "thing"}
    assert set(things) == {str(e.iri) for e in hostile.entities}
    assert things[str(hostile.alice.iri)]["class"] == "Person"
    assert things[str(hostile.bad[2].iri)]["label"] == HOSTILE[2]
    assert not ET.fromstring(data).findall(".//{*}script")
    (edge,) = graph.get_edge_data(str(hostile.alice.iri), str(hostile.acme.iri)).values()
    assert (edge["label"], edge["start"], edge["end"], edge["confidence"]) == (
        "works at",
        "2015",
        "2016-03",
        0.9,
    )


def test_csv_is_read_back_whole_and_computes_nothing(graph_store: GraphStore, hostile: Hostile) -> None:
    count, data = written(graph_store, hostile.dataset, "csv")
    assert data.startswith(b"\xef\xbb\xbf")  # else Excel takes it for another encoding
    table = pd.read_csv(io.BytesIO(data), keep_default_na=False, dtype=str)
    assert count == len(table) == len(hostile.facts)
    for cell in table.to_numpy().flatten():
        assert not cell.lstrip().startswith(("=", "@", "+", "-", "|", "%")), cell
    mottos = table[table.property == "motto"].set_index("subject_iri").object
    for e in hostile.bad:
        assert mottos[str(e.iri)].removeprefix("'") == e.label

    _, data = written(graph_store, hostile.dataset, "csv-zip")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        tables = {n: pd.read_csv(archive.open(n), dtype=str) for n in archive.namelist()}
    assert {n: len(t) for n, t in tables.items()} == {
        "facts.csv": len(hostile.facts),
        "things.csv": len(hostile.entities),
        "terms.csv": 4,
    }


def test_graphrag_tables_are_read_back(graph_store: GraphStore, hostile: Hostile, tmp_path: Path) -> None:
    count, data = written(graph_store, hostile.dataset, "graphrag")
    assert count == len(hostile.facts)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path)
    names = ("documents", "text_units", "entities", "relationships", "communities", "community_reports")
    tables = {n: pd.read_parquet(tmp_path / f"{n}.parquet") for n in (*names, "covariates")}
    assert (len(tables["documents"]), len(tables["entities"])) == (2, len(hostile.entities))
    assert len(tables["relationships"]) + len(tables["covariates"]) == len(hostile.facts)
    again = read_tables(tmp_path)
    assert {d.name for d in again.documents} == {"a.txt", "b.txt"}
    assert {r.predicate for e in again.extractions for r in e.relations} >= {"works at"}


def test_an_earlier_version_in_every_form(graph_store: GraphStore, hostile: Hostile) -> None:
    before = {form: written(graph_store, hostile.dataset, form) for form in FORMS}
    renamed = replace(hostile.alice, label="Alice Jones")
    more = replace(hostile.acme, iri=hostile.dataset.entity("Other"), label="Other")
    new = hostile.delta(renamed, more, replace(hostile.bob_at_acme, object=more.iri)).add
    old = hostile.delta(hostile.alice, hostile.bob_at_acme).add
    delta = Delta(new - old, old - new)
    publish(graph_store, hostile.dataset, delta, 1, 2, "two")
    for form in FORMS:
        count, data = written(graph_store, hostile.dataset, form, delta.inverse())
        assert count == before[form][0], form
        if form in ("graphml", "csv"):  # the order of what changed is another
            assert len(data) == len(before[form][1]), form
            assert b"Alice Jones" not in data
    pages = [*everything(graph_store, hostile.dataset, delta.inverse())]
    assert {f for _, facts in pages for f in facts} == set(hostile.facts)
    assert {e.iri: e.types for entities, _ in pages for e in entities} == {
        e.iri: e.types for e in hostile.entities
    }


def test_values_keep_their_datatypes(graph_store: GraphStore, dataset: Dataset) -> None:
    world = World(dataset)
    values = [
        Literal("2.50", datatype=XSD.decimal), Literal("-7", datatype=XSD.integer),
        Literal("true", datatype=XSD.boolean), Literal("2024-02-29", datatype=XSD.date),
        Literal("слово", lang="ru"), Literal("1e3", datatype=XSD.double),
    ]  # fmt: skip
    facts = [replace(world.acme_founded, object=v) for v in values]
    delta = world.delta(*world.contents, *facts)
    publish(graph_store, dataset, delta, 0, 1, "one")
    _, data = written(graph_store, dataset, "jsonld")
    assert isinstance(json.loads(data), list)
    _, turtle = written(graph_store, dataset, "turtle")
    graph = rdflib.Graph().parse(data=turtle, format="turtle")
    expected = rdflib.Graph()
    for s, p, o, _ in delta.add:
        expected.add((s, p, o))
    assert set(to_canonical_graph(graph)) == set(to_canonical_graph(expected))
    assert len(list(graph.subjects(RDF.predicate))) == len(facts) + 3
    assert rdf.quads(dataset, facts[0])
