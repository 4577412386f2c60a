"""Clauses of a parsed English sentence: who does what, and whether it is told as a fact."""

from collections.abc import Iterator

from spacy.tokens import Token

from kg.extract.words import english as words

_SUBJECTS = frozenset({"nsubj", "nsubjpass"})
_MODALS = frozenset(
    [
        "could",
        "would",
        "may",
        "might",
        "should",
        "must",
        "can",
        "will",
        "shall",
        "ought",
        "'ll",
        "'d",
        "wo",
        "ca",
    ]
)
_DOUBT = frozenset(["if", "whether", "unless", "although", "though", "while"])
_FORMER = frozenset(["previously", "formerly", "once", "originally", "initially", "earlier"])
_VERBAL = frozenset({"VERB", "AUX"})
_FINITE = frozenset({"VBZ", "VBD", "VBP", "MD"})


def is_clause(t: Token) -> bool:
    return t.pos_ in _VERBAL and t.dep_ not in {"aux", "auxpass"} and t.tag_ != "MD"


def told(v: Token) -> bool:  # noqa: PLR0911  # one case, one return
    """Whether the clause is told as a fact: not denied, wished, asked or made to depend on something."""
    t = v
    for _ in range(8):
        for c in t.children:
            if c.dep_ == "neg" or (c.dep_ == "aux" and c.lower_ in _MODALS):
                return False
            if c.dep_ == "mark" and c.lower_ in {"if", "whether", "unless"}:
                return False
            if c.lower_ in {
                "never",
                "not",
                "no",
                "nor",
                "neither",
                "hardly",
                "rarely",
                "allegedly",
                "reportedly",
            } and (c.dep_ in {"advmod", "neg", "preconj", "det"}):
                return False
        if t.dep_ in {"xcomp", "ccomp", "conj", "advcl"} and t.head.pos_ in _VERBAL and t.head.i != t.i:
            if t.dep_ in {"xcomp", "ccomp"} and t.head.lemma_ in words("unreal"):
                return False
            if t.dep_ == "advcl" and t.tag_ == "VB":  # a purpose
                return False
            if t.dep_ == "advcl":
                break
            if t.dep_ == "conj" and any(c.dep_ == "aux" and c.lower_ in _MODALS for c in t.children):
                return False
            t = t.head
            continue
        break
    if v.tag_ == "VB" and v.dep_ in {"acl", "relcl", "advcl"}:
        return False
    return v.sent[-1].text != "?"


def passive(v: Token) -> bool:
    if any(c.dep_ in {"auxpass", "nsubjpass"} for c in v.children):
        return True
    if v.tag_ != "VBN" or any(c.dep_ in {"aux", "dobj"} for c in v.children):
        return False
    if v.dep_ in {"acl", "advcl"}:
        return True
    return v.dep_ == "conj" and not any(c.dep_ in _SUBJECTS for c in v.children) and passive(v.head)


def conjuncts(t: Token) -> list[Token]:
    """The noun and those coordinated with it."""
    out = [t]
    for c in t.children:
        if c.dep_ == "conj" and c.pos_ in {"NOUN", "PROPN", "NUM", "X", "ADJ", "ADV"} and not _begins(c):
            out += conjuncts(c)
    return out


def _begins(t: Token) -> bool:
    """Whether a coordinated noun is the subject of the next clause: "works at X and Alice is his wife"."""
    last = t.right_edge.i
    verb = t.doc[last + 1] if last + 1 < len(t.doc) else None
    if verb is None or verb.tag_ not in _FINITE or verb.i >= t.sent.end:
        return False
    of = governor(verb)
    return t.head.i < t.i < of.i and not any(c.dep_ in _SUBJECTS | {"expl"} for c in of.children)


def _parted(v: Token) -> list[Token]:
    """The subject that the parser gave to the clause before: the noun right before the verb."""
    if v.dep_ != "conj":
        return []
    first = next((c for c in v.lefts if c.dep_ in {"aux", "auxpass"}), v)
    before = first.nbor(-1) if first.i > first.sent.start else first
    while before.dep_ in {"compound", "flat"} and before.head.i < first.i:
        before = before.head
    return [before] if before.dep_ == "conj" and before.pos_ in {"NOUN", "PROPN"} and _begins(before) else []


