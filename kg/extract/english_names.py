"""Proper names in a parsed English text: the recogniser's, mended by capitals, quotes and the title."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span, Token

from kg.extract.words import english as words

NUMERIC = frozenset({"DATE", "TIME", "CARDINAL", "ORDINAL", "PERCENT", "QUANTITY", "MONEY"})
_IDENTIFIER = re.compile(
    r"[A-Za-z]+[\d_]*[A-Z][A-Za-z\d_]*|[A-Z][A-Za-z]*\d[\w.-]*|[a-z]{1,2}\d{2,3}|[A-Za-z]+[+#]{1,2}|\.[A-Z]{2,}"
)
_NO_NAMES = words("legal_forms") | {
    "bc",
    "ad",
    "ce",
    "bce",
    "mr",
    "mrs",
    "ms",
    "dr",
    "phd",
    "mba",
    "ceo",
    "cto",
    "cfo",
}
_QUOTED = re.compile(r"[\"“«]([A-Z0-9][^\"“”«»\n]{1,60})[\"”»]")


@dataclass(frozen=True, slots=True)
class Found:
    """A proper name: tokens `first` to `last` (inclusive) of its doc, and the recogniser's label."""

    first: int
    last: int
    text: str
    label: str = ""


def find(doc: Doc, known: Sequence[str] = ()) -> list[Found]:
    """The names of a doc, left to right, none overlapping; `known` ones are found wherever they stand."""
    taken: dict[int, int] = {}
    out: list[Found] = []

    def take(first: int, last: int, label: str) -> None:
        if any(i in taken for i in range(first, last + 1)):
            return
        text = clean(doc[first : last + 1].text)
        if len(text) < 2 or not any(c.isalpha() for c in text) or text.lower() in _NO_NAMES:
            return
        for i in range(first, last + 1):
            taken[i] = len(out)
        out.append(Found(first, last, text, label))

    for name in known:
        for m in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", doc.text):
            span = doc.char_span(m.start(), m.end())
            if span is not None and not _inside_larger(span):
                take(span.start, span.end - 1, _label(span))
    for m in _QUOTED.finditer(doc.text):
        span = doc.char_span(m.start(1), m.end(1))
        if span is not None and len(span) <= 8 and not _sentence_like(span):
            take(span.start, span.end - 1, "WORK_OF_ART")
    for first, last, label in _runs(doc):
        take(first, last, label)
    return sorted(out, key=lambda f: f.first)


def again(doc: Doc, found: Sequence[Found], parts: frozenset[str]) -> list[Found]:
    """The names with those of people that the tagger missed: "Reed" where "Dana Reed" is named elsewhere."""
    taken = {i for f in found for i in range(f.first, f.last + 1)}
    more = [Found(t.i, t.i, t.text, "PERSON") for t in doc if t.text in parts and t.i not in taken]
    return sorted([*found, *more], key=lambda f: f.first)


def name_parts(found: Sequence[Found]) -> frozenset[str]:
    """First names and surnames of the people named in full."""
    people = [f.text.split() for f in found if f.label == "PERSON" and " " in f.text]
    return frozenset(p for parts in people for p in (parts[0], parts[-1]) if p.isalpha() and len(p) > 2)


def _inside_larger(span: Span) -> bool:
    """Whether a known name is only a part here: "Paris" in "Paris Hilton"."""
    doc = span.doc
    after = doc[span.end] if span.end < len(doc) else None
    before = doc[span.start - 1] if span.start else None
    return bool(
        (after is not None and _proper(after) and after.pos_ == "PROPN" and after.ent_type_ not in NUMERIC)
        or (before is not None and before.pos_ == "PROPN" and _proper(before) and before.dep_ == "compound")
    )


def _sentence_like(span: Span) -> bool:
    content = [t for t in span if t.is_alpha and len(t) > 3]
    return bool(content) and sum(t.text[0].islower() for t in content) > len(content) / 2


