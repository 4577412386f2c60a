"""Values are bound as terms: nothing that is no term gets into a query."""

from pathlib import Path

import pytest
from rdflib import Literal, URIRef
from rdflib.plugins.sparql.parser import parseQuery

import kg.queries
from kg.errors import BadInput
from kg.queries import bind

HOSTILE = '"} } ; DROP ALL #\n\\'


def test_terms_are_written_safely() -> None:
    query = bind("pointing.rq", graph=URIRef("urn:g"), predicate=URIRef("urn:p"), objects=[Literal(HOSTILE)])
    assert r'"\"} } ; DROP ALL #\n\\"' in query
    parseQuery(query)


def test_what_is_no_term_is_refused() -> None:
    with pytest.raises(BadInput):
        bind("about.rq", graph="urn:g", subjects=[URIRef("urn:s")])
    with pytest.raises(BadInput):
        bind("about.rq", graph=URIRef("urn:g> { } DROP ALL"), subjects=[])
    with pytest.raises(BadInput):
        bind("about.rq", graph=URIRef("urn:g"), subjects=[URIRef("a b")])


def test_places_and_values_must_match() -> None:
    with pytest.raises(BadInput, match="takes"):
        bind("about.rq", graph=URIRef("urn:g"))
    with pytest.raises(BadInput, match="takes"):
        bind("about.rq", graph=URIRef("urn:g"), subjects=[], more=URIRef("urn:x"))


@pytest.mark.parametrize("file", sorted(p.name for p in Path(kg.queries.__file__).parent.glob("*.rq")))
def test_every_query_parses(file: str) -> None:
    text = (Path(kg.queries.__file__).parent / file).read_text(encoding="utf-8")
    values: dict[str, object] = {place: URIRef("urn:x") for _, place in kg.queries._PLACE.findall(text)}
    for lists in ("subjects", "objects", "predicates", "entities"):
        if lists in values:
            values[lists] = [URIRef("urn:x"), URIRef("urn:y")]
    if "triples" in values:
        values["triples"] = [(URIRef("urn:s"), URIRef("urn:p"), Literal("o"))]
    for number in ("limit", "base"):
        if number in values:
            values[number] = 3
    query = bind(file, **values)  # type: ignore[arg-type]
    parseQuery(f"SELECT * WHERE {{ {query} }}" if file == "guard.rq" else query)
