"""Classes: the approved ones first, then the standard ones, then what a collection calls its things."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from rdflib import URIRef

from kg.model import Ontology, OntologyClass
from kg.ontology.kinds import class_of_type
from kg.ontology.phrase import phrase
from kg.ontology.tables import StandardClass, ancestors, classes
from kg.vocab import OWL, Dataset, digest, local_name

THING = URIRef(OWL.Thing)


def named(label: str, kind: str) -> str:
    """The label where an ASCII name can be made of all its letters, else one with a digest of it.

    >>> named("works at", "property"), named("研究", "property") == named("开发", "property")
    ('works at', False)
    """
    lost = [c for c in label if c.isalpha() and not unicodedata.normalize("NFKD", c)[0].isascii()]
    readable = all("а" <= c.lower() <= "я" or c.lower() == "ё" for c in lost) and any(map(str.isalnum, label))
    return label if readable else f"{kind} {digest(label, length=8)}"


@dataclass
class ClassIndex:
    """Finds the class of a kind and mints what is missing; `new` collects what was minted."""

    dataset: Dataset
    ontology: Ontology
    language: str = "en"
    new: dict[URIRef, OntologyClass] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_words: dict[tuple[str, ...], URIRef] = {}
        self._standard: dict[str, URIRef] = {}
        self._name: dict[URIRef, str] = {}
        for c in sorted(self.ontology.classes, key=lambda c: c.iri):
            for label in (c.label, *c.synonyms, c.iri.rsplit("#", 1)[-1]):
                self._by_words.setdefault(phrase(label).stems, c.iri)
        for name, standard in classes().items():
            iri = self._approved(standard) or self.dataset.class_(standard.label)
            self._standard[name] = iri
            self._name.setdefault(iri, name)

    def _approved(self, standard: StandardClass) -> URIRef | None:
        by_iri = self.dataset.class_(standard.label)
        if by_iri in self.ontology.class_by_iri:
            return by_iri
        return next(
            (
                self._by_words[w]
                for x in (standard.label, standard.ru)
                if (w := phrase(x).stems) in self._by_words
            ),
            None,
        )

    def iri(self, name: str) -> URIRef:
        """The class of a standard name, proposed with all above it when it is not approved."""
        for n in reversed(ancestors(name)):
            iri = self._standard[n]
            if iri not in self.ontology.class_by_iri and iri not in self.new:
                standard = classes()[n]
                self.new[iri] = OntologyClass(
                    iri=iri,
                    label=standard.labelled(self.language),
                    language="ru" if self.language == "ru" else "en",
                    parents=(self._standard[standard.parent],) if standard.parent else (),
                )
        return self._standard[name]

    def of_words(self, words: str) -> URIRef | None:
        """The approved class that these words name, if any."""
        return self._by_words.get(phrase(words).stems)

    def propose(self, words: str) -> URIRef:
        """A class of its own for a kind that the standard table does not know."""
        label = words.strip().replace("_", " ").lower().capitalize()
        iri = self.dataset.class_(named(label, "Class"))
        if iri not in self.ontology.class_by_iri:
            self.new.setdefault(iri, OntologyClass(iri=iri, label=label, language=self.language))
        return iri

    def names(self, iri: URIRef) -> tuple[str, ...]:
        """The standard names of a class and all above it, nearest first; () for an unknown one."""
        for above in self.above(iri):
            if above in self._name:
                return ancestors(self._name[above])
            known = self.ontology.class_by_iri.get(above)
            name = class_of_type(known.label) if known else ""
            if name:
                return ancestors(name)
        return ()

    def above(self, iri: URIRef) -> tuple[URIRef, ...]:
        """The class and all above it, nearest first."""
        found: list[URIRef] = []
        todo = [iri]
        while todo:
            current = todo.pop(0)
            if current in found:
                continue
            found.append(current)
            known = self.ontology.class_by_iri.get(current) or self.new.get(current)
            todo.extend(known.parents if known else ())
        return tuple(found)

    def common(self, iris: Iterable[URIRef]) -> URIRef | None:
        """The most specific class above all of these; None if only owl:Thing is."""
        chains = [self.above(i) for i in sorted(set(iris)) if i != THING]
        if not chains:
            return None
        shared = set(chains[0]).intersection(*map(set, chains[1:]))
        return next((c for c in chains[0] if c in shared), None)

    def label(self, iri: URIRef) -> str:
        known = self.ontology.class_by_iri.get(iri) or self.new.get(iri)
        return known.label if known else local_name(iri)
