"""Entities and typed relations read by a language model, one text unit at a time."""

import json
from collections.abc import Sequence
from typing import Literal as OneOf

from pydantic import BaseModel, ConfigDict, Field
from rdflib import Literal, URIRef
from rdflib.namespace import XSD

from kg.errors import Unparsable
from kg.extract import Context
from kg.extract.estimate import Estimate, Pace, estimate
from kg.extract.quotes import locate
from kg.llm.chat import Chat, Message
from kg.model import (
    Evidence,
    ExtractedEntity,
    ExtractedRelation,
    Extraction,
    Mention,
    Ontology,
    Period,
    TextUnit,
)
from kg.prompts import prompt
from kg.text.tokens import counts

ONTOLOGY_TERMS = 200  # of the approved ontology in the prompt
NO_EVIDENCE = 0.3  # confidence at most, when the model's quote is not in the text


class EntityForm(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str = Field(min_length=1, max_length=200)
    type: str = Field(max_length=80)
    description: str = Field(default="", max_length=2000)
    aliases: list[str] = Field(default_factory=list, max_length=20)


class RelationForm(BaseModel):
    model_config = ConfigDict(extra="ignore")
    subject: str = Field(min_length=1, max_length=200)
    predicate: str = Field(min_length=1, max_length=80)
    object: str = Field(default="", max_length=200)
    value: str = Field(default="", max_length=1000)
    datatype: OneOf["string", "integer", "decimal", "date", "gYearMonth", "gYear", "boolean"] = "string"
    start: str = Field(default="", max_length=10)
    end: str = Field(default="", max_length=10)
    description: str = Field(default="", max_length=2000)
    quote: str = Field(default="", max_length=2000)
    confidence: float = Field(default=0.7, ge=0, le=1)


class ExtractionForm(BaseModel):
    model_config = ConfigDict(extra="ignore")
    entities: list[EntityForm] = Field(max_length=200)
    relations: list[RelationForm] = Field(max_length=300)


class Llm:
    """An extractor over a chat model; thread-safe, so that several units can be in flight."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self.name = f"llm:{chat.profile.model}"
        self.in_flight = chat.profile.in_flight

    def foresee(self, units: Sequence[int], context: Context, pace: Pace | None = None) -> Estimate:
        """From the units' own tokens and those of the instructions with their schema."""
        schema = json.dumps(ExtractionForm.model_json_schema(), ensure_ascii=False)
        instructions, again = counts([_instructions(context) + schema, prompt("glean")])
        return estimate(units, instructions, again, self._chat.profile, pace)

    def extract(self, unit: TextUnit, context: Context) -> Extraction:
        """What the model reads in the unit. An answer that cannot be parsed quarantines the unit;
        ModelDown and ModelRefused are the caller's."""
        asked = [
            Message("system", _instructions(context)),
            Message("user", f"Passage:\n{unit.text}"),
        ]
        try:
            form, reply = self._chat.structured(asked, ExtractionForm)
        except Unparsable as e:
            return Extraction(unit.id, problem=str(e))
        forms = [form]
        for _ in range(self._chat.profile.gleanings):
            asked += [Message("assistant", reply.text), Message("user", prompt("glean"))]
            try:
                form, reply = self._chat.structured(asked, ExtractionForm)
            except Unparsable:
                break  # the first look stands; a further one is only more
            if not form.entities and not form.relations:
                break
            forms.append(form)
        return _extraction(unit, forms)


def _instructions(context: Context) -> str:
    return prompt(
        "extract",
        ontology=_ontology(context.ontology) or "(none yet)",
        guidance=context.guidance or "(nothing special)",
        title=context.title or "(untitled)",
    )


def _ontology(ontology: Ontology) -> str:
    """Types and predicates in plain words, one a line."""
    label = {c.iri: c.label for c in ontology.classes}
    lines = [f"type: {c.label}" for c in ontology.classes[:ONTOLOGY_TERMS]]
    for p in ontology.properties[:ONTOLOGY_TERMS]:
        lines.append(f"predicate: {p.label} ({_named(p.domain, label)} -> {_named(p.range, label)})")
    return "\n".join(lines)


def _named(iri: URIRef | None, label: dict[URIRef, str]) -> str:
    """A class by its label, a datatype by its local name."""
    return label.get(iri, str(iri).rsplit("#", 1)[-1]) if iri else "thing"


def _extraction(unit: TextUnit, forms: Sequence[ExtractionForm]) -> Extraction:
    entities: dict[str, ExtractedEntity] = {}
    relations: dict[tuple[str, str, str], ExtractedRelation] = {}
    for form in forms:
        for e in form.entities:
            name = " ".join(e.name.split())
            if name and name not in entities:
                entities[name] = ExtractedEntity(
                    name=name,
                    type=e.type.strip().lower(),
                    description=e.description.strip(),
                    aliases=tuple(dict.fromkeys(a.strip() for a in e.aliases if a.strip() not in ("", name))),
                    evidence=_evidence(unit, name),
                )
        for r in form.relations:
            relation = _relation(unit, r, entities)
            if relation:
                relations.setdefault((relation.subject, relation.predicate, _object(relation)), relation)
    mentions = tuple(
        Mention(e.name, e.evidence[0].start, e.evidence[0].end, e.type)
        for e in entities.values()
        if e.evidence
    )
    return Extraction(unit.id, tuple(entities.values()), tuple(relations.values()), mentions)


def _relation(
    unit: TextUnit, r: RelationForm, entities: dict[str, ExtractedEntity]
) -> ExtractedRelation | None:
    """None if it says nothing: an end is missing, or both ends are one."""
    subject, object_ = " ".join(r.subject.split()), " ".join(r.object.split())
    for name in (subject, object_):
        if name and name not in entities:
            entities[name] = ExtractedEntity(name=name, evidence=_evidence(unit, name))
    if not subject or subject == object_ or not (object_ or r.value.strip()):
        return None
    evidence = _evidence(unit, r.quote)
    return ExtractedRelation(
        subject=subject,
        predicate=" ".join(r.predicate.split()).lower(),
        object=object_,
        value=None if object_ else _literal(r.value.strip(), r.datatype),
        description=r.description.strip(),
        confidence=r.confidence if evidence else min(r.confidence, NO_EVIDENCE),
        period=Period(_date(r.start), _date(r.end)),
        evidence=evidence,
    )


def _evidence(unit: TextUnit, quote: str) -> tuple[Evidence, ...]:
    found = locate(unit, quote) if quote.strip() else None
    return (found,) if found else ()


def _object(relation: ExtractedRelation) -> str:
    return relation.object or (relation.value.n3() if relation.value is not None else "")


def _literal(value: str, datatype: str) -> Literal:
    """The typed literal, or plain text when the value is not of the type that the model claims."""
    typed = Literal(value, datatype=XSD[datatype])
    return Literal(value) if datatype == "string" or typed.ill_typed or typed.value is None else typed


def _date(text: str) -> str:
    """The part of a model's date that is one: year, month, day; "" if none."""
    parts = text.strip().split("-")
    limits = ((1, 9999), (1, 12), (1, 31))
    kept: list[str] = []
    for part, (low, high), width in zip(parts, limits, (4, 2, 2), strict=False):
        if not (part.isdigit() and len(part) == width and low <= int(part) <= high):
            break
        kept.append(part)
    return "-".join(kept)
