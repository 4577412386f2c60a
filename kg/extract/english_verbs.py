"""What English verbs say: "X acquired Y", "X works at Y", "X was founded in 2010", "X employs 300 people"."""

import re
from collections.abc import Iterator

from rdflib import Literal
from rdflib.namespace import XSD
from spacy.tokens import Token

from kg.extract.english_clauses import conjuncts, passive, prepositions, subjects, verb_words
from kg.extract.english_names import clean
from kg.extract.english_sentence import Sentence
from kg.extract.words import english as words

_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_STATED = frozenset({"bear", "promote", "appoint", "name", "hire", "elect"})  # have their own rules
_NAMING = frozenset({"know", "call", "nickname", "rename", "style"})
_COUNTED = {"people": "employees", "person": "employees", "staff": "employees", "worker": "employees"}


def read_verb(s: Sentence, v: Token) -> None:
    """All claims of one told clause."""
    whose = [n for n in dict.fromkeys(s.subject(t) for t in subjects(v)) if n]
    if not whose:
        _included(s, v)
        return
    if v.dep_ == "relcl" and any(
        c.lower_ == "which" and c.dep_ in {"nsubj", "nsubjpass"} for c in v.children
    ):
        whose = [n for n in whose if not s.cast.is_person(n)]  # it hangs on the wrong noun
    for subject in whose:
        if not passive(v):
            _objects(s, v, subject)
        _prepositional(s, v, subject)
        _dated(s, v, subject)
        _responsible(s, v, subject)
        _appointed(s, v, subject)


def read_misparsed(s: Sentence, t: Token) -> None:
    """ "Alice mentors Carol Davis": a verb between two names that the tagger took for a noun."""
    if t.tag_ != "NNS" or not t.lower_.endswith("s") or t.i < 1 or t.i + 1 >= s.span.end:
        return
    lemma = next(
        (x for x in (t.lower_[:-1], t.lower_[:-2], f"{t.lower_[:-3]}y") if x in words("transitive")), ""
    )
    subject, object_ = s.proper(t.doc[t.i - 1]), s.proper(t.doc[t.i + 1])
    first = t.i - 1
    while first > s.span.start and s.proper(t.doc[first - 1]) == subject:
        first -= 1
    if (
        lemma
        and subject
        and object_
        and first == s.span.start
        and s.cast.is_person(subject)
        and s.cast.is_person(object_)
    ):
        s.claim("object", subject, t.lower_, object_)


def _objects(s: Sentence, v: Token, subject: str) -> None:
    for o in (c for c in v.children if c.dep_ == "dobj"):
        _counted(s, v, o, subject)
        _degree(s, v, o, subject)
        _office(s, v, o, subject)
        _through_object(s, v, o, subject)
        if v.lemma_ not in words("transitive") or any(
            c.dep_ == "prt" or c.lower_ == "out" for c in v.children
        ):
            continue
        relative = o.lower_ in {"which", "that", "whom"} and v.dep_ == "relcl"
        for t in [v.head] if relative else conjuncts(o):
            name = s.name(t)
            if name and t.pos_ != "PRON":
                s.claim(
                    "object",
                    subject,
                    verb_words(v),
                    name,
                    verb=v,
                    qualifiers=_role(s, v),
                )


def _prepositional(s: Sentence, v: Token, subject: str) -> None:
    direct = [c for c in v.children if c.dep_ in {"dobj", "attr"}]
    for preposition, t in prepositions(v):
        key = f"{v.lemma_} {preposition}"
        particle = next((c.lower_ for c in v.children if c.dep_ == "prt"), "")
        if preposition == "by" and not passive(v):
            continue
        known = key in words("verb_prep") or f"{v.lemma_} {particle} {preposition}" in words("verb_prep")
        if direct and key not in words("object_and_prep"):
            continue
        by = preposition == "by" and passive(v)
        if not known and (
            not passive(v)
            or v.lemma_ in words("light")
            or preposition not in {"by", "in", "at", "on", "from"}
            or v.lemma_ in _STATED
        ):
            continue
        name = s.name(t) if t.pos_ != "PRON" else ""
        if name and v.lemma_ in _NAMING and preposition in {"as", "by"}:
            s.called(subject, name)
        elif name:
            s.claim(
                "preposition" if known or by else "passive",
                subject,
                verb_words(v, preposition),
                name,
                verb=v,
                qualifiers=_role(s, v),
            )
        elif key in words("topic_verbs") and v.tag_ in {"VBZ", "VBP"}:
            topic = noun_phrase(t)
            if topic:
                s.claim("topic", subject, verb_words(v, preposition), topic, verb=v)


