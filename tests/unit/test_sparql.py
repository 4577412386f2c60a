"""Hostile and honest SPARQL: what is refused before any store sees it, and what is let through."""

import time

import pytest
from rdflib import URIRef

from kg.errors import QueryRefused
from kg.store.sparql import checked
from kg.vocab import Dataset

OURS = Dataset("https://portal.example/", 3)
THEIRS = Dataset("https://portal.example/", 4)

THERE = f"GRAPH <{THEIRS.facts}> {{ ?s ?p ?o }}"

HOSTILE = {
    "update": "INSERT DATA { <urn:s> <urn:p> <urn:o> }",
    "delete": "DELETE WHERE { ?s ?p ?o }",
    "clear": f"CLEAR GRAPH <{THEIRS.facts}>",
    "drop": "DROP ALL",
    "load": "LOAD <file:///etc/passwd>",
    "update after a query": "SELECT * { ?s ?p ?o } ; DROP ALL",
    "update after a comment": "SELECT * { ?s ?p ?o } #\n; DROP ALL",
    "service to itself": "SELECT * { SERVICE <http://127.0.0.1:7878/query> { ?s ?p ?o } }",
    "service by variable": "SELECT * { VALUES ?u { <http://127.0.0.1/> } SERVICE SILENT ?u { ?s ?p ?o } }",
    "service in exists": "ASK { ?s ?p ?o FILTER EXISTS { SERVICE <urn:x> { ?s ?p ?o } } }",
    "service in a sub-select": "SELECT * { { SELECT * { SERVICE <urn:x> { ?s ?p ?o } } } }",
    "service in minus": "SELECT * { ?s ?p ?o MINUS { SERVICE <urn:x> { ?s ?p ?o } } }",
    "service in optional union": "SELECT * { OPTIONAL { { ?s ?p ?o } UNION { SERVICE <urn:x> {} } } }",
    "service escaped": "SELECT * { \\u0053ERVICE <urn:x> { ?s ?p ?o } }",
    "service escaped twice": "SELECT * { \\u005Cu0053ERVICE <urn:x> { ?s ?p ?o } }",
    "service in a construct": "CONSTRUCT { ?s ?p ?o } { SERVICE <urn:x> { ?s ?p ?o } }",
    "from": f"SELECT * FROM <{THEIRS.facts}> {{ ?s ?p ?o }}",
    "from named": f"SELECT * FROM NAMED <{THEIRS.facts}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
    "graph": f"SELECT * {{ {THERE} }}",
    "graph by prefix": f"PREFIX t: <{THEIRS.root}> SELECT * {{ GRAPH t:facts {{ ?s ?p ?o }} }}",
    "graph by base": f"BASE <{THEIRS.root}> SELECT * {{ GRAPH <facts> {{ ?s ?p ?o }} }}",
    "graph in exists": f"ASK {{ ?s ?p ?o FILTER EXISTS {{ {THERE} }} }}",
    "graph in not exists": f"ASK {{ ?s ?p ?o FILTER NOT EXISTS {{ {THERE} }} }}",
    "graph in a bind": f"SELECT * {{ BIND(EXISTS {{ {THERE} }} AS ?x) }}",
    "graph in an order": f"SELECT * {{ ?s ?p ?o }} ORDER BY EXISTS {{ {THERE} }}",
    "graph in a having": f"SELECT (COUNT(?s) AS ?n) {{ ?s ?p ?o }} GROUP BY ?p HAVING (EXISTS {{ {THERE} }})",
    "graph in a sub-select": f"SELECT * {{ {{ SELECT ?s {{ {THERE} }} }} }}",
    "the version marker": f"SELECT * {{ GRAPH <{OURS.meta}> {{ ?s ?p ?o }} }}",
    "a staged graph": f"SELECT * {{ GRAPH <{OURS.staged(1, 'add', OURS.facts)}> {{ ?s ?p ?o }} }}",
    "java function": "SELECT * { ?s ?p ?o FILTER(<java:java.lang.System>(?o)) }",
    "java property": "SELECT * { ?s <java:org.example.Property> ?o }",
    "java property in a path": "SELECT * { ?s (<urn:p>/<java:org.example.Property>)+ ?o }",
    "java property negated": "SELECT * { ?s !(<java:org.example.Property>|<urn:p>) ?o }",
    "jena magic": "SELECT * { ?s <http://jena.apache.org/ARQ/property#splitIRI> (?a ?b) }",
    "unknown function": "SELECT (<urn:f>(?s) AS ?x) { ?s ?p ?o }",
    "blank nodes": "SELECT (BNODE() AS ?b) { ?s ?p ?o }",
    "lateral": "SELECT * { ?s ?p ?o LATERAL { SERVICE <urn:x> { ?s ?p ?o } } }",
    "too long": "SELECT * { ?s ?p ?o } #" + "x" * 30_000,
    "too deep": "SELECT * " + "{" * 100 + "?s ?p ?o" + "}" * 100,
    "too deep in a filter": "SELECT * { FILTER(" + "(" * 5000 + "1" + ")" * 5000 + ") }",
    "too deep without brackets": "SELECT * { ?s ?p ?o FILTER(" + "!" * 9000 + "?s) }",
    "no query": "what is the answer?",
    "nothing": "",
    "nul": "SELECT * { ?s ?p \x00 }",
    "surrogate": "SELECT * { ?s ?p '\ud800' }",
    "an unbound prefix": "SELECT * { ?s x:p ?o }",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_queries_are_refused_soon(query: str) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryRefused):
        checked(query, OURS)
    assert time.monotonic() - begun < 5


