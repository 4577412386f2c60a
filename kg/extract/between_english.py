"""The predicate between two names in an English sentence, by spaCy's parse."""

import re
from collections.abc import Sequence

from spacy.tokens import Doc, Token

from kg import names
from kg.extract.between import MOST_WORDS, Said, Side, Span, content, period, with_kind_words
from kg.extract.english import _model as model  # one parser in a process
from kg.extract.english_clauses import former, is_clause, subjects, told, verb_words
from kg.extract.words import english as words
from kg.ontology.tables import class_words

# Names are read as one word that no parser mistakes for anything else.
_STANDS_FOR_A = ("Microsoft", "Toyota", "Siemens")
_STANDS_FOR_B = ("Google", "Honda", "Philips")
_WAYS = frozenset("pobj dobj attr prep agent acomp dative oprd conj poss pcomp".split())  # noqa: SIM905
_KINDS = names.vocabulary()["artefact"] | names.vocabulary()["undertaking"]
_TOGETHER = frozenset(
    {"collaborate", "cooperate", "partner", "work", "merge", "compete", "meet", "ally", "team"}
)
_PARTNERS = frozenset(
    {"partner", "competitor", "rival", "ally", "colleague", "collaborator", "spouse", "friend"}
)
_NAMED = "\x00"  # in the place of a name between verb and preposition: "uses X for" is no relation to Y
_CO = re.compile(r"\bco-(?=[a-z])")  # the parser takes it for a word of its own


def read(sentence: str, a: Sequence[Span], b: Sequence[Span], b_is_date: bool = False) -> list[Said]:
    doc, places = _with_stand_ins(sentence, a, b)
    left = [t for t in doc if t.idx in places["a"]]
    right = [t for t in doc if t.idx in places["b"]]
    found: dict[tuple[Side, str], Said] = {}
    for x in left:
        for y in right:
            forward = _one(sentence, x, y, "a", b_is_date)
            back = None if b_is_date else _one(sentence, y, x, "b")
            for said in (forward, back):
                if said:
                    found.setdefault((said.subject, said.predicate), said)
    return list(found.values())[:3]


def _with_stand_ins(sentence: str, a: Sequence[Span], b: Sequence[Span]) -> tuple[Doc, dict[str, set[int]]]:
    word_a = next((w for w in _STANDS_FOR_A if w not in sentence), _STANDS_FOR_A[0])
    word_b = next((w for w in _STANDS_FOR_B if w not in sentence), _STANDS_FOR_B[0])
    marks = sorted((*with_kind_words(sentence, s), side) for side, at in (("a", a), ("b", b)) for s in at)
    text, at = "", 0
    places: dict[str, set[int]] = {"a": set(), "b": set()}
    for start, end, side in marks:
        if start < at:
            continue
        text += _CO.sub("", sentence[at:start])
        places[side].add(len(text))
        text += word_a if side == "a" else word_b
        at = end
    text += _CO.sub("", sentence[at:])
    return model()(text.replace("\n", " ").replace("\t", " ")), places


def _one(sentence: str, name: Token, other: Token, side: Side, is_date: bool = False) -> Said | None:
    """What is said of `name` with `other` as its object."""
    x, y = _lifted(name), _lifted(other)
    if x is None or y is None or x == y or x.sent != y.sent:
        return None
    noun = [] if is_date else _nominal(x, y)
    if noun:
        return _said(side, noun, None, sentence)
    climbed = _climb(y, is_date)
    if climbed is None or not told(climbed[0]):
        return None
    verb, chain = climbed
    whose = _subjects(verb)
    if x in whose and y in whose:
        return _coordinated(sentence, verb, side) if x.i < y.i else None
    words_ = _predicate(verb, chain) if x in whose else _owned(x, y, verb, whose)
    return _said(side, words_, verb, sentence)


def _subjects(verb: Token) -> list[Token]:
    """Also that of which the subject is said to be: "Berlin is a city located in Germany"."""
    own = subjects(verb)
    return own + [s for t in own if t.dep_ == "attr" and t.head.lemma_ == "be" for s in subjects(t.head)]


def _lifted(t: Token) -> Token | None:
    """The noun that the name stands before, where that only says what it is: "the Thesis stage"."""
    while t.dep_ in {"compound", "nmod"} and t.head.pos_ in {"NOUN", "PROPN"} and t.head.i > t.i:
        if t.head.lemma_.lower() not in class_words() and t.head.lemma_.lower() not in _KINDS:
            return None
        t = t.head
    return None if t.dep_ in {"amod", "npadvmod"} else t


def _climb(t: Token, is_date: bool) -> tuple[Token, list[str]] | None:
    """The verb that a noun hangs on, and the words on the way from the verb down to it."""
    chain: list[str] = []
    for _ in range(10):
        head = t.head
        if head is t or (t.dep_ not in _WAYS and not (t.dep_ in {"nsubj", "nsubjpass"} and is_clause(head))):
            return None
        if t.dep_ in {"nsubj", "nsubjpass"}:
            return head, chain
        if t.dep_ not in {"conj", "poss"}:  # "a part of X's cycle": part of X
            ends = is_clause(head) and head.dep_ != "pcomp"
            chain[0:0] = _step(t, head, chain, ends, is_date)
            if ends:
                return head, chain
        t = head
    return None


