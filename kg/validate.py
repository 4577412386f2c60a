"""The staged result against SHACL shapes made from the ontology: what fails is marked for people to decide.

Only the part that the change set touches is checked, so the cost follows the change.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyshacl
from rdflib import BNode, Graph, Literal, Namespace, URIRef

from kg.approved import Approved
from kg.merge.facts import Triple
from kg.merge.reasons import Reason, said
from kg.model import Change, ChangeSet, Entity, Fact, Fit, Kind, Ontology, OntologyClass, Property, Verdict
from kg.ontology.class_index import THING
from kg.vocab import OWL, RDF, RDFS, Dataset, digest

SH = Namespace("http://www.w3.org/ns/shacl#")
_SHAPE = "urn:ferag:shape:"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong: `check` is domain, range, kind, datatype or single."""

    check: str
    property: URIRef
    subject: URIRef | None  # of the fact; None where only the object is known
    value: URIRef | Literal | None


def shapes(ontology: Ontology) -> Graph:
    """Domain, range, node kind, datatype and functionality of every property, as node shapes."""
    graph = Graph()
    for p in sorted(ontology.properties, key=lambda p: p.iri):
        if p.domain and p.domain != THING:
            _node(graph, p, "domain", SH.targetSubjectsOf, {SH["class"]: p.domain})
        if p.kind == "object":
            _node(graph, p, "kind", SH.targetObjectsOf, {SH.nodeKind: SH.IRI})
            if p.range and p.range != THING:
                _node(graph, p, "range", SH.targetObjectsOf, {SH["class"]: p.range})
        else:
            _node(graph, p, "kind", SH.targetObjectsOf, {SH.nodeKind: SH.Literal})
            if p.range:
                _node(graph, p, "datatype", SH.targetObjectsOf, {SH.datatype: p.range})
        if p.functional:
            shape = _node(graph, p, "single", SH.targetSubjectsOf, {})
            once = BNode(digest(p.iri, "single"))
            graph.add((shape, SH.property, once))
            graph.add((once, SH.path, p.iri))
            graph.add((once, SH.maxCount, Literal(1)))
    return graph


def _node(graph: Graph, p: Property, check: str, target: URIRef, wants: Mapping[URIRef, URIRef]) -> URIRef:
    shape = URIRef(f"{_SHAPE}{check}:{p.iri}")
    graph.add((shape, RDF.type, SH.NodeShape))
    graph.add((shape, target, p.iri))
    for predicate, value in wants.items():
        graph.add((shape, predicate, value))
    return shape


def validate(dataset: Dataset, change_set: ChangeSet, approved: Approved) -> ChangeSet:
    """The change set with every fact that would break a shape marked as such, and turbulent."""
    ontology, types, facts = _staged(change_set, approved)
    proposed = {t for c in change_set.changes for f in c.after if isinstance(f, Fact) for t in [f.triple]}
    data = _data(ontology, types, facts)
    wrong = violations(data, shapes(_used(ontology, {t[1] for t in facts})))
    marks: dict[Triple, set[str]] = defaultdict(set)
    by_end: dict[tuple[URIRef, object], list[Triple]] = defaultdict(list)
    for triple in proposed:
        by_end[(triple[1], triple[0])].append(triple)
        by_end[(triple[1], triple[2])].append(triple)
    for v in wrong:
        for end in (v.subject, v.value):
            for triple in by_end.get((v.property, end), ()) if end is not None else ():
                marks[triple].add(v.check)
    return replace(change_set, changes=tuple(_marked(c, marks) for c in change_set.changes))


def violations(data: Graph, shacl: Graph) -> tuple[Violation, ...]:
    """What pySHACL finds wrong, sorted."""
    if not len(shacl) or not len(data):
        return ()
    _, results, _ = pyshacl.validate(
        data, shacl_graph=shacl, inference="none", advanced=False, meta_shacl=False
    )
    assert isinstance(results, Graph)
    found = set()
    for result in results.subjects(RDF.type, SH.ValidationResult):
        shape = results.value(result, SH.sourceShape)
        focus = results.value(result, SH.focusNode)
        path = results.value(result, SH.resultPath)
        if isinstance(path, URIRef):
            found.add(Violation("single", path, URIRef(str(focus)), None))
            continue
        check, _, property_ = str(shape).removeprefix(_SHAPE).partition(":")
        if check == "domain":
            found.add(Violation(check, URIRef(property_), URIRef(str(focus)), None))
        elif isinstance(focus, URIRef | Literal):
            found.add(Violation(check, URIRef(property_), None, focus))
    return tuple(sorted(found, key=str))


def _staged(
    change_set: ChangeSet, approved: Approved
) -> tuple[Ontology, dict[URIRef, set[URIRef]], set[Triple]]:
    """The touched part as it would be with every change accepted."""
    classes = {c.iri: c for c in approved.ontology.classes}
    props = {p.iri: p for p in approved.ontology.properties}
    entities = {e.iri: e for e in approved.entities}
    facts = {f.triple for f in approved.facts}
    for change in change_set.changes:
        if change.kind is Kind.merge_entities:
            continue
        facts -= {f.triple for f in change.before if isinstance(f, Fact)}
    for change in change_set.changes:
        if change.kind is Kind.merge_entities:
            continue
        for content in change.after:
            if isinstance(content, OntologyClass):
                classes[content.iri] = content
            elif isinstance(content, Property):
                props[content.iri] = content
            elif isinstance(content, Fact):
                facts.add(content.triple)
            elif change.kind in (Kind.new_entity, Kind.type_change, Kind.conflict):
                entities[content.iri] = content
    ontology = Ontology(tuple(classes.values()), tuple(props.values()))
    return ontology, {iri: set(e.types) for iri, e in entities.items() if isinstance(e, Entity)}, facts


def _data(ontology: Ontology, types: Mapping[URIRef, Iterable[URIRef]], facts: Iterable[Triple]) -> Graph:
    graph = Graph()
    for c in ontology.classes:
        for parent in c.parents:
            graph.add((c.iri, RDFS.subClassOf, parent))
    seen: set[URIRef] = set()
    for triple in facts:
        graph.add(triple)
        seen |= {t for t in (triple[0], triple[2]) if isinstance(t, URIRef)}
    for iri in seen:
        for type_ in types.get(iri, ()):
            graph.add((iri, RDF.type, type_))
        graph.add((iri, RDF.type, URIRef(OWL.Thing)))
    return graph


def _used(ontology: Ontology, properties: set[URIRef]) -> Ontology:
    return Ontology(ontology.classes, tuple(p for p in ontology.properties if p.iri in properties))


def _marked(change: Change, marks: Mapping[Triple, set[str]]) -> Change:
    before = {f.triple for f in change.before if isinstance(f, Fact)}
    checks = sorted(
        {
            m
            for f in change.after
            if isinstance(f, Fact) and f.triple not in before
            for m in marks.get(f.triple, ())
        }
    )
    if not checks or change.kind is Kind.changed_value:
        return change
    reasons = tuple(dict.fromkeys((*change.reasons, *(said(Reason.invalid, c) for c in checks))))
    verdict = change.verdict
    if "single" in checks:
        verdict = Verdict.conflict
    elif verdict in (Verdict.stated, Verdict.single_source, Verdict.corroborated):
        verdict = Verdict.needs_ontology
    return replace(change, fit=Fit.turbulent, verdict=verdict, reasons=reasons)