def _proper(t: Token) -> bool:  # noqa: PLR0911  # one case, one return
    """Whether the token can be part of a name by its looks and tag."""
    if t.ent_type_ in NUMERIC and not _IDENTIFIER.fullmatch(t.text):
        return False
    if t.text == "I" or not any(c.isalnum() for c in t.text) or t.is_currency:
        return False
    if _IDENTIFIER.fullmatch(t.text):
        return True
    if not t.text[0].isupper():
        return False
    if t.pos_ in {"PRON", "DET", "ADP", "CCONJ", "SCONJ", "PART", "INTJ", "PUNCT"}:
        return False
    if t.is_sent_start or (t.i and t.nbor(-1).text in {'"', "“", "(", ":", "-", "—", "–", "•"}):
        if t.ent_type_ or t.pos_ == "PROPN":
            return True
        following = t.doc[t.i + 1] if t.i + 1 < len(t.doc) else None
        return t.pos_ in {"NOUN", "ADJ"} and following is not None and following.pos_ == "PROPN"
    return True


def _runs(doc: Doc) -> Iterator[tuple[int, int, str]]:
    """Maximal runs of proper tokens, cut where two names meet."""
    i, n = 0, len(doc)
    while i < n:
        if not _proper(doc[i]):
            i += 1
            continue
        j = i
        while (step := _joined(doc, j)) > j:
            j = step
        yield from _cut(doc, i, j)
        i = j + 1


def _joined(doc: Doc, j: int) -> int:  # noqa: PLR0911, PLR0912  # one case, one return
    """The index of the next token of the same name after token j, or j."""
    n = len(doc)

    def ok(k: int) -> bool:
        return k < n and _proper(doc[k]) and not doc[k].is_sent_start

    if ok(j + 1):
        return j + 1
    if j + 1 >= n or doc[j + 1].is_sent_start:
        return j
    t = doc[j + 1]
    same = t.ent_iob_ == "I" and t.ent_type_ not in NUMERIC
    if t.lower_ in words("particles"):
        k = j + 3 if j + 2 < n and doc[j + 2].lower_ in words("particles") else j + 2
        return k if ok(k) else j
    if t.lower_ == "of":
        k = j + 3 if j + 2 < n and doc[j + 2].lower_ == "the" else j + 2
        if k < n and re.fullmatch(r"1\d{3}|20\d{2}", doc[k].text) and _before_of(doc[j].lower_):
            return k
        if ok(k) and ((same and doc[k].ent_iob_ == "I") or _before_of(doc[j].lower_)):
            return k
        return j
    if t.text in {"&", "-", "–", "'", "’", "/", "."} and ok(j + 2):
        tight = not doc[j].whitespace_ and not t.whitespace_
        return j + 2 if (t.text == "&" or (tight and t.text != "/")) else j
    if t.text in {"&"} and same:
        return j + 1
    if (
        t.lower_ in {"and", "for", "the", "in", "on", "to", "'s", "’s"}
        and same
        and ok(j + 2)
        and doc[j + 2].ent_iob_ == "I"
    ):
        if t.lower_ != "and":
            return j + 2
        return j + 2 if doc[j].ent_type_ in {"ORG", "WORK_OF_ART", "LAW"} and not _two_firms(doc, j) else j
    if t.lower_ in {"the"} and same and ok(j + 2):
        return j + 2
    if re.fullmatch(r"20\d\d|1\d{3}", t.text) and doc[j].lower_ in words("event_heads"):
        return j + 1
    if t.like_num and re.fullmatch(r"\d{1,3}(?:\.\d+)*", t.text) and not _counts(doc, j + 1):
        return j + 1
    return j


def _two_firms(doc: Doc, j: int) -> bool:
    """Whether "and" after token j stands between two whole names: "Harbor Labs and Quill Corporation"."""
    last = j + 2
    while last + 1 < len(doc) and _proper(doc[last + 1]):
        last += 1
    ends = words("organization_heads") | words("legal_forms") | words("ends_of_firms")
    first, second = doc[j].lower_, doc[j + 2].lower_
    return j > 0 and _proper(doc[j - 1]) and {first, doc[last].lower_} <= ends and second not in ends


