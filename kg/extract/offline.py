"""The offline extractor: local rules over local parsers for English and Russian, names only for the rest."""

import re
from collections.abc import Iterator, Sequence

from kg.extract import Context, gather
from kg.extract.claims import Name, Read
from kg.extract.estimate import Estimate, Pace
from kg.extract.plain import Block, blocks, plain, script
from kg.model import Extraction, TextUnit

_RUSSIAN_ONLY = re.compile(r"[ыэёъ]", re.IGNORECASE)
_OTHER_CYRILLIC = re.compile(r"[іїєґўћђљњџјќѓѕ]", re.IGNORECASE)
_CAPITALISED = re.compile(
    r"(?<![\w.])[^\W\d_a-zа-я][\w'’-]+(?:\s(?:[^\W\d_a-zа-я][\w'’-]+|d[aeiu]s?|von|van|la))*"
)

# About how often each rule is right, by facts judged by hand (benchmarks/extraction); few for rare rules.
CONFIDENCE = {
    "apposition place": 0.9,
    "apposition role": 0.85,
    "appointed": 0.85,
    "brackets": 0.95,
    "copula place": 0.95,
    "copula role": 0.85,
    "counted": 0.9,
    "dated": 0.9,
    "degree": 0.9,
    "included": 0.9,
    "nested place": 0.95,
    "object": 0.8,
    "object noun": 0.8,
    "office": 0.9,
    "passive": 0.75,
    "preposition": 0.85,
    "release year": 0.95,
    "responsible": 0.8,
    "reversed role": 0.85,
    "role before": 0.85,
    "together": 0.85,
    "topic": 0.75,
    "ru agent": 0.8,
    "ru copula": 0.8,
    "ru counted": 0.85,
    "ru dated": 0.9,
    "ru kin": 0.75,
    "ru object": 0.8,
    "ru office": 0.85,
    "ru preposition": 0.85,
    "ru role": 0.8,
    "ru verb role": 0.8,
}


class Offline:
    """Needs no model server; deterministic; the parsers are loaded once per process, when first needed."""

    name = "offline"
    in_flight = 1

    def foresee(self, units: Sequence[int], context: Context, pace: Pace | None = None) -> Estimate | None:
        return None

    def extract(self, unit: TextUnit, context: Context) -> Extraction:
        text = plain(unit.text)
        parts = list(blocks(text, titled=unit.number == 0))
        title = _title(unit, text, parts)
        reads = []
        for language, same in _by_language(text, parts, unit.language):
            if language == "en":
                from kg.extract import english  # noqa: PLC0415  # loads a parser

                reads.append(english.read(text, same, title, context.before))
            elif language == "ru":
                from kg.extract import russian  # noqa: PLC0415  # loads a parser

                reads.append(russian.read(text, same, title, context.before))
            else:
                reads.append(_names_only(text, same))
        return gather.extraction(unit, reads, CONFIDENCE)


def _title(unit: TextUnit, text: str, parts: list[Block]) -> str:
    """What the unit is about, when it says so: its heading, or a first line that is one."""
    if parts and parts[0].heading and parts[0].start == len(text) - len(text.lstrip()):
        return text[parts[0].start : parts[0].end].strip()
    return unit.heading[-1].strip() if unit.heading else ""


def _by_language(text: str, parts: list[Block], language: str) -> Iterator[tuple[str, list[Block]]]:
    """The blocks by the language that they are in: a document may mix them."""
    groups: dict[str, list[Block]] = {}
    for block in parts:
        said = text[block.start : block.end]
        kind = script(said, russian=language == "ru")
        if kind == "cyrillic":
            own = language in {"ru", "en"} or bool(_RUSSIAN_ONLY.search(said))
            russian = own and not _OTHER_CYRILLIC.search(said)
            groups.setdefault("ru" if russian else "", []).append(block)
        elif kind == "latin":
            groups.setdefault("en" if language in {"en", "ru"} else "", []).append(block)
        else:
            groups.setdefault("", []).append(block)
    yield from sorted(groups.items())


def _names_only(text: str, parts: list[Block]) -> Read:
    """Capitalised phrases inside sentences: what can be told in any language with capitals."""
    names = []
    for block in parts:
        said = text[block.start : block.end]
        for m in _CAPITALISED.finditer(said):
            before = said[: m.start()].rstrip()
            first = not before or before[-1] in ".!?:"
            # at the beginning of a sentence the first word may be any
            starts = [m.start()] if not first else [m.start(), m.start() + m[0].find(" ") + 1]
            for at in starts:
                name = said[at : m.end()]
                if len(name) > 2 and (not first or " " in name):
                    names.append(Name(block.start + at, block.start + m.end(), " ".join(name.split())))
    return Read(names=tuple(names))
