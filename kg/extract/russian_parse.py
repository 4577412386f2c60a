"""Russian sentences parsed by slovnet (morphology, syntax, names); base forms by pymorphy's dictionary."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pymorphy3
import razdel

LONGEST_SENTENCE = 100  # tokens: syntax takes their square; a longer one is a table or a list
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN_PART = re.compile(r"[A-Za-z0-9_+#]+")
_CASES = {"Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct"}
_NUMBERS = {"Sing": "sing", "Plur": "plur"}
_PERSONAL = frozenset({"Name", "Surn", "Patr"})
_POS = {
    "NOUN": {"NOUN"},
    "PROPN": {"NOUN"},
    "ADJ": {"ADJF", "ADJS", "PRTF"},
    "VERB": {"VERB", "INFN", "GRND", "PRTF", "PRTS"},
    "DET": {"ADJF"},
    "PRON": {"NPRO"},
}


@dataclass(eq=False, slots=True)
class Word:
    """A token; `start` and `end` are offsets in the parsed text, `head` is None at the root."""

    i: int
    text: str
    start: int
    end: int
    pos: str = ""
    feats: dict[str, str] = field(default_factory=dict)
    rel: str = ""
    head: "Word | None" = None
    children: "list[Word]" = field(default_factory=list)

    @property
    def lower(self) -> str:
        return self.text.lower()

    @property
    def case(self) -> str:
        return self.feats.get("Case", "")

    @property
    def lemma(self) -> str:
        return parse(self).normal_form if CYRILLIC.search(self.text) else self.lower

    def kids(self, *rels: str) -> "list[Word]":
        return [c for c in self.children if c.rel in rels]

    @property
    def preposition(self) -> str:
        return " ".join(c.lower for c in self.kids("case"))


@dataclass(frozen=True, slots=True)
class Parsed:
    """A sentence: its words, and the recogniser's names as (first word, last word, PER | ORG | LOC)."""

    start: int
    end: int
    words: tuple[Word, ...]
    names: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class _Models:
    morph: Any
    syntax: Any
    ner: Any


@cache
def _models() -> _Models:
    from navec import Navec  # noqa: PLC0415  # 34 MB of weights, only where Russian is read
    from slovnet import NER, Morph, Syntax  # noqa: PLC0415

    spec = find_spec("natasha")  # its data, not its code: that needs an old pymorphy
    assert spec is not None
    assert spec.submodule_search_locations
    data = Path(spec.submodule_search_locations[0]) / "data"
    embedding = Navec.load(data / "emb" / "navec_news_v1_1B_250K_300d_100q.tar")
    models = _Models(
        Morph.load(data / "model" / "slovnet_morph_news_v1.tar", batch_size=8),
        Syntax.load(data / "model" / "slovnet_syntax_news_v1.tar", batch_size=8),
        NER.load(data / "model" / "slovnet_ner_news_v1.tar"),
    )
    for model in (models.morph, models.syntax, models.ner):
        model.navec(embedding)
    return models


@cache
def dictionary() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer()


@lru_cache(maxsize=100_000)
def parses(word: str) -> tuple[Any, ...]:
    return tuple(dictionary().parse(word))


def parse(w: Word) -> Any:
    """The dictionary's reading that agrees best with the tagger's."""
    found = parses(w.lower)
    fit = [p for p in found if p.tag.POS in _POS.get(w.pos, set())] or list(found)

    def score(p: Any) -> float:
        case = str(p.tag.case or "") == _CASES.get(w.case, "-")
        number = str(p.tag.number or "") == _NUMBERS.get(w.feats.get("Number", ""), "-")
        return case * 2 + number * 2 + float(p.score)

    return max(fit, key=score)


def sentences(text: str, offset: int = 0) -> list[Parsed]:
    """The text's sentences, parsed; offsets are moved by `offset`. Overlong ones come without syntax."""
    cut = [(s.start, s.stop, _words(s.text, offset + s.start)) for s in razdel.sentenize(text)]
    cut = [(a, b, words) for a, b, words in cut if words]
    short = [words for _, _, words in cut if len(words) <= LONGEST_SENTENCE]
    forms = [[w.text for w in words] for words in short]
    for words, markup in zip(short, _models().morph.map(forms), strict=True):
        for w, m in zip(words, markup.tokens, strict=True):
            w.pos, w.feats = m.pos, dict(m.feats)
    for words, markup in zip(short, _models().syntax.map(forms), strict=True):
        for w, s in zip(words, markup.tokens, strict=True):
            w.rel = s.rel
            head = int(s.head_id)
            if head and head - 1 != w.i:
                w.head = words[head - 1]
                w.head.children.append(w)
        _uncycle(words)
    return [
        Parsed(
            offset + a,
            offset + b,
            tuple(words),
            tuple(_names(text[a:b], words, offset + a)) if words[0].pos else (),
        )
        for a, b, words in cut
    ]


