"""Linked data as values: ontologies, lists, graphs, exports of ours; and files that mean harm."""

import io
from dataclasses import replace

import pyoxigraph
import pytest
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg import rdf
from kg.errors import NotText
from kg.linked import Linked, into, namesakes, read
from kg.model import Entity, Fact, Ontology, OntologyClass, Property
from kg.ontology import Induction
from kg.text.formats.kinds import kind
from kg.text.formats.rdf_kinds import JSONLD, NQUADS, NTRIPLES, RDFXML, TRIG, TURTLE
from kg.vocab import SCHEMA, SKOS, Dataset
from tests.worlds import World

HERE = Dataset("https://portal.example/", 7)
SCHEMA_PART = """
@prefix schema: <https://schema.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
schema:Thing a rdfs:Class ; rdfs:label "Thing" .
schema:Person a rdfs:Class ; rdfs:label "Person" ; rdfs:subClassOf schema:Thing ; rdfs:comment "A person." .
schema:Organization a rdfs:Class ; rdfs:label "Organization" ; rdfs:subClassOf schema:Thing .
schema:Corporation a rdfs:Class ; rdfs:label "Corporation" ; rdfs:subClassOf schema:Organization .
schema:worksFor a rdf:Property ; rdfs:label "worksFor" ;
  schema:domainIncludes schema:Person ; schema:rangeIncludes schema:Organization .
schema:name a rdf:Property ; rdfs:label "name" ;
  schema:domainIncludes schema:Thing ; schema:rangeIncludes schema:Text .
schema:foundingDate a rdf:Property ; rdfs:label "foundingDate" ;
  schema:domainIncludes schema:Organization ; schema:rangeIncludes schema:Date .
schema:owns a rdf:Property ; rdfs:label "owns"@en, "владеет"@ru ;
  schema:domainIncludes schema:Person, schema:Corporation ;
  schema:rangeIncludes schema:Text, schema:Corporation .
"""
PEOPLE = """
@prefix : <http://example.org/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:alice a :Engineer ; foaf:name "Alice Smith" ; :worksFor :acme ; :age "007"^^xsd:int ;
  :address [ a :PostalAddress ; :city "Boston" ] ; foaf:homepage <http://alice.example/> .
:acme a :Company ; rdfs:label "ACME"@en, "АКМЕ"@ru ; :motto "<script>alert(1)</script>"@en .
"""
LIST = """
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<urn:l> a skos:ConceptScheme ; skos:prefLabel "Trades"@en .
<urn:l:1> a skos:Concept ; skos:inScheme <urn:l> ; skos:prefLabel "Crafts"@en ; skos:narrower <urn:l:2> .
<urn:l:2> a skos:Concept ; skos:inScheme <urn:l> ; skos:prefLabel "Pottery"@en, "Гончарное дело"@ru ;
  skos:altLabel "Ceramics"@en ; skos:broader <urn:l:1> ;
  skos:definition "Pots of clay."@en ; skos:notation "1.2" .
"""


def of(text: str | bytes, name: str = "file.ttl", dataset: Dataset = HERE) -> Linked:
    data = text.encode() if isinstance(text, str) else text
    return read(data, name, "doc1", kind(data, name), dataset).linked


def entity(found: Linked, label: str) -> Entity:
    return next(e for e in found.entities if e.label == label)


def said(found: Linked) -> set[tuple[str, str, str]]:
    names = {e.iri: e.label for e in found.entities} | {p.iri: p.label for p in found.ontology.properties}
    return {
        (names[f.subject], names[f.predicate], names.get(URIRef(f.object), str(f.object)))
        for f in found.facts
    }


@pytest.mark.parametrize(
    ("text", "name", "expected"),
    [
        (SCHEMA_PART, "part.ttl", TURTLE),
        (SCHEMA_PART, "part", TURTLE),
        (f"# by hand\n{PEOPLE}", "people.txt.bak", TURTLE),
        ("<a:s> <a:p> <a:o> .\n", "x", NTRIPLES),
        ('<a:s> <a:p> "o"@en <a:g> .\n', "x.nq", NQUADS),
        ("@prefix : <a:> .\n:g { :s :p :o }", "x.ttl", TRIG),
        (
            '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
            "x.owl",
            RDFXML,
        ),
        ('{"@context": {"@vocab": "https://schema.org/"}, "@type": "Person"}', "x.json", JSONLD),
        ('{"name": "Alice"}', "x.json", "application/json"),
        ("Write `@prefix : <a:> .` first.", "x.txt", "text/plain"),
        ("@prefix is a word of Turtle.", "notes", "text/plain"),
        ('<?xml version="1.0"?><note/>', "x.xml", "application/xml"),
    ],
)
def test_what_is_rdf_is_told_by_how_it_begins(text: str, name: str, expected: str) -> None:
    assert kind(text.encode(), name) == expected