HONEST = {
    "select": "SELECT * { ?s ?p ?o }",
    "words in strings": "SELECT * { ?s ?p \"SERVICE\" . ?s ?p 'DROP ALL' . ?s ?p '''INSERT ' DELETE''' }",
    "words in a comment": "SELECT * { ?s ?p ?o } # SERVICE LOAD",
    "words as names": "PREFIX service: <urn:x> SELECT ?service { ?service service:load ?drop }",
    "words in an iri": "SELECT * { ?s <urn:SERVICE/LOAD#DROP> ?o }",
    "comparison": "SELECT * { ?s ?p ?o FILTER(?o<5&&?o>3) }",
    "casts": "SELECT (<http://www.w3.org/2001/XMLSchema#integer>(?o) AS ?n) { ?s ?p ?o }",
    "our graphs": f"SELECT * {{ GRAPH <{OURS.provenance}> {{ ?s ?p ?o }} }}",
    "from our graphs": f"SELECT * FROM <{OURS.facts}> FROM NAMED <{OURS.ontology}> {{ ?s ?p ?o }}",
    "paths": "SELECT * { ?s <urn:p>+/^<urn:q>|!<urn:r> ?o }",
    "aggregates": "SELECT ?s (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(*) > 1) ORDER BY ?n",
    "values": "SELECT * { ?s ?p ?o } VALUES ?s { <urn:s> }",
    "ask": "ASK { ?s ?p ?o }",
    "describe": "DESCRIBE <urn:s>",
    "construct": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
    "an escape": "SELECT * { ?s ?p 'caf\\u00E9' }",
}  # fmt: skip


@pytest.mark.parametrize("query", HONEST.values(), ids=HONEST.keys())
def test_honest_queries_pass(query: str) -> None:
    assert checked(query, OURS).scope.named


def test_a_limit_is_put_where_there_is_none() -> None:
    assert checked("SELECT * { ?s ?p ?o } # end", OURS, limit=10).text.endswith("\nLIMIT 11")
    assert "LIMIT 11" not in checked("SELECT * { ?s ?p ?o } LIMIT 5", OURS, limit=10).text
    assert "LIMIT" not in checked("ASK { ?s ?p ?o }", OURS).text
    assert checked("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 5 } }", OURS, limit=10).text.endswith("LIMIT 11")
    checked(checked("SELECT * { ?s ?p ?o } OFFSET 3", OURS).text, OURS)


def test_from_chooses_among_our_graphs() -> None:
    scope = checked(f"SELECT * FROM <{OURS.facts}> {{ ?s ?p ?o }}", OURS).scope
    assert scope.default == (OURS.facts,)
    assert scope.named == (URIRef(f"{OURS.root}nothing"),), "never empty: that might mean all"