def _before_of(word: str) -> bool:
    return word == "age" or any(word in words(n) for n in ("heads_of", "organization_heads", "event_heads"))


def _counts(doc: Doc, i: int) -> bool:
    """Whether a number counts what follows it."""
    following = doc[i + 1] if i + 1 < len(doc) else None
    return (
        doc[i].dep_ == "nummod" and doc[i].head.i > i and following is not None and following.pos_ == "NOUN"
    )


def _cut(doc: Doc, first: int, last: int) -> Iterator[tuple[int, int, str]]:
    """The run as one name, or cut at titles of people and where a second recognised name begins."""
    while (
        first < last and doc[first].lower_ in words("titles") and doc[first + 1].ent_type_ in {"PERSON", ""}
    ):
        first += 1  # "CEO Alice Smith"
    people = [e for e in doc.ents if e.label_ == "PERSON" and e.start > first and e.end - 1 <= last]
    for e in people:
        before = doc[e.start - 1]
        if before.lower_ in words("titles") or before.lower_ in words("roles"):
            yield from _cut(doc, first, e.start - 2) if e.start - 2 >= first else ()
            yield from _cut(doc, e.start, last)
            return
    starts = [e.start for e in doc.ents if first < e.start <= last and e.label_ not in NUMERIC]
    for s in starts:
        left = doc[first:s]
        # two names side by side: the first one is not said of the second
        if (
            left[-1].ent_type_ not in {"", "NORP"}
            and doc[s].ent_type_ != left[-1].ent_type_
            and not _one(doc, first, last)
        ):
            yield from _cut(doc, first, s - 1)
            yield from _cut(doc, s, last)
            return
    after = doc[last + 1] if last + 1 < len(doc) else None
    if (
        after is not None
        and after.lower_ in words("part_of_name")
        and after.tag_ == "NN"
        and doc[last].head.i == after.i
        and doc[last].ent_type_ not in {"PERSON", "NORP"}
    ):
        yield first, last + 1, "ORG"  # "the Knowledge Graph team"
        return
    while last > first and doc[last].text in {".", "-", "'"}:
        last -= 1
    yield first, last, _label(doc[first : last + 1])


def _one(doc: Doc, first: int, last: int) -> bool:
    """Whether the parser sees one noun phrase: all but one token depend inside."""
    outside = [t for t in doc[first : last + 1] if not first <= t.head.i <= last or t.head.i == t.i]
    return len(outside) == 1


def _label(span: Span) -> str:
    """The recogniser's label with the most tokens in the span, if it is at least half of them."""
    votes: dict[str, int] = {}
    for t in span:
        if t.ent_type_ and t.ent_type_ not in NUMERIC:
            votes[t.ent_type_] = votes.get(t.ent_type_, 0) + 1
    best = max(votes, key=lambda k: (votes[k], k), default="")
    if best == "PERSON" and span[0].ent_type_ != "PERSON":
        return ""  # "Apache Jena Fuseki"
    return best if best and votes[best] * 2 >= len(span) else ""


def clean(text: str) -> str:
    """A name without its article, possessive, quotes and surrounding marks."""
    text = re.sub(r"\s+", " ", text).strip(" ,;:\"'()[]«»“”‘’*-–—/")
    text = re.sub(r"[’']s?$", "", text)
    text = re.sub(r"^(?:the|a|an|of|and|for)\s+(?=\S)", "", text, flags=re.IGNORECASE)
    if text.endswith(".") and not re.search(r"(?:\b[A-Z]|\b(?:Inc|Corp|Ltd|Co|Jr|Sr|St|Bros))\.$", text):
        text = text[:-1]
    if text.count("(") != text.count(")"):
        text = re.sub(r"\s*[()].*$", "", text)
    return text.strip()
