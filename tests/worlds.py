"""A tiny named world: Alice and Боб work at ACME, each with a quote."""

from rdflib import Literal
from rdflib.namespace import XSD

from kg import rdf
from kg.model import Content, Delta, Entity, Evidence, Fact, OntologyClass, Period, Property
from kg.vocab import Dataset


class World:
    """The contents of one small approved graph."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = d = dataset
        self.person = OntologyClass(d.class_("Person"), "Person", comment="A human.", synonyms=("human",))
        self.company = OntologyClass(d.class_("Company"), "Company", parents=(d.class_("Organisation"),))
        self.works_at = Property(
            d.property_("works at"), "works at", "object", domain=self.person.iri, range=self.company.iri
        )
        self.founded = Property(
            d.property_("founded"), "founded", "datatype", range=XSD.gYear, functional=True
        )
        self.alice = Entity(
            d.entity("Alice"), "Alice Smith", types=(self.person.iri,), aliases=("A. Smith", "Alice"),
            description="An engineer.", evidence=(Evidence("d1", 0, 5, "Alice", "a.txt", "d1-0"),),
        )  # fmt: skip
        self.bob = Entity(
            d.entity("Боб"), "Боб", language="ru", types=(self.person.iri,),
            evidence=(Evidence("d2", 3, 6, "Боб", "b.txt", "d2-0", page=2),),
        )  # fmt: skip
        self.acme = Entity(d.entity("ACME"), "ACME", types=(self.company.iri,))
        self.alice_at_acme = Fact(
            self.alice.iri, self.works_at.iri, self.acme.iri, description="Since 2015.", confidence=0.9,
            periods=(Period("2015", "2016-03"),), qualifiers=(("role", "engineer"),), cycle=1, version=1,
            evidence=(
                Evidence("d1", 0, 19, "Alice works at ACME", "a.txt", "d1-0"),
                Evidence("d2", 10, 29, "Alice works at ACME", "b.txt", "d2-0", page=2),
            ),
        )  # fmt: skip
        self.bob_at_acme = Fact(
            self.bob.iri, self.works_at.iri, self.acme.iri, cycle=1, version=1,
            evidence=(Evidence("d2", 3, 20, "Боб из ACME", "b.txt", "d2-0"),),
        )  # fmt: skip
        self.acme_founded = Fact(
            self.acme.iri, self.founded.iri, Literal("1999", datatype=XSD.gYear), cycle=1, version=1,
            evidence=(Evidence("d1", 30, 34, "1999", "a.txt", "d1-1"),),
        )  # fmt: skip

    @property
    def contents(self) -> tuple[Content, ...]:
        return (
            *(self.person, self.company, self.works_at, self.founded),
            *(self.alice, self.bob, self.acme),
            *(self.alice_at_acme, self.bob_at_acme, self.acme_founded),
        )

    def delta(self, *contents: Content) -> Delta:
        """What adds these, or the whole world."""
        said = (rdf.quads(self.dataset, c) for c in contents or self.contents)
        return Delta(add=frozenset().union(*said))