def _dated(s: Sentence, v: Token, subject: str) -> None:
    """ "founded in 2010": the date is a value of what it is said of."""
    known = words("dated_passive") if passive(v) else words("dated_active")
    if v.lemma_ not in known or any(c.dep_ == "dobj" for c in v.children):
        return
    found = [d for d in s.dates_of(v) if d.literal is not None]
    if len(found) == 1:
        said = s.span.text[found[0].start : found[0].end].split()[0].lower()
        preposition = said if said in {"in", "on"} else "on" if len(found[0].period.start) == 10 else "in"
        s.claim("dated", subject, verb_words(v, preposition), value=found[0].literal)


def _counted(s: Sentence, v: Token, o: Token, subject: str) -> None:
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


def _degree(s: Sentence, v: Token, o: Token, subject: str) -> None:
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
    fields = [clean(_chunk(t)) for p, t in said if p == "in" and not _is_place(s, t)]
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


def _office(s: Sentence, v: Token, o: Token, subject: str) -> None:
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


def _through_object(s: Sentence, v: Token, o: Token, subject: str) -> None:
    """ "signed a contract with X": the noun makes the relation; "studied law at X": the verb does."""
    for preposition, t in prepositions(o):
        name = s.name(t) if t.pos_ != "PRON" else ""
        if not name:
            continue
        if f"{o.lemma_.lower()} {preposition}" in words("object_prep") and v.lemma_ not in words("light"):
            s.claim("object noun", subject, verb_words(v, o.lemma_.lower(), preposition), name, verb=v)
        elif f"{v.lemma_} {preposition}" in words("object_and_prep") and preposition == "at":
            s.claim("preposition", subject, verb_words(v, preposition), name, verb=v)
    for preposition, t in prepositions(v):
        name = s.name(t) if t.pos_ != "PRON" else ""
        if (
            name
            and f"{o.lemma_.lower()} {preposition}" in words("object_prep")
            and v.lemma_ not in words("light")
        ):
            s.claim("object noun", subject, verb_words(v, o.lemma_.lower(), preposition), name, verb=v)


def _responsible(s: Sentence, v: Token, subject: str) -> None:
    """ "is responsible for developing X"."""
    if v.lemma_ != "be":
        return
    for a in v.children:
        if a.dep_ == "acomp" and a.lemma_ == "responsible":
            for p in a.children:
                if p.dep_ == "prep" and p.lower_ == "for":
                    for q in p.children:
                        if q.dep_ == "pobj" and s.proper(q):
                            s.claim("responsible", subject, "responsible for", s.proper(q), verb=v)
                        elif q.dep_ == "pcomp":
                            for o in (c for c in q.children if c.dep_ == "dobj"):
                                if name := s.name(o):
                                    s.claim(
                                        "responsible", subject, f"responsible for {q.lower_}", name, verb=v
                                    )


def _appointed(s: Sentence, v: Token, subject: str) -> None:
    """ "was promoted to VP of AI at X", "has been with X since 2020"."""
    if not s.cast.is_person(subject):
        return
    said = list(prepositions(v))
    if v.lemma_ == "be":
        for preposition, t in said:
            name = s.name(t)
            if (
                preposition == "with"
                and s.cast.kind(name) in {"organization", "company"}
                and s.period(v).start
            ):
                s.claim("appointed", subject, "has been with", name, verb=v)
        return
    if v.lemma_ not in {"promote", "appoint", "name", "hire", "elect"} or not passive(v):
        return
    roles = [t for p, t in said if p in {"to", "as"}] + [
        c for c in v.children if c.dep_ in {"oprd", "attr", "dobj"}
    ]
    for role in roles[:1]:
        for preposition, t in [*prepositions(role), *said]:
            name = s.name(t) if preposition == "at" else ""
            if name:
                s.claim(
                    "appointed", subject, "works at", name, verb=v, qualifiers=(("role", role_phrase(role)),)
                )