def test_an_ontology_with_domains_as_schema_org_says_them() -> None:
    found = of(SCHEMA_PART)
    assert not found.entities
    classes = {c.label: c for c in found.ontology.classes}
    assert set(classes) == {"Person", "Organization", "Corporation"}
    assert classes["Corporation"].parents == (SCHEMA.Organization,)
    assert classes["Person"].comment == "A person."
    properties = {p.label: p for p in found.ontology.properties}
    works_for = properties["works for"]
    assert (works_for.kind, works_for.domain, works_for.range) == (
        "object",
        SCHEMA.Person,
        SCHEMA.Organization,
    )
    assert (properties["name"].kind, properties["name"].range) == ("datatype", XSD.string)
    assert (properties["founding date"].kind, properties["founding date"].range) == ("datatype", None)
    assert properties["owns"].kind == "object"  # what may be a text or a company leads to companies
    assert properties["owns"].domain is None  # a person or a company: anything
    assert properties["owns"].synonyms == ("владеет",)


def test_owl_with_unions_rings_and_restrictions() -> None:
    found = of("""
        @prefix : <http://e.org/o#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
        <http://e.org/o> a owl:Ontology .
        :Living a owl:Class .
        :Dog a owl:Class ; rdfs:subClassOf :Living, [ a owl:Restriction ; owl:onProperty :eats ] .
        :Cat a owl:Class ; rdfs:subClassOf :Living .
        :A rdfs:subClassOf :B . :B rdfs:subClassOf :C . :C rdfs:subClassOf :A .
        :eats a owl:ObjectProperty ; rdfs:domain [ a owl:Class ; owl:unionOf ( :Dog :Cat ) ] ;
          owl:inverseOf :eatenBy .
        :age a owl:DatatypeProperty, owl:FunctionalProperty ; rdfs:range xsd:nonNegativeInteger .
        :rex a :Dog ; rdfs:label "Rex" ; :eats :tom . :tom a :Cat ; :age 3 .
    """)
    eats, age = found.ontology.properties[1], found.ontology.properties[0]
    assert str(eats.domain).endswith("#Living")  # the nearest above both
    assert (age.functional, age.range) == (True, XSD.integer)
    rings = {c.iri: c.parents for c in found.ontology.classes}
    assert sum(len(rings[URIRef(f"http://e.org/o#{x}")]) for x in "ABC") == 2
    ancestors = Ontology(found.ontology.classes).ancestors(URIRef("http://e.org/o#A"))
    assert len(ancestors) <= 3
    assert said(found) >= {("Rex", "eats", "tom"), ("tom", "age", "3")}


def test_a_graph_becomes_things_with_facts_each_with_its_line() -> None:
    found = read(PEOPLE.encode(), "people.ttl", "doc1", TURTLE, HERE)
    alice, acme = entity(found.linked, "Alice Smith"), entity(found.linked, "ACME")
    assert alice.iri.startswith(f"{HERE.root}entity/alice-")
    assert acme.aliases == ("АКМЕ",)
    assert said(found.linked) == {
        ("Alice Smith", "works for", "ACME"),
        ("Alice Smith", "age", "7"),
        ("Alice Smith", "address", "Postal Address Boston"),
        ("Alice Smith", "homepage", "http://alice.example/"),
        ("Alice Smith", "same as", "http://example.org/alice"),
        ("ACME", "motto", "<script>alert(1)</script>"),
        ("ACME", "same as", "http://example.org/acme"),
        ("Postal Address Boston", "city", "Boston"),
    } or said(found.linked)
    for x in (*found.linked.entities, *found.linked.facts):
        (e,) = x.evidence
        assert found.document.text[e.start : e.end] == e.quote
        rdf.quads(HERE, x)
    again = read(PEOPLE.encode(), "people.ttl", "doc2", TURTLE, HERE).linked
    assert entity(again, "Alice Smith").iri == alice.iri


def test_a_list_of_concepts() -> None:
    found = of(LIST)
    pottery, crafts = entity(found, "Pottery"), entity(found, "Crafts")
    assert pottery.types == crafts.types == (URIRef("urn:l"),)
    assert [c.label for c in found.ontology.classes] == ["Trades"]
    assert pottery.aliases == ("Ceramics", "Гончарное дело")
    assert pottery.description == "Pots of clay."
    broader = [f for f in found.facts if f.predicate == SKOS.broader]
    assert [(f.subject, f.object) for f in broader] == [(pottery.iri, crafts.iri)]  # said twice, once kept


def test_json_ld_of_schema_org_needs_no_network() -> None:
    found = of(
        '{"@context": "https://schema.org", "@type": "Person", "name": "Ann", "email": "a@e.org"}', "x.jsonld"
    )
    assert said(found) == {("Ann", "email", "a@e.org")}
    with pytest.raises(NotText, match="nothing is fetched"):
        of('{"@context": "https://evil.example/context", "@id": "a:b", "name": "Ann"}', "x.jsonld")


