"""What was read from a file as lines of plain text: the document that people read, and evidence points to.

One line says one thing: "Alice — works for — ACME". The file itself is kept beside it.
"""

from bisect import bisect_right
from dataclasses import replace

from rdflib import Literal, URIRef

from kg.linked.model import Linked, Read
from kg.linked.statements import line
from kg.model import Document, Entity, Evidence, Fact, Mark, OntologyClass, Property, Term, TextUnit
from kg.ontology.class_index import THING
from kg.text.language import language
from kg.vocab import local_name

LONGEST_LINE = 600
CLASSES, PROPERTIES, THINGS = "Kinds", "Relations", "Things and facts"


class _Writer:
    def __init__(self, name: str, document_id: str) -> None:
        self.name, self.document_id = name, document_id
        self.lines: list[str] = []
        self.at = 0
        self.marks: list[Mark] = []

    def heading(self, text: str) -> None:
        if self.at:
            self.add("")
        self.marks.append(Mark(self.at, heading=text, level=1))
        self.add(f"# {text}")
        self.add("")

    def add(self, text: str) -> Evidence:
        start, said = self.at, line(text, LONGEST_LINE)
        self.lines.append(said)
        self.at += len(said) + 1
        return Evidence(self.document_id, start, start + len(said), said, self.name)


def document(linked: Linked, name: str, document_id: str, media_type: str) -> Read:
    """The document, and the same values with evidence in it: those that bring their own sources keep them."""
    writer, labels = _Writer(name, document_id), _labels(linked)
    if linked.ontology.classes:
        writer.heading(CLASSES)
        for c in linked.ontology.classes:
            writer.add(_class(c, labels))
    if linked.ontology.properties:
        writer.heading(PROPERTIES)
        for p in linked.ontology.properties:
            writer.add(_property(p, labels))
    entities: list[Entity] = []
    facts: list[Fact] = []
    if linked.entities:
        writer.heading(THINGS)
    of: dict[URIRef, list[Fact]] = {}
    for f in linked.facts:
        of.setdefault(f.subject, []).append(f)
    known = {e.iri for e in linked.entities}
    for e in linked.entities:
        here = writer.add(_entity(e, labels))
        entities.append(e if e.evidence else replace(e, evidence=(here,)))
        facts += [_with(f, writer, labels) for f in of.get(e.iri, ())]
    facts += [_with(f, writer, labels) for s, some in of.items() if s not in known for f in some]
    text = "\n".join(writer.lines) + "\n"
    notes = (f"statements left out: {linked.left_out}",) if linked.left_out else ()
    made = Document(document_id, name, text, language(text), tuple(writer.marks), media_type, notes)
    return Read(made, replace(linked, entities=tuple(entities), facts=tuple(facts)))


def in_units(linked: Linked, document_id: str, units: tuple[TextUnit, ...]) -> Linked:
    """The same with the text units that the evidence stands in."""
    starts = [u.start for u in units]

    def placed(evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        return tuple(
            replace(e, unit_id=units[max(0, bisect_right(starts, e.start) - 1)].id)
            if e.document_id == document_id
            else e
            for e in evidence
        )

    return replace(
        linked,
        entities=tuple(replace(e, evidence=placed(e.evidence)) for e in linked.entities),
        facts=tuple(replace(f, evidence=placed(f.evidence)) for f in linked.facts),
    )


def _with(fact: Fact, writer: _Writer, labels: dict[URIRef, str]) -> Fact:
    said = (_name(fact.subject, labels), _name(fact.predicate, labels), _name(fact.object, labels))
    here = writer.add(" — ".join(said))
    return fact if fact.evidence else replace(fact, evidence=(here,))


def _labels(linked: Linked) -> dict[URIRef, str]:
    found = {c.iri: c.label for c in linked.ontology.classes}
    found |= {p.iri: p.label for p in linked.ontology.properties}
    return found | {e.iri: e.label for e in linked.entities}


def _name(term: Term, labels: dict[URIRef, str]) -> str:
    if isinstance(term, Literal):
        return str(term)
    return labels.get(term) or local_name(term)


def _entity(e: Entity, labels: dict[URIRef, str]) -> str:
    kinds = ", ".join(_name(t, labels) for t in e.types if t != THING)
    said = f"{e.label} ({kinds})" if kinds else e.label
    said += f", also {', '.join(e.aliases)}" if e.aliases else ""
    return f"{said}: {e.description}" if e.description else said


def _class(c: OntologyClass, labels: dict[URIRef, str]) -> str:
    above = ", ".join(_name(p, labels) for p in c.parents)
    said = f"{c.label}, a kind of {above}" if above else c.label
    return f"{said}: {c.comment}" if c.comment else said


def _property(p: Property, labels: dict[URIRef, str]) -> str:
    ends = [_name(i, labels) if i else "anything" for i in (p.domain, p.range)]
    said = f"{ends[0]} — {p.label} — {ends[1]}"
    return f"{said}: {p.comment}" if p.comment else said