def subjects(v: Token, depth: int = 0) -> list[Token]:  # noqa: PLR0911  # one case, one return
    """The subject's tokens; a relative pronoun's are its noun's; an inherited one is the main verb's."""
    own = [c for c in v.children if c.dep_ in _SUBJECTS] or _parted(v)
    if own:
        out = []
        for c in own:
            if c.lower_ in {"who", "which", "that"}:
                if v.dep_ == "relcl":
                    out.append(v.head)
                continue
            out += conjuncts(c)
        return out
    if depth > 4 or any(c.dep_ in {"csubj", "expl"} for c in v.children):
        return []
    if v.dep_ == "acl" and v.tag_ in {"VBN", "VBG"}:
        return [v.head] if v.i > v.head.i and not _far(v) else []
    if v.dep_ == "relcl":
        return []
    if v.dep_ == "conj" and v.head.pos_ in _VERBAL and passive(v) == passive(v.head):
        return subjects(v.head, depth + 1)
    if v.dep_ == "conj" and v.head.pos_ in _VERBAL and (has_aux(v) or v.tag_ in {"VBD", "VBZ", "VBP"}):
        return subjects(v.head, depth + 1)
    if v.dep_ == "xcomp" and v.head.pos_ in _VERBAL and not any(c.dep_ == "dobj" for c in v.head.children):
        return subjects(v.head, depth + 1)
    if v.dep_ == "advcl" and v.tag_ == "VBN" and v.head.pos_ in _VERBAL and v.i < v.head.i:
        return subjects(v.head, depth + 1)  # "Founded in 2015, TechCorp …"
    if v.dep_ == "advcl" and v.lower_ == "using" and v.head.pos_ in _VERBAL:
        return subjects(v.head, depth + 1)
    return []


def has_aux(v: Token) -> bool:
    return any(c.dep_ in {"aux", "auxpass"} for c in v.children)


def _far(v: Token) -> bool:
    """Whether a participle stands behind another noun that it may as well belong to."""
    between = v.doc[v.head.i + 1 : v.left_edge.i]
    nouns = [t for t in between if t.pos_ in {"NOUN", "PROPN"} and not _coordinated(t, v.head)]
    return bool(nouns) and not any(t.text == "," for t in between[-1:])


def _coordinated(t: Token, head: Token) -> bool:
    """Whether t, or what it belongs to, is coordinated with the head: "a chemist and specialist at"."""
    if t.dep_ in {"compound", "amod", "nmod"}:
        t = t.head
    return t.dep_ == "conj" and t.head.i == head.i


def prepositions(head: Token) -> Iterator[tuple[str, Token]]:
    """Preposition and noun of what hangs on a verb or noun by one, coordinated ones apart."""
    for p in head.children:
        if p.dep_ in {"prep", "agent"}:
            for q in p.children:
                if q.dep_ == "pobj":
                    for noun in conjuncts(q):
                        yield p.lower_, noun
                elif q.dep_ == "conj" and q.pos_ == "ADP":
                    for r in q.children:
                        if r.dep_ == "pobj":
                            yield q.lower_, r


def former(v: Token) -> bool:
    """Whether the clause says that it is over: "previously", or a past state."""
    if any(c.lower_ in _FORMER and c.dep_ == "advmod" for c in v.children):
        return True
    if any(c.lower_ == "used" for c in v.lefts):
        return True
    return v.lemma_ in words("states") and v.tag_ == "VBD"


def verb_words(v: Token, *rest: str) -> str:
    """The predicate as plain words: "works at", "founded in", "acquired by".

    The present for what lasts, the past as the text has it, the participle of the passive.
    """
    particles = [c.lower_ for c in v.children if c.dep_ == "prt"]
    word = v.lower_ if passive(v) or v.tag_ in {"VBD", "VBN"} else third_person(v.lemma_.lower())
    return " ".join([word, *particles, *(r for r in rest if r)])


def third_person(lemma: str) -> str:
    """
    >>> [third_person(v) for v in ("work", "study", "teach", "have", "play")]
    ['works', 'studies', 'teaches', 'has', 'plays']
    """
    known = {"have": "has", "be": "is", "do": "does", "go": "goes"}
    if lemma in known:
        return known[lemma]
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return lemma[:-1] + "ies"
    return lemma + ("es" if lemma.endswith(("s", "sh", "ch", "x", "z")) else "s")


def governor(t: Token) -> Token:
    """The verb that a token hangs on, at any distance; the root if there is none."""
    while t.head.i != t.i and not is_clause(t):
        t = t.head
    return t