DEEP = '{"@context": {}, "@graph": ' + "[" * 100_000 + "]" * 100_000 + "}"


def bomb(depth: int) -> str:
    """Entities of entities: the billion laughs."""
    entities = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth)
    )
    return (
        f'<?xml version="1.0"?><!DOCTYPE r [{entities}]><rdf:RDF '
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="a:b">'
        f'<p xmlns="a:">&l{depth - 1};</p></rdf:Description></rdf:RDF>'
    )


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (bomb(10), "x.rdf", "made to explode"),
        (bomb(2).replace('"ha"', 'SYSTEM "file:///etc/passwd"'), "x.rdf", "made to explode"),
        ("@prefix : <a:> .\n:s :p", "x.ttl", "line 2"),
        ("@prefix : <a:> .\n", "x.ttl", "no statement"),
        (DEEP, "x.jsonld", "nested too deeply|given up"),
    ],
)  # fmt: skip
def test_what_means_harm_is_refused_with_a_sentence(data: str, name: str, why: str) -> None:
    with pytest.raises(NotText, match=why):
        of(data, name)


def exported(world: World) -> bytes:
    out = io.BytesIO()
    triples = pyoxigraph.parse(rdf.to_nquads(world.delta().add), pyoxigraph.RdfFormat.N_QUADS)
    pyoxigraph.serialize((q.triple for q in triples), out, pyoxigraph.RdfFormat.TURTLE)
    return out.getvalue()


def test_an_export_of_ours_comes_back_as_it_was_below_our_root() -> None:
    there, here = World(Dataset("http://other.example/kb/", 123)), World(HERE)
    found = of(exported(there))
    assert found.own
    # the company's parent is no class of its own: an export says what is approved, and no more
    assert set(found.ontology.classes) == {here.person, here.company}
    assert set(found.ontology.properties) == {here.works_at, here.founded}
    moved = {e.iri: e for e in found.entities}
    for e in (there.alice, there.bob):
        iri = URIRef(e.iri.replace(there.dataset.root, HERE.root))
        assert moved[iri] == replace(e, iri=iri, types=(here.person.iri,))
    facts = {f.object: f for f in found.facts if isinstance(f.object, Literal)}
    founded = facts[there.acme_founded.object]
    assert founded.evidence == there.acme_founded.evidence
    assert (founded.cycle, founded.version) == (0, 0)
    dated = next(f for f in found.facts if f.periods)
    assert dated.periods == there.alice_at_acme.periods
    assert dated.qualifiers == there.alice_at_acme.qualifiers
    assert all(x.evidence for x in (*found.entities, *found.facts))  # what came without one has the file


def test_damaged_sources_of_an_export_are_refused() -> None:
    whole = exported(World(Dataset("http://other.example/kb/", 123))).decode()
    with pytest.raises(NotText, match="damaged"):
        of(whole.replace("/document/d1", "/document/..%2F..%2Fetc"))


def test_terms_that_are_approved_by_name_are_used() -> None:
    person = OntologyClass(HERE.class_("Person"), "Person")
    works = Property(HERE.property_("works for"), "works for", "object", domain=person.iri)
    found = of(
        SCHEMA_PART
        + '\n<http://e.org/a> a schema:Person ; rdfs:label "Ann" ; schema:worksFor <http://e.org/b> .'
    )
    joined = into(Induction(), [found], Ontology((person,), (works,)))
    assert SCHEMA.Person not in {c.iri for c in joined.ontology.classes}
    assert SCHEMA.worksFor not in {p.iri for p in joined.ontology.properties}
    assert {f.predicate for f in joined.facts} >= {works.iri}
    assert next(e for e in joined.entities if e.label == "Ann").types == (person.iri,)


def test_namesakes_are_asked_about() -> None:
    known = Entity(HERE.entity("Alice Smith"), "Alice Smith")
    (merge,) = namesakes([of(PEOPLE)], [known])
    assert (merge.keep, merge.drop_label, merge.reasons) == (known.iri, "Alice Smith", ("same-name",))


def test_everything_is_valid_rdf_whatever_the_file_says() -> None:
    text = """@prefix : <http://e.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
    :a rdfs:label "\\u0000\\u202e=1+1", "x"@xx-klingon ;
      :p "bad"^^<http://www.w3.org/2001/XMLSchema#date>, true, _:b .
    _:b :q _:b, :a . <relative> :p 1.50 . :c :p :a, "text" . :loop :p :loop ."""
    found = of(text)
    for x in (*found.ontology.properties, *found.entities, *found.facts):
        assert rdf.quads(HERE, x)
    facts = [f for f in found.facts if isinstance(f, Fact)]
    assert all(f.subject != f.object for f in facts)
    kinds = {p.iri: p.kind for p in found.ontology.properties}
    assert all((kinds[f.predicate] == "datatype") == isinstance(f.object, Literal) for f in facts)
