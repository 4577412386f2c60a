"""The portal's own exports: what they say is read back as it was, with sources, dates and confidence.

An export of another knowledge base names its things, terms and nodes below that one's root; here they are
below ours, under the same names. The graphs that a statement stood in do not matter: what it says tells.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from rdflib import BNode, Literal, URIRef

from kg import contents, rdf
from kg.contents import Said, by_subject
from kg.errors import NotText
from kg.linked.model import Linked
from kg.linked.statements import Statements
from kg.model import Entity, Evidence, Fact, Term
from kg.rdf import NAMING, Triple
from kg.vocab import DCTERMS, FERAG, OWL, PROV, RDF, RDFS, Dataset

_ROOT = re.compile(r"(.+/ferag-\d{5,}/)assertion/[0-9a-f]{24}")
_DOCUMENT = re.compile(r"[A-Za-z0-9_.-]{1,40}")
_SAID_IN_PROVENANCE = (DCTERMS.description, PROV.wasDerivedFrom, FERAG.nameKey)
_TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)
MOST_OFFSET = 2**31


def root(said: Statements) -> str:
    """The root of the knowledge base that this is an export of; "" if it is none."""
    found = Counter(
        m[1]
        for s, about in said.items()
        if isinstance(s, URIRef) and RDF.predicate in about and FERAG.confidence in about
        if (m := _ROOT.fullmatch(s))
    )
    return found.most_common(1)[0][0] if found else ""


def read(said: Statements, root: str, dataset: Dataset) -> Linked:
    """NotText if a number, a date or a source in it is none."""
    ontology: list[Triple] = []
    facts: list[Triple] = []
    provenance: dict[URIRef, list[Triple]] = defaultdict(list)
    for s, p, o in _moved(said, root, dataset.root):
        about = said.get(_back(s, root, dataset.root), {})
        if p in _SAID_IN_PROVENANCE or _is_node(s, dataset):
            provenance[s].append((s, p, o))
        elif any(t in _TERMS for t in about.get(RDF.type, ())):
            ontology.append((s, p, o))
        else:
            facts.append((s, p, o))
    try:
        known = _renamed(by_subject(t for triples in provenance.values() for t in triples), dataset)
        named = by_subject(facts)
        entities = [
            _entity(contents.read_entity(s, named[s], known)) for s in sorted(named) if RDFS.label in named[s]
        ]
        read_facts = [
            _fact(dataset, triple, known) for triple in sorted(facts, key=str) if triple[1] not in NAMING
        ]
    except (ValueError, IndexError, KeyError) as e:
        raise NotText("export", f"what it says of its sources is damaged: {e}") from e
    return Linked(contents.read_ontology(ontology), tuple(entities), tuple(read_facts), own=True)


def _moved(said: Statements, old: str, new: str) -> Iterator[Triple]:
    for s, about in said.items():
        for p, objects in about.items():
            for o in objects:
                if isinstance(s, URIRef) and not isinstance(o, BNode):
                    moved = cast(Term, _iri(o, old, new)) if isinstance(o, URIRef) else o
                    yield _iri(s, old, new), _iri(p, old, new), moved


def _iri(iri: URIRef, old: str, new: str) -> URIRef:
    return URIRef(new + iri[len(old) :]) if iri.startswith(old) else iri


def _back(iri: URIRef, old: str, new: str) -> URIRef:
    return _iri(iri, new, old)


def _is_node(iri: URIRef, dataset: Dataset) -> bool:
    kind = iri.removeprefix(dataset.root).partition("/")[0] if iri.startswith(dataset.root) else ""
    return kind in ("assertion", "evidence", "period", "qualifier")


def _renamed(provenance: dict[URIRef, Said], dataset: Dataset) -> dict[URIRef, Said]:
    """Assertion nodes by the names that their triples have here."""
    found = {}
    for iri, said in provenance.items():
        if RDF.subject in said and RDF.predicate in said and RDF.object in said:
            triple = (said[RDF.subject][0], said[RDF.predicate][0], said[RDF.object][0])
            iri = rdf.assertion(dataset, cast(URIRef, triple[0]), cast(URIRef, triple[1]), triple[2])  # noqa: PLW2901
        found[iri] = said
    return found


def _entity(entity: Entity) -> Entity:
    return replace(entity, evidence=_checked(entity.evidence))


def _fact(dataset: Dataset, triple: Triple, provenance: dict[URIRef, Said]) -> Fact:
    """Cycle and version are those of the knowledge base that it comes into."""
    s, p, o = triple
    found = contents.read_fact(dataset, (s, p, Literal("") if isinstance(o, BNode) else o), provenance)
    confidence = min(1.0, max(0.0, found.confidence))
    return replace(found, confidence=confidence, cycle=0, version=0, evidence=_checked(found.evidence))


def _checked(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    for e in evidence:
        if not _DOCUMENT.fullmatch(e.document_id) or not 0 <= e.start <= e.end < MOST_OFFSET:
            raise ValueError(f"{e.document_id[:40]} {e.start} {e.end}")
    return evidence
