"""Whatever people and models write: valid RDF, and back without loss."""

from dataclasses import replace
from itertools import pairwise

import pyoxigraph
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg import rdf
from kg.contents import contents, evidence_order, read_ontology
from kg.deltas import compose, undoing
from kg.errors import BadInput
from kg.model import Content, Delta, Entity, Evidence, Fact, OntologyClass, Period, Property, Statement
from kg.store.terms import canonical, nt, text, writable
from kg.vocab import OWL, RDF, Dataset
from tests.worlds import World

DATASET = Dataset("https://portal.example/", 3)

words = st.text(max_size=40)
quotes = st.text(st.characters(), max_size=60)
iris = st.sampled_from(["a", "b", "ы", "x-1", "%41"]).map(lambda s: URIRef(f"https://portal.example/{s}"))
languages = st.sampled_from(["en", "ru", "pt-br", ""])
numbers = st.floats(allow_nan=False, allow_infinity=False)
offsets = st.integers(0, 10**9)
evidence = st.builds(
    Evidence,
    document_id=st.sampled_from(["d1", "d2"]), start=offsets, end=offsets, quote=quotes,
    document=words, unit_id=words, page=st.none() | st.integers(1, 5000),
)  # fmt: skip
dates = st.sampled_from(["", "2015", "2015-03", "2015-03-01", "-0044", "around 1920"])
statements = st.lists(st.builds(Statement, words, dates, words, words), max_size=2).map(tuple)
classes = st.builds(
    OntologyClass, iris, words, languages, words, st.lists(iris).map(tuple), st.lists(words).map(tuple)
)
properties = st.builds(
    Property,
    iris, words, st.sampled_from(["object", "datatype"]), languages, words, st.none() | iris,
    st.none() | iris, st.none() | iris, st.booleans(), st.lists(iris).map(tuple), st.lists(words).map(tuple),
)  # fmt: skip
entities = st.builds(
    Entity,
    iris, words, languages, st.lists(iris).map(tuple), st.lists(words).map(tuple), words,
    st.lists(evidence, max_size=3).map(tuple), statements,
)  # fmt: skip
literals = st.builds(
    lambda lexical, datatype: Literal(lexical, datatype=datatype, normalize=False),
    st.text(max_size=20) | st.integers().map(str) | numbers.map(str) | st.dates().map(str),
    st.sampled_from(
        [None, XSD.string, XSD.integer, XSD.decimal, XSD.double, XSD.date, XSD.gYear, XSD.boolean]
    ),
) | st.builds(text, words, languages)
facts = st.builds(
    Fact,
    iris, iris, iris | literals, words, numbers, numbers,
    st.lists(st.builds(Period, dates, dates), max_size=3).map(tuple),
    st.lists(st.tuples(words, words), max_size=3).map(tuple),
    st.lists(evidence, max_size=3).map(tuple), st.integers(0, 10**6), st.integers(0, 10**6),
    statements,
)  # fmt: skip


