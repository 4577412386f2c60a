"""Where a text says what a row of GraphRAG tables says: passages with both names, or with one of them."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from kg.extract.between import Span, spans
from kg.extract.quotes import evidence
from kg.extract.tables_names import Named
from kg.model import Evidence, TextUnit
from kg.ontology.phrase import stem
from kg.text.sentences import sentences

MOST_UNITS = 12  # of one row that are searched for its words
WIDEST = 3  # sentences of a quote: "Bob is … He previously worked at ACME."
LONGEST_QUOTE = 700  # characters
# confidence: one sentence has both names; a few have; one has a name and most of what is said of it; none
STATED, NEAR, REFERRED, UNSEEN = 0.65, 0.5, 0.4, 0.3
MOST_WORDS_SAID = 0.6  # share of the description's words that a sentence with only one name has to have
_WORD = re.compile(r"[^\W\d_]{4,}")
_NOUN_AFTER = re.compile(r" (?!\w+ly\b)([^\W\d_]{4,})\b")


def named_at(named: Named, sentence: str) -> list[Span]:
    """Where the sentence has the thing's name, or, without it, the next of its other names."""
    for group in named.variants():
        found = spans(sentence, group)
        if found:
            return found
    return []


def together(
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
    has_source = [bool(named_at(source, unit.text[s:e])) for s, e in all_]
    has_target = [bool(named_at(target, unit.text[s:e])) for s, e in all_]
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


def best(places: Sequence[tuple[Evidence, bool]], sentence: str) -> tuple[Evidence | None, float]:
    """The place that says most of what this sentence says, and how sure that makes the fact."""
    if not places:
        return None, UNSEEN
    wanted = frozenset(stem(w.lower()) for w in _WORD.findall(sentence))

    def shared(place: tuple[Evidence, bool]) -> float:
        said = frozenset(stem(w.lower()) for w in _WORD.findall(place[0].quote))
        return len(wanted & said) / (len(wanted) or 1) - (0.0 if place[1] else 0.1)

    quote, one_sentence = max(places, key=lambda p: (shared(p), -p[0].start))
    return quote, STATED if one_sentence else NEAR


def apart(
    sentence: str, predicate: str, source: Named, target: Named, units: Sequence[TextUnit]
) -> tuple[Evidence | None, float]:
    """A place that names one of the two and says what the sentence says, where no passage names both."""
    quote = _referred(sentence, source, target, units) or _called(sentence, predicate, source, target, units)
    return quote, REFERRED if quote else UNSEEN


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
            named = any(named_at(n, unit.text[start:end]) for n in (source, target))
            if named and (best is None or shared > best[0]):
                best = (shared, evidence(unit, start, end))
    return best[1] if best else None


def _called(
    sentence: str, predicate: str, source: Named, target: Named, units: Sequence[TextUnit]
) -> Evidence | None:
    """ "The Synthesis stage is part of GraphRAG": where a text with both names says "the Synthesis stage"."""
    for unit in units[:MOST_UNITS]:
        for named, other in ((source, target), (target, source)):
            phrase = _phrase(named, sentence, predicate)
            if not phrase or not named_at(other, unit.text):
                continue
            for start, end in _sentences(unit.text, unit.language):
                if end - start <= LONGEST_QUOTE and phrase.search(unit.text, start, end):
                    return evidence(unit, start, end)
    return None


def _phrase(named: Named, sentence: str, predicate: str) -> re.Pattern[str] | None:
    """ "the", the name and the noun after it; a word of the predicate is none: "the Consortium funds"."""
    said = {stem(w) for w in predicate.lower().split()}
    for start, end in named_at(named, sentence):
        noun = _NOUN_AFTER.match(sentence, end)
        if noun and sentence[:start].lower().endswith("the ") and stem(noun[1].lower()) not in said:
            return re.compile(
                rf"\bthe\s+{re.escape(sentence[start:end])}\s+{re.escape(noun[1])}\b", re.IGNORECASE
            )
    return None