def _uncycle(words: list[Word]) -> None:
    """The parser chooses heads one by one, so that they may run in a circle: cut it."""
    for w in words:
        seen = {w.i}
        t = w
        while t.head is not None:
            if t.head.i in seen:
                t.head.children.remove(t)
                t.head = None
                break
            t = t.head
            seen.add(t.i)


def _words(text: str, offset: int) -> list[Word]:
    """Tokens, with Latin identifiers that the tokeniser splits joined again: Neo4j, C++, worker.py."""
    out: list[tuple[int, int]] = []
    for t in razdel.tokenize(text):
        before = text[out[-1][0] : out[-1][1]] if out else ""
        if (
            out
            and out[-1][1] == t.start
            and re.search("[A-Za-z]", before)
            and not CYRILLIC.search(before + t.text)
            and (
                _LATIN_PART.fullmatch(t.text)
                or (t.text in "._/-" and t.stop < len(text) and re.match("[A-Za-z0-9_]", text[t.stop]))
            )
        ):
            out[-1] = (out[-1][0], t.stop)
        else:
            out.append((t.start, t.stop))
    return [Word(i, text[a:b], offset + a, offset + b) for i, (a, b) in enumerate(out)]


def _names(text: str, words: list[Word], offset: int) -> Iterator[tuple[int, int, str]]:
    for span in _models().ner(text).spans:
        inside = [w.i for w in words if w.start < offset + span.stop and w.end > offset + span.start]
        if inside:
            yield inside[0], inside[-1], span.type


def inflected(p: Any, *grammemes: str) -> str:
    """The lexeme's word with these grammemes that begins most like p's ("высшей": "высшая"), or ""."""
    wanted = {g for g in grammemes if g}
    fit = [q.word for q in p.lexeme if wanted <= q.tag.grammemes]

    def shared(word: str) -> int:
        return next((i for i, (a, b) in enumerate(zip(word, p.word, strict=False)) if a != b), len(p.word))

    return max(fit, key=shared, default="")


def base(words: list[Word], head: Word) -> str:
    """The phrase in the nominative: its head and what agrees with it; genitives inside stay."""
    if not CYRILLIC.search(head.text):
        return joined([w.text for w in words], words)
    h = parse(head)
    number = str(h.tag.number or "")
    gender = str(h.tag.gender or "") if number != "plur" else ""
    # a firm in capitals is no form of a person's name: АКМЕ is not the dictionary's Акм
    coined = head.text.isupper() and len(head.text) > 1 and not _PERSONAL.isdisjoint(h.tag.grammemes)
    stays = coined or "Abbr" in h.tag or "Fixd" in h.tag
    nominative = "" if stays else inflected(h, "nomn", number)
    out = []
    for w in words:
        text = w.text
        if w is head and nominative:
            text = like(w.text, nominative)
        elif (
            CYRILLIC.search(text)
            and w.head is head
            and w.rel in {"amod", "det"}
            and w.pos in {"ADJ", "DET", "VERB"}
        ):
            text = like(text, inflected(parse(w), "nomn", number, gender) or w.lower)
        out.append(text)
    return joined(out, words)


def joined(texts: list[str], words: list[Word]) -> str:
    """The words with the text's own spacing."""
    out = ""
    for k, text in enumerate(texts):
        gap = " " if k and words[k].start > words[k - 1].end else ""
        out += gap + text
    return " ".join(out.split())


def like(source: str, word: str) -> str:
    """The word with the source's capitals.

    >>> like("Москве", "москва"), like("США", "сша"), like("Санкт-Петербурге", "санкт-петербург")
    ('Москва', 'США', 'Санкт-Петербург')
    """
    if source.isupper() and len(source) > 1:
        return word.upper()
    if "-" in source and source.count("-") == word.count("-"):
        return "-".join(like(s, w) for s, w in zip(source.split("-"), word.split("-"), strict=True))
    return word[:1].upper() + word[1:] if source[:1].isupper() else word
