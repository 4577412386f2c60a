"""Things and facts of a file: whatever is no term, with all that is said of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from rdflib import BNode, Literal, URIRef

from kg.linked.model import Linked
from kg.linked.statements import (
    COMMENTS,
    NAMES,
    OTHER_NAMES,
    Node,
    Statements,
    Value,
    iris,
    is_a,
    line,
    literals,
)
from kg.linked.terms import ANYTHING, Terms, humane
from kg.model import Entity, Fact, Ontology, OntologyClass, Property, Term
from kg.ontology.class_index import THING
from kg.store.terms import canonical
from kg.vocab import DCTERMS, OWL, RDF, RDFS, SCHEMA, SKOS, XSD, Dataset, digest, local_name, slug

_FOAF = "http://xmlns.com/foaf/0.1/"
# addresses, not things
LINKS = frozenset(
    {
        *(
            OWL.sameAs,
            RDFS.seeAlso,
            RDFS.isDefinedBy,
            SKOS.exactMatch,
            SKOS.closeMatch,
            SCHEMA.url,
            SCHEMA.sameAs,
        ),
        *(SCHEMA.image, SCHEMA.contentUrl, DCTERMS.source, DCTERMS.license, DCTERMS.conformsTo),
        *(URIRef(_FOAF + n) for n in ("homepage", "page", "mbox", "depiction", "isPrimaryTopicOf")),
    }
)
# what is said of a list, or of how the file is made, and is no knowledge of its own
_LEFT_OUT = frozenset(
    {SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept, RDFS.isDefinedBy, OWL.versionInfo}
)
_TURNED = {
    SKOS.narrower: SKOS.broader,
    SKOS.narrowerTransitive: SKOS.broader,
    SKOS.broaderTransitive: SKOS.broader,
}
_SAID_ELSEWHERE = frozenset({RDF.type, *NAMES, *OTHER_NAMES})
SAME_AS = URIRef(SCHEMA.sameAs)
LONGEST_DESCRIPTION = 4000
LONGEST_VALUE = 4000


def things(said: Statements, terms: Terms, dataset: Dataset, document_id: str) -> Linked:
    """All of the file. Things get IRIs of this knowledge base; where they came from is a fact of theirs."""
    return _Reader(said, terms, dataset, document_id).read()


@dataclass
class _Reader:
    said: Statements
    terms: Terms
    dataset: Dataset
    document_id: str
    entities: dict[Node, Entity] = field(default_factory=dict)
    properties: dict[tuple[URIRef, bool], Property] = field(default_factory=dict)
    classes: dict[URIRef, OntologyClass] = field(default_factory=dict)
    left_out: int = 0

    def read(self) -> Linked:
        for node, said in self.said.items():
            if node not in self.terms.nodes and not is_a(said, SKOS.ConceptScheme, SKOS.Collection):
                self.entities[node] = self._entity(node, said, None)
        facts: dict[tuple[URIRef, URIRef, Term], Fact] = {}
        for node in list(self.entities):
            for fact in self._facts(node, self.said[node]):
                facts.setdefault(fact.triple, fact)
        known = self.terms.ontology
        used = {p.iri: p for p in (*known.properties, *self.properties.values())}
        ontology = Ontology((*known.classes, *self.classes.values()), tuple(used[i] for i in sorted(used)))
        return Linked(ontology, tuple(self.entities.values()), tuple(facts.values()), left_out=self.left_out)

    # ---- things

    def _entity(self, node: Node, said: Mapping[URIRef, Sequence[Value]], owner: str | None) -> Entity:
        names = literals(said, NAMES)
        first = names[0] if names else Literal(self._unnamed(node, said, owner))
        label = line(str(first))
        others = [line(str(o)) for o in (*names[1:], *literals(said, OTHER_NAMES))]
        comments = literals(said, COMMENTS)
        return Entity(
            iri=self._iri(node),
            label=label,
            language=first.language or "",
            types=self._types(said),
            aliases=tuple(sorted({o for o in others if o != label})),
            description=line(str(comments[0]), LONGEST_DESCRIPTION) if comments else "",
        )

    def _iri(self, node: Node) -> URIRef:
        """The same for the same name whenever it comes; a blank node's is its file's own."""
        if isinstance(node, URIRef) and node.startswith(f"{self.dataset.root}entity/"):
            return node
        if isinstance(node, BNode):
            return self.dataset.entity("thing", "blank", self.document_id, node)
        return URIRef(f"{self.dataset.root}entity/{slug(unquote(local_name(node)))}-{digest('iri', node)}")

    def _unnamed(self, node: Node, said: Mapping[URIRef, Sequence[Value]], owner: str | None) -> str:
        if isinstance(node, URIRef):
            return humane(unquote(local_name(node)).replace("_", " ")) or str(node)
        kind = next((self._label(t) for t in iris(said, RDF.type)), "")
        values = [str(o) for p in said for o in said[p] if isinstance(o, Literal)]
        plain = ", ".join(v for v in values[:3])
        return line(f"{kind} {plain}".strip() or f"{owner or 'thing'} {node}", 80)

    def _types(self, said: Mapping[URIRef, Sequence[Value]]) -> tuple[URIRef, ...]:
        known = self.terms.ontology.class_by_iri
        types = [t for t in iris(said, RDF.type) if t in known]
        if (not types and is_a(said, SKOS.Concept)) or (SKOS.prefLabel in said and not types):
            types = [self._concept_class(said)]
        above = {a for t in types for a in self.terms.ontology.ancestors(t) if a != t}
        return tuple(sorted(t for t in types if t not in above)) or (THING,)

    def _concept_class(self, said: Mapping[URIRef, Sequence[Value]]) -> URIRef:
        """The kind of a list's entries: the list itself, if it has a name."""
        for scheme in iris(said, SKOS.inScheme, SKOS.topConceptOf):
            names = literals(self.said.get(scheme, {}), NAMES)
            if names:
                label = OntologyClass(scheme, line(str(names[0])), names[0].language or "")
                return self.classes.setdefault(scheme, label).iri
        concept = OntologyClass(URIRef(SKOS.Concept), "Concept", "en")
        return self.classes.setdefault(concept.iri, concept).iri

    def _label(self, iri: URIRef) -> str:
        found = self.terms.ontology.class_by_iri.get(iri) or self.terms.ontology.property_by_iri.get(iri)
        return found.label if found else humane(unquote(local_name(iri)))

    # ---- facts

    def _facts(self, node: Node, said: Mapping[URIRef, Sequence[Value]]) -> Iterator[Fact]:
        entity = self.entities[node]
        if isinstance(node, URIRef) and node != entity.iri and not node.startswith("urn:ferag:file#"):
            yield self._fact(entity, SAME_AS, Literal(str(node), datatype=XSD.anyURI))
        for predicate, objects in said.items():
            if predicate in _SAID_ELSEWHERE:
                continue
            if predicate in COMMENTS:
                objects = [o for o in objects if not isinstance(o, Literal)]  # noqa: PLW2901
            for o in objects:
                found = self._one(entity, predicate, o)
                if found is None:
                    self.left_out += 1
                else:
                    yield found

    def _one(self, entity: Entity, predicate: URIRef, object_: Value) -> Fact | None:
        """None for what has no place in the graph."""
        built_in = str(predicate).startswith((str(RDF), str(OWL))) and predicate != OWL.sameAs
        if predicate in _LEFT_OUT or built_in:
            return None
        if isinstance(object_, Literal):
            return self._of_value(entity, predicate, object_)
        if predicate in LINKS:
            iri = SAME_AS if predicate in (OWL.sameAs, SKOS.exactMatch) else predicate
            return self._fact(entity, iri, Literal(str(object_), datatype=XSD.anyURI))
        if object_ in self.terms.nodes or object_ in ANYTHING:
            return None  # a thing beside a term: what is said of terms is in the ontology
        return self._between(entity, predicate, object_)

    def _of_value(self, entity: Entity, predicate: URIRef, literal: Literal) -> Fact | None:
        value = canonical(literal)
        if len(value) > LONGEST_VALUE:
            value = Literal(line(str(value), LONGEST_VALUE), lang=literal.language)
        return self._fact(entity, predicate, value) if str(value).strip() else None

    def _between(self, entity: Entity, predicate: URIRef, object_: Node) -> Fact | None:
        other = self.entities.get(object_)
        if other is None:
            other = self.entities[object_] = self._entity(object_, self.said.get(object_, {}), entity.label)
        if other.iri == entity.iri:
            return None
        if predicate in _TURNED:
            turned = predicate in (SKOS.narrower, SKOS.narrowerTransitive)
            subject, target = (other, entity) if turned else (entity, other)
            return self._fact(subject, _TURNED[predicate], target.iri)
        return self._fact(entity, predicate, other.iri)

    def _fact(self, entity: Entity, predicate: URIRef, object_: Term) -> Fact:
        property_ = self._property(predicate, literal=isinstance(object_, Literal))
        return Fact(entity.iri, property_.iri, object_, confidence=1.0)

    def _property(self, iri: URIRef, *, literal: bool) -> Property:
        """The property as it is defined; one of its own for values where that leads to things, or turned."""
        known = self.terms.ontology.property_by_iri.get(iri)
        if known and (known.kind == "datatype") == literal:
            return known
        made = self.properties.get((iri, literal))
        if made is None:
            made = self._made(iri, known, literal=literal)
            self.properties[iri, literal] = made
        return made

    def _made(self, iri: URIRef, known: Property | None, *, literal: bool) -> Property:
        label = "same as" if iri == SAME_AS else known.label if known else humane(unquote(local_name(iri)))
        if known or (iri, not literal) in self.properties:
            label = f"{label} value" if literal else f"{label} thing"
            iri = self.dataset.property_(f"{label} {digest(iri, length=6)}")
        return Property(iri, line(label), "datatype" if literal else "object", language="")
