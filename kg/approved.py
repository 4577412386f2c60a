"""Reading an approved version, or a cycle's proposal laid over it, at a cost that follows the request.

Everything rests on lookups by subject or by object, in batches of VALUES. A staged view asks the
same of three graphs: approved, plus the staged additions, less the staged removals.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from rdflib import Literal, URIRef

from kg import contents, rdf
from kg.model import Entity, Fact, Ontology, Term
from kg.rdf import NAMING, Triple
from kg.store import GraphStore
from kg.store.laid import Laid
from kg.store.lookup import Lookup, batches
from kg.store.terms import nt
from kg.versions import marker
from kg.vocab import DCTERMS, FERAG, PROV, RDF, RDFS, Dataset

NAMESAKES = 200  # entities of one name key; one that more have (initials, "note") tells nothing


@dataclass(frozen=True, slots=True)
class Approved:
    """The part of the approved graph that a change touches."""

    ontology: Ontology = field(default_factory=Ontology)
    entities: tuple[Entity, ...] = ()
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Counts:
    entities: int
    facts: int
    classes: int
    properties: int


@dataclass(frozen=True, slots=True)
class Near:
    """Facts about a thing, in both directions, at most as many as asked for; `total` counts all."""

    facts: tuple[Fact, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Relation:
    """How many facts of a property a thing has, as their subject (`outward`) or as their object."""

    property: URIRef
    outward: bool
    total: int


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A picture's nodes and edges; `left_out` edges did not fit. Entities come without evidence."""

    entities: tuple[Entity, ...]
    edges: tuple[Triple, ...]
    left_out: int


