"""Clauses of a parsed Russian sentence: who does what, and whether it is told as a fact."""

from kg.extract.russian_parse import Word, dictionary, parse
from kg.extract.russian_sentence import is_short
from kg.extract.words import russian as words

_SUBJECTS = ("nsubj", "nsubj:pass")


def is_verb(w: Word) -> bool:
    return w.pos == "VERB" or (is_short(w) and bool(w.kids(*_SUBJECTS)))


def passive(w: Word) -> bool:
    return w.feats.get("Voice") == "Pass" or bool(w.kids("nsubj:pass"))


def told(v: Word) -> bool:
    """Whether the clause is told as a fact: not denied, wished, asked, in the future or dependent."""
    t: Word | None = v
    for _ in range(6):
        if t is None:
            break
        if any(
            c.lower in {"не", "ни", "бы", "ли", "если", "якобы", "будет", "будут", "чтобы"}
            for c in t.children
        ):
            return False
        if t.feats.get("Mood") in {"Cnd", "Imp"} or t.lemma in words("unreal"):
            return False
        if t.feats.get("Tense") == "Fut" or (t is v and t.feats.get("VerbForm") in {"Inf", "Conv"}):
            return False
        if t.rel not in {"xcomp", "ccomp", "csubj"}:
            break
        t = t.head
    return v.feats.get("Aspect") != "Perf" or v.feats.get("Tense") != "Pres"


def conjuncts(w: Word) -> list[Word]:
    out = [w]
    for c in w.kids("conj"):
        if c.pos in {"NOUN", "PROPN", "X"} and not c.kids("case"):
            out += conjuncts(c)
    return out


def subjects(v: Word, depth: int = 0) -> list[Word]:
    own = v.kids(*_SUBJECTS)
    if own:
        if own[0].lower.startswith("котор") and v.rel.startswith("acl") and v.head is not None:
            return [v.head]
        return [x for c in own for x in conjuncts(c)]
    if v.rel == "acl" and v.head is not None and v.feats.get("VerbForm") == "Part" and v.head.i < v.i:
        return [v.head]
    if (
        v.rel == "conj"
        and v.head is not None
        and is_verb(v.head)
        and depth < 4
        and passive(v) == passive(v.head)
    ):
        return subjects(v.head, depth + 1)
    return []


def verb_words_active(v: Word) -> str:
    """The active past of a passive: "основана" -> "основал"."""
    lemma = parse(v).normal_form
    infinitive = next((q for q in dictionary().parse(lemma) if q.tag.POS == "INFN"), None)
    said = infinitive.inflect({"past", "sing", "masc"}) if infinitive else None
    return said.word if said else ""