def _step(t: Token, head: Token, chain: list[str], ends: bool, is_date: bool) -> list[str]:
    """What the token on the way adds before the chain."""
    if is_date and not (t.dep_ == "prep" and (not chain or t.lower_ == "for")):
        return []  # "left for TechCorp in 2023" says when he left for it
    if t.dep_ in {"prep", "agent"}:
        return [*(_object_noun(head, t, is_date) if ends else []), t.lower_]
    if t.dep_ == "pcomp":
        return [t.lower_] if is_clause(t) else []
    return _noun_words(t) if chain and t.pos_ in {"NOUN", "PROPN", "ADJ"} else []


def _object_noun(verb: Token, preposition: Token, is_date: bool) -> list[str]:
    """ "operates an office in X", "left for Y in 2023": what comes before the preposition, but no name."""
    for c in verb.children:
        if c.i >= preposition.i:
            break
        if c.dep_ in {"dobj", "attr", "acomp"}:
            named = c.pos_ == "PROPN" and c.lower_ not in words("degree_nouns")
            return ([] if is_date else [_NAMED]) if named else _noun_words(c)
        if is_date and c.dep_ == "prep":
            return [c.lower_] if c.lower_ == "for" else []
    return []


def _noun_words(t: Token) -> list[str]:
    before = [c for c in t.lefts if c.dep_ in {"compound", "amod"}]
    return [_cased(c) for c in (*before[-2:], t)]


def _cased(t: Token) -> str:
    """ "PhD" and "VP" as they are, other words in lower case unless they are names."""
    return t.text if t.pos_ == "PROPN" or not t.text[1:].islower() else t.lower_


def _predicate(verb: Token, chain: list[str]) -> list[str]:
    if verb.lemma_ == "be":
        return chain if len(chain) != 1 else [verb.lower_, *chain]
    if verb.dep_ == "xcomp" and verb.head.lemma_ in {"serve", "act"}:
        return chain
    spoken = verb_words(verb, *chain).split()
    over = any(c.lower_ == "longer" and any(d.lower_ == "no" for d in c.children) for c in verb.children)
    return [*(("no", "longer") if over else ()), *spoken]


def _nominal(x: Token, y: Token) -> list[str]:
    """ "X, a subsidiary of Y": what x is called beside its name."""
    chain: list[str] = []
    t = y
    for _ in range(6):
        head = t.head
        if t.dep_ == "appos" and head == x and chain and t.pos_ == "NOUN":
            return [*_noun_words(t), *chain]
        if t.dep_ in {"conj", "pobj"}:
            t = head
        elif t.dep_ == "prep" and head.pos_ in {"NOUN", "PROPN"}:
            chain.insert(0, t.lower_)
            t = head
            if t == x:
                return []
        else:
            return []
    return []


def _coordinated(sentence: str, verb: Token, side: Side) -> Said | None:
    """ "X and Y collaborated", "X and Y are partners"."""
    if verb.lemma_ in _TOGETHER:
        return _said(side, [*verb_words(verb).split(), "with"], verb, sentence)
    for c in verb.children:
        if verb.lemma_ == "be" and c.dep_ == "attr" and c.lemma_.lower() in _PARTNERS:
            return _said(side, [c.lemma_.lower(), "of"], verb, sentence)
    return None


def _owned(x: Token, y: Token, verb: Token, whose: Sequence[Token]) -> list[str]:
    """ "The editor of X is Y", "X's capital is Y": x has editor y."""
    if verb.lemma_ != "be" or y.dep_ != "attr":
        return []
    for noun in whose:
        owns = any(c == x and c.dep_ in {"poss", "compound"} for c in noun.children)
        owns = owns or any(
            p.lower_ in {"of", "at", "in"} and q == x
            for p in noun.children
            if p.dep_ == "prep"
            for q in p.children
        )
        if owns and noun.pos_ == "NOUN":
            kept = [c.lower_ for c in noun.lefts if c.dep_ == "compound" and c != x]
            return ["has", *kept[-1:], noun.lemma_.lower()]
    return []


def _said(side: Side, chain: list[str], verb: Token | None, sentence: str) -> Said | None:
    kept = content(chain)
    if (
        not kept
        or _NAMED in kept
        or len(kept) > MOST_WORDS
        or any(not w.strip("-").isalnum() for w in "".join(kept))
    ):
        return None
    when = period(sentence, verb.lemma_ if verb is not None else "", "en", words("begins"), words("ends"))
    over = any(w.lower() in {"former", "previous"} for w in chain)
    return Said(side, " ".join(kept), when, over or (verb is not None and former(verb)))
