"""Relations of GraphRAG tables: what the description says between two names, with the text's own words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rdflib import Literal

from kg import descriptions
from kg.extract import between
from kg.extract.between import Said
from kg.extract.tables_files import Row, number, text
from kg.extract.tables_names import Named
from kg.extract.tables_quotes import apart, best, named_at, together
from kg.model import Evidence, ExtractedRelation, Period, TextUnit
from kg.ontology.dates import date
from kg.ontology.phrase import stem
from kg.ontology.reading import VAGUE
from kg.text.language import language

MOST_SENTENCES = 8  # of a description: a longer one repeats itself
MOST_FACTS = 3  # of one row
_HEARSAY = re.compile(
    r"\b(?:suggest|indicat|impl[iy]|likely|potential|possib|perhaps|may be|might|could|вероятно|возможно)"
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation and the unit that it is shown with."""

    unit: TextUnit
    relation: ExtractedRelation


def read(row: Row, source: Named, target: Named, units: Sequence[TextUnit]) -> list[Fact]:
    """The facts of one row; none where description and text only say that the two belong together."""
    if not units or source.name == target.name or source.is_date:
        return []
    description = text(row, "description")[:6000]
    places = together(source, target, units, description)
    found = (
        _stated(row, description)
        or list(_of_description(description, source, target))
        or list(_of_quotes(places, source, target))
    )
    weight = number(row, "weight", 1.0)
    facts = []
    for said, sentence in found[:MOST_FACTS]:
        quote, sure = best(places, sentence)
        if quote is None:
            quote, sure = apart(sentence, said.predicate, source, target, units)
        relation = _relation(said, source, target, sentence, quote)
        facts.append(Fact(_unit(quote, units), replace(relation, confidence=sure, weight=weight)))
    return facts


def _stated(row: Row, description: str) -> list[tuple[Said, str]]:
    """The relation that the table itself names: a column of the portal's own tables."""
    predicate = " ".join(text(row, "predicate").split())[:80]
    if not predicate or _vague(predicate):
        return []
    held = [p for p in row.get("periods") or () if isinstance(p, dict)]
    period = Period(text(held[0], "start")[:10], text(held[0], "end")[:10]) if held else Period()
    return [(Said("a", predicate, period), description)]


def _of_description(description: str, source: Named, target: Named) -> Iterator[tuple[Said, str]]:
    seen: set[tuple[str, str]] = set()
    for sentence in descriptions.sentences(description)[:MOST_SENTENCES]:
        if len(sentence) > 600 or (_HEARSAY.search(sentence[:40].lower())):
            continue
        for said in _said(sentence, source, target):
            if (said.subject, said.predicate) not in seen and not _vague(said.predicate):
                seen.add((said.subject, said.predicate))
                yield said, sentence


def _of_quotes(
    places: Sequence[tuple[Evidence, bool]], source: Named, target: Named
) -> Iterator[tuple[Said, str]]:
    for quote, one_sentence in places:
        if one_sentence:
            for said in _said(quote.quote, source, target):
                if not _vague(said.predicate):
                    yield said, quote.quote
                    return


def _said(sentence: str, source: Named, target: Named) -> list[Said]:
    a, b = named_at(source, sentence), named_at(target, sentence)
    if not a or not b:
        return []
    return between.said(sentence, a, b, language(sentence), target.is_date)


def _vague(predicate: str) -> bool:
    """ "is linked to": it says that there is something, not what."""
    return stem(predicate.split(maxsplit=1)[0]) in VAGUE or stem(predicate.rsplit(maxsplit=1)[-1]) in VAGUE


def _relation(
    said: Said,
    source: Named,
    target: Named,
    sentence: str,
    quote: Evidence | None,
) -> ExtractedRelation:
    subject, object_ = (source, target) if said.subject == "a" else (target, source)
    value: Literal | None = date(target.title.title()) if target.is_date else None
    return ExtractedRelation(
        subject=subject.name,
        predicate=said.predicate,
        object="" if value is not None else object_.name,
        value=value,
        description=sentence.strip(),
        period=Period() if value is not None else said.period,
        qualifiers=(("status", "former"),) if said.former else (),
        evidence=(quote,) if quote else (),
    )


def _unit(quote: Evidence | None, units: Sequence[TextUnit]) -> TextUnit:
    return next((u for u in units if quote and u.id == quote.unit_id), units[0])


def by_title(entities: Sequence[Named]) -> Mapping[str, Named]:
    found: dict[str, Named] = {}
    for entity in entities:
        found.setdefault(entity.title, entity)
        found.setdefault(entity.title.upper(), entity)
    return found