def _included(s: Sentence, v: Token) -> None:
    """ "Founding members include A, B and C", "Products built on X include A and B"."""
    if v.lemma_ != "include" or passive(v):
        return
    for t in (c for c in v.children if c.dep_ == "nsubj" and c.tag_ == "NNS"):
        objects = [n for c in v.children if c.dep_ == "dobj" for o in conjuncts(c) if (n := s.proper(o))]
        for part in (c for c in t.children if c.dep_ == "acl" and c.tag_ == "VBN"):
            for preposition, q in prepositions(part):
                if name := s.proper(q):
                    for o in objects:
                        s.claim("included", o, verb_words(part, preposition), name, verb=v)
        whole = next((n for p, q in prepositions(t) if p in {"of", "in"} and (n := s.name(q))), "")
        whole = whole or next((n for c in t.children if c.dep_ == "poss" and (n := s.name(c))), "")
        if not whole and not any(c.dep_ in {"prep", "acl", "relcl", "poss"} for c in t.children):
            whole = s.references.organization_before()
        if t.lemma_ in words("relational") and whole:
            kind = " ".join([c.lower_ for c in t.lefts if c.dep_ in {"amod", "compound"}] + [t.lemma_])
            for o in objects:
                s.claim("included", o, f"{kind} of", whole, verb=v)


def _role(s: Sentence, v: Token) -> tuple[tuple[str, str], ...]:
    """ "works at X as a senior engineer", "joined X as the head of …": in which role."""
    for p in v.children:
        found = [p] if p.dep_ == "prep" else []
        found += (
            [c for q in p.children if q.dep_ == "pobj" for c in q.children if c.dep_ == "prep"]
            if found
            else []
        )
        for as_ in found:
            if as_.lower_ == "as":
                for q in as_.children:
                    if q.dep_ == "pobj" and q.lemma_.lower() in words("roles"):
                        return (("role", role_phrase(q)),)
    return ()


def role_phrase(t: Token) -> str:
    """The role with what it is over: "head of their Knowledge Engineering division" without "their"."""
    doc = t.doc
    lefts = [c for c in t.lefts if c.dep_ in {"amod", "compound", "nmod"}]
    said = doc[(lefts[0].left_edge.i if lefts else t.i) : t.i + 1].text
    for p in t.children:
        if p.dep_ == "prep" and p.lower_ in {"of", "for"} and p.i == t.i + 1:
            for q in p.children:
                if q.dep_ == "pobj":
                    inner = " ".join(
                        c.text
                        for c in doc[q.left_edge.i : q.i + 1]
                        if c.dep_ not in {"poss", "det"} or c.lower_ == "of"
                    )
                    return f"{said} {p.lower_} {inner}"
    return said


def noun_phrase(t: Token) -> str:
    """A short noun phrase of content, in lower case unless it is a name; "" for one that says little."""
    if t.pos_ not in {"NOUN", "PROPN"} or t.lemma_.lower() in words("generic"):
        return ""
    said = _chunk(t)
    if not 1 <= len(said.split()) <= 5 or re.search(r"[^\w\s'’-]", said):
        return ""
    return said


def _chunk(t: Token) -> str:
    kept = {"compound", "amod", "nmod", "advmod", "punct"}
    lefts = [
        c for c in t.lefts if c.dep_ in kept and c.lower_ not in {"its", "such", "other", "more", "various"}
    ]
    first = lefts[0].left_edge.i if lefts else t.i
    return clean(t.doc[first : t.i + 1].text)
