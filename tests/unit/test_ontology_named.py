"""The things that a text names are those whose name is a part of it, however many there are."""

from hypothesis import given
from hypothesis import strategies as st
from rdflib import URIRef

from kg.model import ResolvedEntity
from kg.ontology.named import Named

NAMES = st.lists(st.text("abА б", min_size=1, max_size=5), max_size=8)


@given(NAMES, st.text("abАа б", max_size=30))
def test_a_text_names_what_is_a_part_of_it(names: list[str], text: str) -> None:
    things = [ResolvedEntity(URIRef(f"urn:{n}"), name) for n, name in enumerate(names)]
    wanted = {t.iri for t in things if len(t.label) > 2 and t.label.casefold() in text.casefold()}
    assert Named(things).within(text) == wanted
