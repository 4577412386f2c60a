"""Statements that a thing is out of use: "X is deprecated", "X has been replaced by Y"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from rdflib import URIRef

from kg.model import Evidence, ResolvedEntity, ResolvedRelation
from kg.ontology.mentions import HERE, masked

_CUE = (
    r"(?:(?:is|are|was|were|been|being|be|became|now)\s+(?:\w+ly\s+|now\s+|also\s+)?"
    r"(?:deprecated|discontinued|retired|superseded|replaced|obsolete|abandoned|decommissioned|phased\s+out|"
    r"sunset|withdrawn|shut\s+down|disbanded|dissolved|no\s+longer\s+(?:used|supported|maintained|available))"
    r"|no\s+longer\s+(?:uses|used|in\s+use|supported|maintained)"
    r"|(?:больше|уже)\s+не\s+(?:используется|поддерживается|применяется)"
    r"|(?:устарел|устарела|устарело|заменён|заменена|заменено|заменен|упразднён|упразднена|расформирован\w*|"
    r"снят\w*\s+с|выведен\w*\s+из|прекращ\w+|отменён|отменена|закрыт\w*))"
)
_CUED = re.compile(_CUE, re.IGNORECASE)
_IS_OVER = re.compile(HERE + r"(?:[-\s,]+[^\s.;,]+){0,9}?[\s,]+" + _CUE, re.IGNORECASE)
_SENTENCE = re.compile(r"[^.;!?\n]+(?:[.](?=\w)[^.;!?\n]*)*[.;!?]?")


@dataclass(frozen=True, slots=True)
class Ending:
    """`thing` is said to be out of use, in this sentence."""

    thing: URIRef
    sentence: str
    evidence: tuple[Evidence, ...] = ()


def endings(entities: Iterable[ResolvedEntity], relations: Iterable[ResolvedRelation]) -> tuple[Ending, ...]:
    """Who the texts say is out of use; one ending for each thing, with all the evidence of it."""
    known = {e.iri: e for e in entities}
    said: dict[URIRef, dict[str, tuple[Evidence, ...]]] = {}

    def look(thing: ResolvedEntity, text: str, evidence: tuple[Evidence, ...]) -> None:
        if not _CUED.search(text):
            return
        for sentence in _SENTENCE.findall(text):
            if _CUED.search(sentence) and _ended(thing, sentence):
                found = said.setdefault(thing.iri, {})
                found[sentence.strip()] = tuple(
                    sorted({*found.get(sentence.strip(), ()), *evidence}, key=str)
                )

    for entity in known.values():
        look(entity, entity.description, entity.evidence)
        for e in entity.evidence:
            look(entity, e.quote, (e,))
    for relation in relations:
        for end in (relation.subject, relation.object):
            thing = known.get(end) if isinstance(end, URIRef) else None
            if thing:
                look(thing, relation.description, relation.evidence)
                for e in relation.evidence:
                    look(thing, e.quote, (e,))
    return tuple(_one(iri, said[iri]) for iri in sorted(said))


def _one(iri: URIRef, said: dict[str, tuple[Evidence, ...]]) -> Ending:
    """The shortest sentence speaks; quotes that contain a cue are better evidence than the rest."""
    sentence = min(said, key=lambda s: (len(s), s))
    evidence = {e for es in said.values() for e in es}
    cued = {e for e in evidence if _CUED.search(e.quote)}
    return Ending(iri, sentence, tuple(sorted(cued or evidence, key=str)))


def _ended(thing: ResolvedEntity, sentence: str) -> bool:
    """The thing is the subject of the cue: few words between, and it is not the agent ("by X")."""
    for name in (thing.label, *thing.aliases):
        if len(name) < 2:
            continue
        there = masked(sentence, name)
        for match in _IS_OVER.finditer(there):
            before = there[: match.start()].rstrip().lower()
            if not before.endswith((" by", " with", " for", " at", " to", " of", " in")):
                return True
    return False