def written(content: Content) -> Content:
    """The content as it comes back: canonical, sorted, single."""

    def name(value: str) -> str:
        return writable(rdf.CONTROL.sub("", value))

    def many(values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted({name(v) for v in values}))

    def sources(found: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        clean = {
            replace(e, quote=writable(e.quote), document=writable(e.document), unit_id=writable(e.unit_id))
            for e in found
        }
        return tuple(sorted(clean, key=evidence_order))

    def said(found: tuple[Statement, ...]) -> tuple[Statement, ...]:
        clean = {Statement(writable(s.by), s.day, writable(s.reason), writable(s.person)) for s in found}
        return tuple(sorted(clean))

    match content:
        case OntologyClass() | Property():
            return replace(
                content, label=name(content.label), comment=writable(content.comment),
                synonyms=many(content.synonyms), parents=tuple(sorted(set(content.parents))),
            )  # fmt: skip
        case Entity():
            return replace(
                content, label=name(content.label), types=tuple(sorted(set(content.types))),
                aliases=many(content.aliases), description=writable(content.description),
                evidence=sources(content.evidence), statements=said(content.statements),
            )  # fmt: skip
        case Fact():
            pairs = {(writable(n), writable(v)) for n, v in content.qualifiers}
            return replace(
                content, object=canonical(content.object), description=writable(content.description),
                periods=tuple(sorted(set(content.periods))), qualifiers=tuple(sorted(pairs)),
                evidence=sources(content.evidence), statements=said(content.statements),
            )  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(classes | properties | entities | facts)
@example(
    Entity(
        DATASET.entity("a", 1), "a",
        evidence=(Evidence("d1", 0, 1, "\ud800", "\ud800.txt", "\ud800"),),
        statements=(Statement("\ud800", "2026-11-21", "\ud800", "\ud800"),),
    )
)  # fmt: skip
def test_round_trip(content: Content) -> None:
    quads = rdf.quads(DATASET, content)
    data = rdf.to_nquads(quads)
    assert rdf.from_nquads(data) == quads
    assert contents(DATASET, quads) == (written(content),)
    assert len(list(pyoxigraph.parse(data, pyoxigraph.RdfFormat.N_QUADS))) == len(quads)


@settings(max_examples=200, deadline=None)
@given(literals)
def test_canonical_is_stable_and_valid(literal: Literal) -> None:
    once = canonical(literal)
    assert canonical(once) == once
    line = f"<urn:s> <urn:p> {nt(once)} .\n"
    assert "\n" not in nt(once)
    (quad,) = pyoxigraph.parse(line, pyoxigraph.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, pyoxigraph.Literal)
    assert quad.object.value == str(once)


def test_which_graph_says_what() -> None:
    world = World(DATASET)
    by_graph = {g: {p for _, p, _, h in world.delta().add if h == g} for g in DATASET.approved}
    assert by_graph[DATASET.facts] == {*rdf.NAMING, world.works_at.iri, world.founded.iri}
    assert not by_graph[DATASET.provenance] & {*rdf.NAMING, world.works_at.iri, world.founded.iri}
    assert OWL.Class not in by_graph[DATASET.facts]


def test_the_ontology_is_owl() -> None:
    world = World(DATASET)
    said = {(s, p, o) for s, p, o, g in world.delta().add if g == DATASET.ontology}
    assert (world.person.iri, RDF.type, OWL.Class) in said
    assert (world.works_at.iri, RDF.type, OWL.ObjectProperty) in said
    assert (world.founded.iri, RDF.type, OWL.DatatypeProperty) in said
    assert (world.founded.iri, RDF.type, OWL.FunctionalProperty) in said
    assert set(read_ontology(said).properties) == {world.works_at, world.founded}


def test_no_two_contents_say_the_same() -> None:
    """So a delta that removes one of them takes nothing from another, whatever evidence they share."""
    quote = Evidence("d", 0, 3, "all", "f.txt", "u")
    world = World(DATASET)
    them = [replace(c, evidence=(quote,)) if isinstance(c, Entity | Fact) else c for c in world.contents]
    said = [rdf.quads(DATASET, c) for c in them]
    assert sum(len(q) for q in said) == len(frozenset().union(*said))


@pytest.mark.parametrize(
    "iri",
    ["", "relative", "https://x/a b", "https://x/<script>", 'https://x/"', "https://x/{y}", "https://x/\n",
     "https://x/\ud800", "javascript:alert(1) ;", "> <urn:x"],
)  # fmt: skip
def test_what_is_no_iri_is_refused(iri: str) -> None:
    with pytest.raises(BadInput):
        rdf.quads(DATASET, Entity(URIRef(iri), "x"))
    with pytest.raises(BadInput):
        rdf.quads(DATASET, Fact(URIRef("urn:s"), URIRef("urn:p"), URIRef(iri)))
    with pytest.raises(BadInput):
        nt(Literal("x", datatype=URIRef(iri), normalize=False)) if iri else nt(URIRef(iri))


def test_a_fact_may_not_rename_things() -> None:
    with pytest.raises(BadInput):
        rdf.quads(DATASET, Fact(URIRef("urn:s"), rdf.NAMING[1], Literal("x")))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_confidence_is_finite(number: float) -> None:
    with pytest.raises(BadInput):
        rdf.quads(DATASET, Fact(URIRef("urn:s"), URIRef("urn:p"), URIRef("urn:o"), confidence=number))


@pytest.mark.parametrize(
    "data", [b"not rdf", b"<a:s> <a:p> <a:o> .\n", b"_:x <a:p> <a:o> <a:g> .\n", b"<a:s> <a:p> _:x <a:g> .\n",
             b"<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> <a:g> .\n", b"\xff\xfe", b'<a:s> <a:p> "x'],
)  # fmt: skip
def test_what_are_no_quads_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput):
        rdf.from_nquads(data)


quad_sets = st.frozensets(
    st.tuples(*[st.sampled_from([URIRef(f"urn:{n}") for n in "abc"])] * 2, iris, st.just(DATASET.facts))
)


@given(st.lists(quad_sets, min_size=2, max_size=5))
def test_deltas_compose_and_undo(states: list[frozenset[tuple[URIRef, URIRef, URIRef, URIRef]]]) -> None:
    deltas = [Delta(add=b - a, remove=a - b) for a, b in pairwise(states)]
    first, last = states[0], states[-1]
    assert compose(deltas) == Delta(add=last - first, remove=first - last)
    assert undoing(deltas) == Delta(add=first - last, remove=last - first)
