"""What a model is asked about a proposed term, and the form of its answer."""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as OneOf

from pydantic import BaseModel, ConfigDict, Field
from rdflib import URIRef

from kg.errors import Unparsable
from kg.model import Ontology
from kg.ontology.tables import classes, properties
from kg.prompts import prompt
from kg.vocab import Dataset

if TYPE_CHECKING:
    from kg.llm.chat import Chat


class Name(BaseModel):
    """The name of a term by standard usage."""

    model_config = ConfigDict(extra="ignore")
    label: str = Field(max_length=200)
    comment: str = Field(default="", max_length=1000)


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a model is told of a term.

    Nothing of the cycle around it: so the same proposal has the same name in every cycle, from the answers
    that are kept, and what people turned down under that name is known again.
    """

    iri: URIRef
    kind: OneOf["class", "object", "datatype"]
    label: str
    language: str
    domain: str = ""
    range: str = ""


def asked(dataset: Dataset, proposed: Ontology, approved: Ontology) -> tuple[Asked, ...]:
    """The new terms that no table names: those of the standard vocabulary are called by standard usage."""
    standard = {dataset.property_(name) for name in properties()}
    standard |= {dataset.class_(c.label) for c in classes().values()}
    label = {t.iri: t.label for o in (approved, proposed) for t in o.classes}

    def end(iri: URIRef | None) -> str:
        return label.get(iri, iri.rsplit("#", 1)[-1]) if iri else ""

    found: list[Asked] = []
    for c in proposed.classes:
        if c.iri not in approved.class_by_iri and c.iri not in standard:
            found.append(Asked(c.iri, "class", c.label, c.language))
    for p in proposed.properties:
        if p.iri not in approved.property_by_iri and p.iri not in standard:
            found.append(Asked(p.iri, p.kind, p.label, p.language, end(p.domain), end(p.range)))
    return tuple(sorted(found, key=lambda a: a.iri))


def ask(chat: "Chat", term: Asked) -> Name | None:
    """The model's name for it; None if its answer is none. ModelDown and ModelRefused are the caller's."""
    from kg.llm.chat import Message  # noqa: PLC0415  # heavy, and only where there is a model

    instructions = prompt("term", language="Russian" if term.language == "ru" else "English")
    if term.kind == "class":
        told = f"A kind of thing: {term.label}"
    else:
        told = f"A property: {term.domain or 'thing'} — {term.label} — {term.range or 'thing'}"
    try:
        return chat.structured([Message("system", instructions), Message("user", told)], Name)[0]
    except Unparsable:
        return None
