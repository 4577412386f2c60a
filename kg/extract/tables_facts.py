"""Relations of GraphRAG tables: what the description says between two names, and where the text says it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rdflib import Literal

from kg import descriptions
from kg.extract import between
from kg.extract.between import Said, Span, spans
from kg.extract.quotes import evidence
from kg.extract.tables_files import Row, number, text
from kg.extract.tables_names import Named
from kg.model import Evidence, ExtractedRelation, Period, TextUnit
from kg.ontology.dates import date
from kg.ontology.phrase import stem
from kg.ontology.reading import VAGUE
from kg.text.language import language
from kg.text.sentences import sentences

MOST_SENTENCES = 8  # of a description: a longer one repeats itself
MOST_FACTS = 3  # of one row
MOST_UNITS = 12  # of one row that are searched for its words
WIDEST = 3  # sentences of a quote: "Bob is … He previously worked at ACME."
LONGEST_QUOTE = 700  # characters
# confidence: one sentence has both names; a few have; one has a name and most of what is said of it; none
STATED, NEAR, REFERRED, UNSEEN = 0.65, 0.5, 0.4, 0.3
MOST_WORDS_SAID = (
    0.6  # share of the description's words that a sentence with only one of the names has to have
)
_WORD = re.compile(r"[^\W\d_]{4,}")
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
    places = _quotes(source, target, units, description)
    found = (
        _stated(row, description)
        or list(_of_description(description, source, target))
        or list(_of_quotes(places, source, target))
    )
    weight = number(row, "weight", 1.0)
    facts = []
    for said, sentence in found[:MOST_FACTS]:
        quote, sure = _best(places, sentence)
        if quote is None:
            quote = _referred(sentence, source, target, units)
            sure = REFERRED if quote else UNSEEN
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
    a, b = _places(source, sentence), _places(target, sentence)
    if not a or not b:
        return []
    return between.said(sentence, a, b, language(sentence), target.is_date)


def _vague(predicate: str) -> bool:
    """ "is linked to": it says that there is something, not what."""
    return stem(predicate.split(maxsplit=1)[0]) in VAGUE or stem(predicate.rsplit(maxsplit=1)[-1]) in VAGUE


def _places(named: Named, sentence: str) -> list[Span]:
    for group in named.variants():
        found = spans(sentence, group)
        if found:
            return found
    return []


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


# ---- the words of the text


def _quotes(
    source: Named, target: Named, units: Sequence[TextUnit], description: str
) -> list[tuple[Evidence, bool]]:
    """Places where both names stand, in one sentence (True) or a few, the likest to the description first."""
    wanted = _content(description, source, target)
    found: list[tuple[float, Evidence, bool]] = []
    for unit in units[:MOST_UNITS]:
        for start, end, width in _windows(unit, source, target):
            said = _content(unit.text[start:end], source, target)
            shared = len(wanted & said) / len(wanted) if wanted else 0.0
            if width > 1 and wanted and shared < 0.3:
                continue
            found.append((shared - 0.15 * (width - 1), evidence(unit, start, end), width == 1))
    found.sort(key=lambda f: (-f[0], f[1]))
    return [(quote, single) for _, quote, single in found]


def _windows(unit: TextUnit, source: Named, target: Named) -> Iterator[tuple[int, int, int]]:
    """(start, end, sentences) of the narrowest passages of the unit that have both names."""
    all_ = _sentences(unit.text, unit.language)
    has_source = [bool(_places(source, unit.text[s:e])) for s, e in all_]
    has_target = [bool(_places(target, unit.text[s:e])) for s, e in all_]
    for i, (start, end) in enumerate(all_):
        if has_source[i] and has_target[i]:
            if end - start <= LONGEST_QUOTE:
                yield start, end, 1
            continue
        if not (has_source[i] or has_target[i]):
            continue
        other = has_target if has_source[i] else has_source
        for j in range(i + 1, min(i + WIDEST, len(all_))):
            if "\n\n" in unit.text[all_[j - 1][1] : all_[j][0]] or all_[j][1] - start > LONGEST_QUOTE:
                break
            if has_source[j] and has_target[j]:
                break
            if other[j]:
                yield start, all_[j][1], j - i + 1
                break


@lru_cache(maxsize=4096)
def _sentences(body: str, lang: str) -> tuple[Span, ...]:
    return tuple(sentences(body, lang))


def _content(said: str, source: Named, target: Named) -> frozenset[str]:
    own = {
        w.lower() for n in (source.name, target.name, source.title, target.title) for w in _WORD.findall(n)
    }
    return frozenset(stem(w.lower()) for w in _WORD.findall(said[:2000]) if w.lower() not in own)


def _best(places: Sequence[tuple[Evidence, bool]], sentence: str) -> tuple[Evidence | None, float]:
    """The place that says most of what this sentence says, and how sure that makes the fact."""
    if not places:
        return None, UNSEEN
    wanted = frozenset(stem(w.lower()) for w in _WORD.findall(sentence))

    def shared(place: tuple[Evidence, bool]) -> float:
        said = frozenset(stem(w.lower()) for w in _WORD.findall(place[0].quote))
        return len(wanted & said) / (len(wanted) or 1) - (0.0 if place[1] else 0.1)

    best = max(places, key=lambda p: (shared(p), -p[0].start))
    return best[0], STATED if best[1] else NEAR


def _referred(sentence: str, source: Named, target: Named, units: Sequence[TextUnit]) -> Evidence | None:
    """ "In this stage the system uses SPARQL": one name, a word for the other, and what is said of them."""
    wanted = _content(sentence, source, target)
    best: tuple[float, Evidence] | None = None
    for unit in units[:MOST_UNITS] if len(wanted) > 1 else ():
        for start, end in _sentences(unit.text, unit.language):
            said = _content(unit.text[start:end], source, target)
            shared = len(wanted & said) / len(wanted)
            if shared < MOST_WORDS_SAID or len(wanted & said) < 2 or end - start > LONGEST_QUOTE:
                continue
            named = any(_places(n, unit.text[start:end]) for n in (source, target))
            if named and (best is None or shared > best[0]):
                best = (shared, evidence(unit, start, end))
    return best[1] if best else None


def _unit(quote: Evidence | None, units: Sequence[TextUnit]) -> TextUnit:
    return next((u for u in units if quote and u.id == quote.unit_id), units[0])


def by_title(entities: Sequence[Named]) -> Mapping[str, Named]:
    found: dict[str, Named] = {}
    for entity in entities:
        found.setdefault(entity.title, entity)
        found.setdefault(entity.title.upper(), entity)
    return found
