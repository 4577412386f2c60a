"""What English verbs say: "X acquired Y", "X works at Y", "X was founded in 2010", "X employs 300 people"."""

from collections.abc import Sequence

from spacy.tokens import Token

from kg.extract.english_clauses import conjuncts, passive, prepositions, verb_words
from kg.extract.english_phrases import noun_phrase, role_of, role_phrase
from kg.extract.english_sentence import Sentence
from kg.extract.english_values import read_counted, read_dated, read_degree, read_office, read_population
from kg.extract.words import english as words

_STATED = frozenset({"bear", "promote", "appoint", "name", "hire", "elect"})  # have their own rules
_AGREEING = frozenset({"announce", "form", "enter", "establish", "sign", "launch", "begin", "start", "agree"})
_AGREED = frozenset({"partnership", "alliance"})
_NAMING = frozenset({"know", "call", "nickname", "rename", "style"})


def read_verb(s: Sentence, v: Token) -> None:
    """All claims of one told clause."""
    whose = s.whose(v)
    if not whose:
        _included(s, v)
        return
    _partners(s, v, whose)
    for subject in whose:
        if not passive(v):
            _objects(s, v, subject)
        _prepositional(s, v, subject)
        read_dated(s, v, subject)
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
        read_counted(s, v, o, subject)
        read_population(s, v, o, subject)
        read_degree(s, v, o, subject)
        read_office(s, v, o, subject)
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
                    qualifiers=role_of(s, v),
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
                qualifiers=role_of(s, v),
            )
        elif key in words("topic_verbs") and v.tag_ in {"VBZ", "VBP"}:
            topic = noun_phrase(t)
            if topic:
                s.claim("topic", subject, verb_words(v, preposition), topic, verb=v)


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
        c
        for c in v.children
        if c.dep_ in {"oprd", "attr", "dobj"} or (c.dep_ == "xcomp" and c.lemma_.lower() in words("roles"))
    ]
    for role in roles[:1]:
        for preposition, t in [*prepositions(role), *said]:
            name = s.name(t) if preposition == "at" else ""
            if name:
                # the date is the role's: who is promoted, elected or named is often there already
                dated = s.period(v) if len(s.dates) != 1 else s.dates[0][0].period
                since = dated.start if v.lemma_ != "hire" else ""
                told = (("role", role_phrase(role)), *((("role since", since),) if since else ()))
                verb = None if since else v
                s.claim("appointed", subject, "works at", name, verb=verb, qualifiers=told)


def _partners(s: Sentence, v: Token, whose: Sequence[str]) -> None:
    """ "X and Y announced a partnership": what two do together they do with each other."""
    if len(whose) != 2 or passive(v) or v.lemma_ not in _AGREEING or any(s.cast.is_person(w) for w in whose):
        return
    for o in (c for c in v.children if c.dep_ == "dobj" and c.lemma_.lower() in _AGREED):
        if not any(s.name(t) for p, t in prepositions(o) if p in {"with", "between"}):
            s.claim("together", whose[0], f"{verb_words(v)} {o.lemma_.lower()} with", whose[1], verb=v)


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
