"""The address of a thing's page: the last part of its IRI, or all of it if it came from elsewhere."""

from rdflib import URIRef

from kg.errors import BadInput
from kg.store.terms import iri as checked
from kg.vocab import Dataset
from portal.errors import NotFound

LONGEST = 2000  # characters of an address


def of(dataset: Dataset, iri: str) -> str:
    """What stands in the address for this thing."""
    own = f"{dataset.root}entity/"
    rest = iri.removeprefix(own)
    return rest if iri.startswith(own) and rest and not set(rest) & set(":/?#") else iri


def thing(dataset: Dataset, asked: str) -> URIRef:
    """The IRI that an address asks for; NotFound if it can be none."""
    iri = asked if ":" in asked else f"{dataset.root}entity/{asked}"
    if not asked or len(asked) > LONGEST:
        raise NotFound("thing", asked[:100])
    try:
        checked(iri)
    except BadInput:
        raise NotFound("thing", asked[:100]) from None
    return URIRef(iri)
