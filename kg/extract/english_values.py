"""What English verbs say beside names: dates, counts, degrees, offices."""

import re
from collections.abc import Iterator

from rdflib import Literal
from rdflib.namespace import XSD
from spacy.tokens import Token

from kg.extract.dates import typed
from kg.extract.english_clauses import passive, prepositions, verb_words
from kg.extract.english_names import clean
from kg.extract.english_phrases import chunk
from kg.extract.english_sentence import Sentence
from kg.extract.words import english as words

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_COUNTED = {"people": "employees", "person": "employees", "staff": "employees", "worker": "employees"}
_RELEASED = frozenset(
    [
        "film",
        "movie",
        "album",
        "song",
        "single",
        "novel",
        "book",
        "game",
        "video",
        "series",
        "soundtrack",
        "documentary",
        "ep",
    ]
)


def read_dated(s: Sentence, v: Token, subject: str) -> None:
    """ "founded in 2010": the date is a value of what it is said of."""
    known = words("dated_passive") if passive(v) else words("dated_active")
    if v.lemma_ not in known or any(c.dep_ == "dobj" for c in v.children):
        return
    found = [d for d in s.dates_of(v) if d.literal is not None]
    if len(found) == 1:
        said = s.span.text[found[0].start : found[0].end].split()[0].lower()
        preposition = said if said in {"in", "on"} else "on" if len(found[0].period.start) == 10 else "in"
        s.claim("dated", subject, verb_words(v, preposition), value=found[0].literal)


def read_counted(s: Sentence, v: Token, o: Token, subject: str) -> None:
    """ "has over 500 employees", "employs 300 people"."""
    noun = o.lemma_.lower()
    if o.lower_ not in words("counts") or v.lemma_ not in {"have", "employ", "enroll", "number", "count"}:
        return
    if any(c.dep_ == "amod" for c in o.children):
        return
    number = next((m for c in o.children if c.dep_ == "nummod" and (m := _NUMBER.fullmatch(c.text))), None)
    if number and (v.lemma_ == "employ" or noun not in {"people", "person"}):
        what = _COUNTED.get(noun, o.lower_)
        value = Literal(int(number[0].replace(",", "")), datatype=XSD.integer)
        s.claim("counted", subject, f"number of {what}", value=value, verb=v)


def read_degree(s: Sentence, v: Token, o: Token, subject: str) -> None:
    """ "holds a PhD in Computer Science from Stanford University"."""
    if o.lower_ not in words("degree_nouns") or v.lemma_ not in {
        "hold",
        "have",
        "earn",
        "receive",
        "obtain",
        "complete",
        "get",
    }:
        return
    said = list(_all_prepositions(v, o))
    fields = [clean(chunk(t)) for p, t in said if p == "in" and not _is_place(s, t)]
    field = (("field of study", fields[0]),) if fields else ()
    for preposition, t in said:
        name = s.proper(t)
        if preposition in {"from", "at"} and name:
            degree = o.text if o.text[:1].isupper() else o.lower_
            s.claim("degree", subject, f"{verb_words(v, degree)} from", name, verb=v, qualifiers=field)


def _all_prepositions(*heads: Token) -> Iterator[tuple[str, Token]]:
    """Those of the heads, and those of their nouns: attachment is the parser's weakest side."""
    for head in heads:
        for preposition, t in prepositions(head):
            yield preposition, t
            yield from prepositions(t)


def _is_place(s: Sentence, t: Token) -> bool:
    return s.cast.kind(s.proper(t)) in {"place", "city", "country"}


def read_office(s: Sentence, v: Token, o: Token, subject: str) -> None:
    """ "opened a fourth office in Berlin", "operates offices in San Francisco, New York, and London"."""
    if o.lower_ not in words("office_nouns") or v.lemma_ not in {
        "have",
        "open",
        "operate",
        "maintain",
        "run",
        "close",
        "own",
        "build",
    }:
        return
    for preposition, t in [*prepositions(v), *prepositions(o)]:
        name = s.proper(t)
        if preposition in {"in", "at"} and name and s.cast.kind(name) != "person":
            s.claim("office", subject, verb_words(v, o.lemma_.lower(), preposition), name, verb=v)


def read_population(s: Sentence, v: Token, o: Token, subject: str) -> None:
    """ "has a population of 12,345"."""
    if o.lower_ != "population" or v.lemma_ != "have":
        return
    for preposition, t in prepositions(o):
        if preposition == "of" and (number := _NUMBER.fullmatch(t.text)):
            value = Literal(int(number[0].replace(",", "")), datatype=XSD.integer)
            s.claim("counted", subject, "population", value=value, verb=v)


def read_release(s: Sentence, noun: Token, subject: str) -> None:
    """ "is a 1995 American film"."""
    years = [c for c in noun.lefts if re.fullmatch(r"19\d\d|20\d\d", c.text)]
    if noun.lemma_.lower() in _RELEASED and len(years) == 1:
        s.claim("release year", subject, "released in", value=typed(years[0].text))
