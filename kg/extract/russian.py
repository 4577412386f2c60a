"""Reading Russian: slovnet's parse, then rules that are right often enough to be shown to people."""

import re
from collections.abc import Mapping, Sequence

from kg.extract import kinds
from kg.extract.claims import Claim, Definition, Name, Read
from kg.extract.plain import Block, plain
from kg.extract.russian_names import Found, find
from kg.extract.russian_parse import CYRILLIC, Parsed, Word, base, inflected, parses, sentences
from kg.extract.russian_rules import read_sentence
from kg.extract.russian_sentence import Sentence
from kg.extract.words import russian as words


def read(text: str, blocks: Sequence[Block], title: str = "", before: str = "") -> Read:
    """What the blocks of a plain text say; `title` is its subject, `before` the end of the text before."""
    parsed: list[tuple[Block, Parsed, list[Found]]] = []
    for block in blocks:
        said = text[block.start : block.end].replace("\n", " ").replace("\t", " ")
        parsed += [(block, p, find(p)) for p in sentences(said, block.start)]
    # names in full and what things are called may stand in the text before only
    prior = [f for p in sentences(plain(before).replace("\n", " ")) for f in find(p)] if before else []
    everything = [f for _, _, found in parsed for f in found]
    full = _full_names([*prior, *everything])
    votes = kinds.Votes()
    for f in everything:
        votes.add(full.get(f.text, f.text), f.kind, 1.0)
    types = dict(votes.all())
    claims: list[Claim] = []
    definitions: list[Definition] = []
    names: list[Name] = []
    subject = ("", "")
    nouns: dict[str, tuple[str, ...]] = {}
    _remember(nouns, prior, full)
    paragraph = -1
    for block, p, found in parsed:
        if block.start != paragraph:
            subject, paragraph = ("", ""), block.start
        named = {i: full.get(f.text, f.text) for f in found for i in range(f.first, f.last + 1)}
        s = Sentence(p, text[p.start : p.end], named, types, subject, nouns)
        if not block.heading and p.words and p.words[0].pos:
            definitions += read_sentence(s)
            claims += s.claims
            subject = s.subject
        _remember(nouns, found, full)
        names += _names(p, found, full, types)
    sure = frozenset(n for n in types if types[n])
    aliases: dict[str, list[str]] = {}
    for short, long in full.items():
        if short != long:
            aliases.setdefault(long, []).append(short)
    return Read(
        names=tuple(sorted(set(names))),
        claims=tuple(claims),
        definitions=tuple(definitions),
        types={k: v for k, v in types.items() if v},
        aliases={k: tuple(sorted(v)) for k, v in aliases.items()},
        sure=sure,
        sentences=tuple((p.start, p.end) for _, p, _ in parsed),
    )


def _remember(nouns: dict[str, tuple[str, ...]], found: Sequence[Found], full: Mapping[str, str]) -> None:
    """What is called a "завод" so far, the latest last."""
    for f in found:
        if f.noun:
            name = full.get(f.text, f.text)
            nouns[f.noun] = (*(n for n in nouns.get(f.noun, ()) if n != name), name)


def _full_names(found: Sequence[Found]) -> dict[str, str]:
    """Short name -> the only full name that it can be short for: a surname, a firm without its legal form."""
    out: dict[str, str] = {}
    people = {f.text for f in found if f.kind == "person" and len(f.text.split()) > 1}
    longer = {p for p in people if not re.search(r"\b\w\.", p)}
    for f in found:
        if f.kind in {"person", ""} and len(f.text.split()) == 1:
            owners = {p for p in longer if f.text == p.split()[-1] or f.text == p.split()[0]}
            if len(owners) == 1:
                out[f.text] = owners.pop()
        elif f.kind == "person" and re.search(r"\b\w\.", f.text):
            initial, surname = f.text[0], f.text.split()[-1]
            owners = {p for p in longer if p.split()[-1] == surname and p[0] == initial}
            if len(owners) == 1:
                out[f.text] = owners.pop()
        if f.bare:
            out.setdefault(f.bare, f.text)
    things = {f.text.casefold(): f.text for f in found if f.kind != "person" and len(f.text.split()) == 1}
    for text in things.values():
        for p in parses(text.lower()):
            other = things.get(inflected(p, "nomn", "sing"), text)
            if other != text and str(p.tag.case) != "nomn":
                out.setdefault(text, other)  # "«Гидропрома»" beside "«Гидропром»"
    firms: Mapping[str, set[str]] = {
        b: {f.text for f in found if f.bare == b} for b in {f.bare for f in found if f.bare}
    }
    return {k: v for k, v in out.items() if k not in firms or len(firms[k]) == 1}


def _names(
    p: Parsed, found: Sequence[Found], full: Mapping[str, str], types: Mapping[str, str]
) -> list[Name]:
    out = []
    inside: set[int] = set()
    for f in found:
        name = full.get(f.text, f.text)
        first, last = p.words[f.first], p.words[f.last]
        out.append(Name(first.start, last.end, name, types.get(name, "")))
        inside.update(range(f.first, f.last + 1))
    for w in p.words:
        if w.pos == "NOUN" and w.i not in inside and w.lemma not in words("generic"):
            phrase = _phrase(p, w, inside)
            if len(phrase) > 1:
                out.append(Name(phrase[0].start, phrase[-1].end, base(phrase, w), "", proper=False))
    return out


def _phrase(p: Parsed, head: Word, inside: set[int]) -> list[Word]:
    """The noun with adjectives right before it and one genitive right behind it."""
    first, last = head.i, head.i
    while (
        first
        and (w := p.words[first - 1]).head is head
        and w.rel == "amod"
        and w.i not in inside
        and w.pos == "ADJ"
    ):
        if not CYRILLIC.search(w.text) or w.lemma in {
            "другой",
            "такой",
            "весь",
            "самый",
            "новый",
            "первый",
            "последний",
        }:
            break
        first -= 1
    after = p.words[last + 1] if last + 1 < len(p.words) else None
    if (
        after is not None
        and after.head is head
        and after.rel == "nmod"
        and after.case == "Gen"
        and after.pos == "NOUN"
        and after.i not in inside
    ):
        last += 1
    return list(p.words[first : last + 1])