class ApprovedGraph:
    """A dataset's approved version; with `cycle`, as it would be if all that is staged were approved; with
    `laid`, as it would be with that."""

    def __init__(
        self, store: GraphStore, dataset: Dataset, cycle: int | None = None, laid: Laid | None = None
    ) -> None:
        self.store, self.dataset = store, dataset
        self._look = Lookup(store, dataset, cycle, laid)

    def version(self) -> int:
        return marker(self.store, self.dataset).version

    def ontology(self) -> Ontology:
        """All classes and properties."""
        return contents.read_ontology(self._look.all(self.dataset.ontology))

    # ---- entities

    def entities(self, iris: Iterable[URIRef]) -> tuple[Entity, ...]:
        """Those of these that exist, sorted by IRI."""
        wanted = sorted(set(iris))
        naming = self._look.about(self.dataset.facts, wanted, NAMING)
        there = [i for i in wanted if RDFS.label in naming.get(i, {})]
        told = (PROV.wasDerivedFrom, FERAG.statement, DCTERMS.description)
        found: list[Entity] = []
        for part in batches(there):
            provenance = self._look.with_nodes(part, told)
            found.extend(contents.read_entity(i, naming[i], provenance) for i in part)
        return tuple(found)

    def entity(self, iri: URIRef, sources: int = 300) -> Entity | None:
        """One of them, with at most so many pieces of evidence."""
        naming = self._look.about(self.dataset.facts, [iri], NAMING).get(iri, {})
        if RDFS.label not in naming:
            return None
        graph = self.dataset.provenance
        told = self._look.about(graph, [iri], (DCTERMS.description,)).get(iri, {})
        rows = self._look.select(
            graph, "objects.rq", subject=iri, predicate=PROV.wasDerivedFrom, limit=sources
        )
        nodes = sorted(cast(URIRef, r["o"]) for r in rows)[:sources]
        said = {**told, PROV.wasDerivedFrom: nodes}
        return contents.read_entity(iri, naming, {iri: said, **self._look.about(graph, nodes)})

    def names(self, iris: Iterable[URIRef]) -> tuple[Entity, ...]:
        """As `entities`, but labels, types and aliases only: one lookup less."""
        naming = self._look.about(self.dataset.facts, sorted(set(iris)), NAMING)
        return tuple(contents.read_entity(i, s, {}) for i, s in sorted(naming.items()) if RDFS.label in s)

    def entities_by_key(self, keys: Iterable[str]) -> dict[str, tuple[Entity, ...]]:
        """The entities that have each name key; keys that nothing has, or too many have, are left out."""
        wanted = [Literal(key) for key in sorted(set(keys))]
        having: dict[str, list[URIRef]] = defaultdict(list)
        graph = self.dataset.provenance
        for subject, key in self._look.pointing_few(graph, FERAG.nameKey, wanted, NAMESAKES):
            having[str(key)].append(subject)
        chosen = {key: sorted(set(iris)) for key, iris in having.items() if len(set(iris)) <= NAMESAKES}
        known = {e.iri: e for e in self.entities({i for iris in chosen.values() for i in iris})}
        found = {key: tuple(known[i] for i in iris if i in known) for key, iris in sorted(chosen.items())}
        return {key: entities for key, entities in found.items() if entities}

    def entities_from(self, document_ids: Iterable[str]) -> tuple[Entity, ...]:
        """The entities with evidence in these documents, with all their evidence."""
        return self.entities(h for h in self._holders(document_ids) if not self._is_assertion(h))

    def instances(self, class_: URIRef, limit: int = 1000) -> tuple[URIRef, ...]:
        """Entities of exactly this class, at most `limit`."""
        rows = self._look.select(
            self.dataset.facts, "instances.rq", predicate=RDF.type, object=class_, limit=limit
        )
        return tuple(sorted(cast(URIRef, r["s"]) for r in rows)[:limit])

    def search_labels(self, words: str, limit: int = 20) -> tuple[tuple[URIRef, str], ...]:
        """Entities whose label or alias begins with the words, then those that contain them."""
        wanted = Literal(words.strip().lower())
        found: dict[URIRef, str] = {}
        for query in ("labels.rq", "labels_within.rq"):
            if len(found) < limit:
                rows = self._look.select(self.dataset.facts, query, words=wanted, limit=4 * limit)
                for label, e in sorted((str(r["label"]), cast(URIRef, r["e"])) for r in rows):
                    found.setdefault(e, label)
        return tuple(islice(found.items(), limit))

    # ---- facts

    def facts_of(self, subjects: Iterable[URIRef]) -> tuple[Fact, ...]:
        """All facts with these subjects."""
        said = self._look.about(self.dataset.facts, sorted(set(subjects)))
        return self.facts(
            (s, p, o) for s in said for p, objects in said[s].items() if p not in NAMING for o in objects
        )

    def facts(self, triples: Iterable[Triple]) -> tuple[Fact, ...]:
        """These triples with their provenance, sorted; that they are there is not checked."""
        wanted = sorted(set(triples), key=lambda t: (t[0], t[1], nt(t[2])))
        found: list[Fact] = []
        for part in batches(wanted):
            assertions = [rdf.assertion(self.dataset, *t) for t in part]
            provenance = self._look.with_nodes(assertions)
            found.extend(contents.read_fact(self.dataset, t, provenance) for t in part)
        return tuple(found)

    def facts_about(self, iris: Iterable[URIRef], limit: int = 200) -> tuple[Fact, ...]:
        """Facts that these are the subject or the object of, at most `limit` of each."""
        return self.facts(self._look.near_any(sorted(set(iris)), limit))

    def near(self, iri: URIRef, limit: int = 200) -> Near:
        """Facts about one thing in both directions, and how many there are."""
        total = self.degrees([iri]).get(iri, 0)
        return Near(self.facts(self._look.near(iri, limit)[:limit]), total)

    def relations(self, iri: URIRef) -> tuple[Relation, ...]:
        """The properties of a thing's facts in both directions, the commonest first."""
        many: dict[tuple[URIRef, bool], int] = defaultdict(int)
        for query, outward in (("relations_out.rq", True), ("relations_in.rq", False)):
            for sign, graph in self._look.layers(self.dataset.facts):
                for row in self._look.rows(query, graph=graph, thing=iri):
                    if "p" in row:  # a GROUP BY over nothing may be one empty row
                        many[cast(URIRef, row["p"]), outward] += sign * int(row["n"])
        found = (Relation(p, outward, n) for (p, outward), n in many.items() if n > 0)
        return tuple(sorted(found, key=lambda r: (not r.outward, -r.total, r.property)))

    def related(self, iri: URIRef, property_: URIRef, outward: bool, limit: int) -> tuple[Triple, ...]:
        """A thing's facts of one property in one direction, at most `limit`, without their provenance."""
        facts = self.dataset.facts
        if outward:
            rows = self._look.select(facts, "objects.rq", subject=iri, predicate=property_, limit=limit)
            return tuple((iri, property_, r["o"]) for r in rows)[:limit]
        rows = self._look.select(facts, "instances.rq", predicate=property_, object=iri, limit=limit)
        return tuple((cast(URIRef, r["s"]), property_, iri) for r in rows)[:limit]

    def facts_from(self, document_ids: Iterable[str]) -> tuple[Fact, ...]:
        """The facts with evidence in these documents, with all their evidence."""
        return self.asserted(h for h in self._holders(document_ids) if self._is_assertion(h))

    def asserted(self, assertions: Iterable[URIRef]) -> tuple[Fact, ...]:
        """The facts of these assertion nodes, of those that exist."""
        said = self._look.about(
            self.dataset.provenance, sorted(set(assertions)), (RDF.subject, RDF.predicate, RDF.object)
        )
        return self.facts(
            (cast(URIRef, s[RDF.subject][0]), cast(URIRef, s[RDF.predicate][0]), s[RDF.object][0])
            for s in said.values()
            if RDF.object in s
        )

    def facts_with(self, property_: URIRef, limit: int = 1000) -> tuple[Fact, ...]:
        """Facts of this property, at most `limit`."""
        rows = self._look.select(self.dataset.facts, "of_predicate.rq", predicate=property_, limit=limit)
        found = sorted({(cast(URIRef, r["s"]), nt(r["o"]), r["o"]) for r in rows})[:limit]
        return self.facts((s, property_, o) for s, _, o in found)

    def values_of(self, property_: URIRef, limit: int) -> tuple[tuple[URIRef, Term], ...]:
        """Subjects and objects of a property's facts, at most `limit`, without their provenance."""
        rows = self._look.select(self.dataset.facts, "of_predicate.rq", predicate=property_, limit=limit)
        return tuple((cast(URIRef, r["s"]), r["o"]) for r in rows)[:limit]

    def having(self, property_: URIRef, values: Iterable[Term]) -> tuple[tuple[URIRef, Term], ...]:
        """Which things have which of these values."""
        return tuple(self._look.pointing(self.dataset.facts, property_, list(values)))

    def degrees(self, iris: Iterable[URIRef]) -> dict[URIRef, int]:
        """How many facts each is the subject or the object of; those without any are left out."""
        found: dict[URIRef, int] = defaultdict(int)
        for part in batches(sorted(set(iris))):
            for query in ("degree_out.rq", "degree_in.rq"):
                for sign, graph in self._look.layers(self.dataset.facts):
                    rows = self._look.rows(query, graph=graph, entities=part)
                    for row in rows:
                        if "e" in row:  # a GROUP BY over nothing may be one empty row
                            found[cast(URIRef, row["e"])] += sign * int(row["n"])
        return {i: n for i, n in found.items() if n > 0}

    def neighbourhood(self, iri: URIRef, hops: int = 1, cap: int = 200) -> Neighbourhood:
        """What lies within `hops` of a thing: at most `cap` nodes, nearest first."""
        nodes: dict[URIRef, None] = {iri: None}
        edges: dict[Triple, None] = {}
        left_out, ring = 0, [iri]
        for _ in range(hops):
            following: dict[URIRef, None] = {}
            for node in ring:
                for s, p, o in self._look.near(node, cap):
                    other = o if s == node else s
                    if isinstance(other, URIRef) and other not in nodes:
                        if len(nodes) >= cap:
                            left_out += 1
                            continue
                        nodes[other] = following[other] = None
                    edges[s, p, o] = None
            ring = list(following)
        return Neighbourhood(self.names(nodes), tuple(edges), left_out)

    def approved(self, iris: Iterable[URIRef]) -> Approved:
        """These entities with all their facts and the whole ontology."""
        wanted = set(iris)
        return Approved(self.ontology(), self.entities(wanted), self.facts_of(wanted))

    # ---- everything

    def counts(self) -> Counts:
        """How much is approved (what is staged is not counted)."""
        known, ontology = marker(self.store, self.dataset), self.ontology()
        return Counts(known.entities, known.facts, len(ontology.classes), len(ontology.properties))

    def uses(self) -> dict[URIRef, int]:
        """How many things each class has, and how many facts each property. Cost: the whole graph."""
        many: dict[URIRef, int] = defaultdict(int)
        for query, name in (("class_uses.rq", "c"), ("property_uses.rq", "p")):
            for sign, graph in self._look.layers(self.dataset.facts):
                for row in self._look.rows(query, graph=graph):
                    if name in row:
                        many[cast(URIRef, row[name])] += sign * int(row["n"])
        return dict(many)

    def _holders(self, document_ids: Iterable[str]) -> set[URIRef]:
        """The entities and assertions with evidence in these documents."""
        graph = self.dataset.provenance
        documents = sorted({self.dataset.document(d) for d in document_ids})
        evidence = sorted({s for s, _ in self._look.pointing(graph, FERAG.document, documents)})
        return {s for s, _ in self._look.pointing(graph, PROV.wasDerivedFrom, evidence)}

    def _is_assertion(self, holder: URIRef) -> bool:
        return holder.startswith(f"{self.dataset.root}assertion/")
