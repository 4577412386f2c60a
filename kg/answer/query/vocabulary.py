"""What a model is told of a graph before it writes a query: prefixes, the part of the ontology near the
question, the things near it, examples made of this ontology."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rdflib import URIRef

from kg.answer.graph.relations import standard
from kg.answer.relations import relations
from kg.guard import injection, visible
from kg.index.words import stems
from kg.model import Ontology, OntologyClass, Property
from kg.prompts import prompt
from kg.retrieve import Retrieved
from kg.vocab import FERAG, OWL, RDF, RDFS, SCHEMA, SKOS, XSD, Dataset

PROPERTIES, CLASSES, THINGS = 60, 40, 16  # that a model is told of
ROWS = 200  # of an answer
_LABEL = 80  # characters


def prefixes(dataset: Dataset) -> dict[str, str]:
    return {
        "o": f"{dataset.root}ontology#",
        "e": f"{dataset.root}entity/",
        "g": dataset.root,
        "rdf": str(RDF),
        "rdfs": str(RDFS),
        "owl": str(OWL),
        "skos": str(SKOS),
        "xsd": str(XSD),
        "ferag": str(FERAG),
        "schema": str(SCHEMA),
    }


def with_prefixes(query: str, dataset: Dataset) -> str:
    """The query with a declaration of each of our prefixes that it uses and does not declare."""
    declared = set(re.findall(r"(?i)\bPREFIX\s+([\w-]*):", query))
    used = set(re.findall(r"(?<![\w:?$<])([a-z]+):(?!//)", query))
    known = prefixes(dataset)
    needed = [f"PREFIX {name}: <{known[name]}>" for name in known if name in used - declared]
    return "\n".join([*needed, query.strip()])


@dataclass(frozen=True, slots=True)
class Names:
    """IRIs as a model writes them."""

    dataset: Dataset

    def __call__(self, iri: URIRef) -> str:
        for name, start in prefixes(self.dataset).items():
            rest = str(iri).removeprefix(start)
            if rest != str(iri) and re.fullmatch(r"[A-Za-z][\w-]*", rest):
                return f"{name}:{rest}"
        return f"<{iri}>"


def told(question: str, found: Retrieved, ontology: Ontology, dataset: Dataset) -> str:
    """How this graph is queried: nothing in it but names of the graph, each on a line of its own."""
    name = Names(dataset)
    properties = _near_properties(question, found, ontology)
    found = replace(found, entities=tuple(e for e in found.entities if not injection(visible(e.label))))
    return prompt(
        "graph",
        most=str(ROWS),
        prefixes="\n".join(f"PREFIX {n}: <{iri}>" for n, iri in prefixes(dataset).items()),
        properties="\n".join(_property(p, ontology, name) for p in properties) or "(none)",
        classes="\n".join(_class(c, name) for c in _near_classes(properties, ontology)) or "(none)",
        things="\n".join(_things(found, name)) or "(none)",
        examples=_examples(properties, found, name),
    )


def _near_properties(question: str, found: Retrieved, ontology: Ontology) -> Sequence[Property]:
    """All, or the nearest: by relation, by words, by what the facts found say."""
    said, words = relations(question), frozenset(stems(question))
    seen = {f.predicate for f in found.facts}

    def distance(p: Property) -> tuple[int, str]:
        own = stems(" ".join((p.label, *p.synonyms)))
        points = 3 * bool(said & standard(p)) + 2 * (p.iri in seen) + bool(words & set(own))
        return -points, p.label

    return sorted(ontology.properties, key=distance)[:PROPERTIES]


def _near_classes(properties: Iterable[Property], ontology: Ontology) -> Sequence[OntologyClass]:
    ends = {iri for p in properties for iri in (p.domain, p.range) if iri}
    return sorted(ontology.classes, key=lambda c: (c.iri not in ends, c.label))[:CLASSES]


def _property(p: Property, ontology: Ontology, name: Names) -> str:
    ends = " -> ".join(name(i) if i else "anything" for i in (p.domain, p.range))
    other = f"; also: {', '.join(map(_plain, p.synonyms[:4]))}" if p.synonyms else ""
    return f'{name(p.iri)} "{_plain(p.label)}" ({ends}{other})'


def _class(c: OntologyClass, name: Names) -> str:
    above = f" below {', '.join(map(name, c.parents))}" if c.parents else ""
    return f'{name(c.iri)} "{_plain(c.label)}"{above}'


def _things(found: Retrieved, name: Names) -> list[str]:
    return [f'{name(e.iri)} "{_plain(e.label)}"' for e in found.entities[:THINGS]]


def _plain(label: str) -> str:
    return re.sub(r'[\s"]+', " ", visible(label)).strip()[:_LABEL]


def _examples(properties: Sequence[Property], found: Retrieved, name: Names) -> str:
    """Of this graph: a list, a count within dates, the latest."""
    between = next((p for p in properties if p.kind == "object"), None)
    if between is None:
        return "(none)"
    p = name(between.iri)
    thing = name(found.entities[0].iri) if found.entities else "?other"
    dated = (
        f"GRAPH g:provenance {{ ?fact rdf:subject ?x ; rdf:predicate {p} ; rdf:object {thing} ;\n"
        "    ferag:period ?period . ?period schema:startDate ?day }"
    )
    return "\n\n".join(
        (
            f"# which ones\nSELECT DISTINCT ?x WHERE {{ ?x {p} {thing} }}",
            f"# how many since 2025 (schema:endDate for what ended)\n"
            f"SELECT (COUNT(DISTINCT ?x) AS ?n) WHERE {{\n  ?x {p} {thing} .\n  {dated}\n"
            f'  FILTER(STR(?day) >= "2025")\n}}',
            f"# which one last\nSELECT ?x ?day WHERE {{\n  ?x {p} {thing} .\n  {dated}\n}} "
            "ORDER BY DESC(STR(?day)) LIMIT 1",
            f"# which ones not\nSELECT DISTINCT ?x WHERE {{ ?x a {_domain(between, name)} "
            f"FILTER NOT EXISTS {{ ?x {p} {thing} }} }}",
        )
    )


def _domain(p: Property, name: Names) -> str:
    return name(p.domain) if p.domain else "?class"
