"""The witnesses for the kind of an English name: the recogniser, its own words, what stands around it."""

import re

from spacy.tokens import Doc, Token

from kg.extract import kinds
from kg.extract.english_names import Found
from kg.extract.words import english as words

_LABELS = {
    "PERSON": "person",
    "ORG": "organization",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "PRODUCT": "product",
    "EVENT": "event",
    "WORK_OF_ART": "creative work",
    "LAW": "law",
    "LANGUAGE": "natural language",
}
_MIXED = re.compile(r"[a-z][A-Z]|[A-Z]{2}[a-z]|\d")
PERSONAL = re.compile(
    r"(?:[A-Z]\.|(?:Mc|Mac|De|La|Le|Di|Du|Van|O['’])?[A-Z][a-zà-ÿ’'-]+|[a-z]{2,3}|Jr\.?|Sr\.?|II+)"
)
_TOOLS = frozenset(
    [
        "use",
        "utilize",
        "utilise",
        "deploy",
        "integrate",
        "implement",
        "install",
        "support",
        "migrate",
        "adopt",
        "run",
    ]
)
# "written in X", "queued with X": what is made or run with something names a tool, unless it is a place
_MADE_WITH = frozenset(
    [
        "build",
        "cache",
        "code",
        "compile",
        "containerize",
        "deploy",
        "encode",
        "implement",
        "index",
        "orchestrate",
        "package",
        "parse",
        "program",
        "queue",
        "render",
        "schedule",
        "script",
        "serialize",
        "write",
    ]
)
TECHNICAL = re.compile(r"[A-Z][A-Za-z]*(?:SQL|DB|API|QL|ML|JS|OS|SDK|MQ|GPT|LLM)")
_WORKPLACE = frozenset(["work", "serve", "teach", "employ", "hire"])


def modifier(doc: Doc, f: Found) -> bool:
    """ "the Projections stage": what stands between "the" and a noun is seldom a place or a person."""
    before = doc[f.first - 1].lower_ if f.first else ""
    after = doc[f.last + 1] if f.last + 1 < len(doc) else None
    return before == "the" and after is not None and after.tag_ == "NN" and f.first == f.last


def of_label(f: Found, name: str) -> list[tuple[str, float]]:
    kind = _LABELS.get(f.label, "")
    if not kind:
        return []
    mixed = bool(_MIXED.search(name))
    parts = name.split()
    if kind == "person":
        if not all(PERSONAL.fullmatch(p) for p in parts):
            return []
        return [(kind, 1.6 if len(parts) > 1 else 0.8)]
    if kind == "place":
        return (
            []
            if mixed or (name.isupper() and name not in {"US", "UK", "USA", "UAE", "EU"})
            else [(kind, 1.2)]
        )
    if kind == "organization":
        return [(kind, 0.6 if name.isupper() or mixed else 1.0)]
    return [(kind, 0.8)]


def of_words(name: str) -> str:
    """What the name's own words say: "Stanford University", "FERAG Workshop 2026"."""
    said = re.findall(r"[^\W\d_]+\.?", name.lower())
    if len(said) < 2:
        return ""
    if said[0] in {"mount", "lake", "cape", "fort", "port", "gulf"} and len(said) == 2:
        return kinds.of_noun(said[0]) or "place"
    if "of" in said[1:]:
        said = said[: said.index("of", 1)]
    last = said[-1]
    if last in words("organization_heads") or last in words("legal_forms") or last in words("part_of_name"):
        kind = kinds.of_noun(last)
        return kind if kind and kind not in {"place", "building", "creative work"} else "organization"
    if last in words("place_heads"):
        return kinds.of_noun(last) or "place"
    if last in words("event_heads"):
        kind = kinds.of_noun(last)
        return kind if kind not in {"", "award"} else "event"
    return "law" if last in words("work_heads") else ""


def of_place(doc: Doc, f: Found) -> list[tuple[str, float]]:
    """What stands around the name says its kind."""
    out: list[tuple[str, float]] = []
    root = doc[f.first : f.last + 1].root
    after = doc[f.last + 1] if f.last + 1 < len(doc) else None
    if (
        after is not None
        and after.lemma_.lower() in words("class_after_name")
        and after.tag_ == "NN"
        and f.text[0].isupper()
    ):
        out.append((kinds.of_noun(after.lemma_), 2.0))
    before = doc[f.first - 1] if f.first else None
    if (
        before is not None
        and before.pos_ == "NOUN"
        and before.tag_ == "NN"
        and before.lower_ in words("class_after_name")
    ):
        out.append((kinds.of_noun(before.lemma_), 2.0))
    for t in heads(root):
        verb = t.head
        if t.dep_ == "nsubj" and verb.lemma_ in {"marry", "bear", "mentor", "graduate", "study"}:
            out.append(("person", 1.0))
        if t.dep_ == "dobj" and verb.lemma_ in _TOOLS:
            out.append(("technology", 2.0 if verb.lemma_ in {"use", "utilize", "utilise"} else 0.7))
        if t.dep_ == "pobj":
            v = verb.head
            if v.lemma_ in _WORKPLACE and verb.lower_ == "at":
                out.append(("organization", 1.5))
            if v.lemma_ in {"bear", "locate", "situate", "reside", "live"} and verb.lower_ == "in":
                out.append(("place", 1.5))
            if v.lemma_ in _MADE_WITH and verb.lower_ in {"in", "with"} and _one_word(f):
                out.append(("technology", 1.5))
            if verb.lower_ in {"using", "via"}:
                out.append(("technology", 1.5))
            if verb.lower_ == "as" and verb.i and verb.nbor(-1).lower_ == "such":
                out.append((kinds.of_noun(_noun_before(verb)), 2.0))
            if verb.lower_ == "like" and v.pos_ == "NOUN":
                out.append((kinds.of_noun(v.lemma_), 2.0))
    return [(k, w) for k, w in out if k]


_ACTS = frozenset(
    [
        *("marry", "bear", "mentor", "graduate", "study", "work", "report", "join", "lead", "hire", "say"),
        *(
            "tell",
            "write",
            "live",
            "teach",
            "resign",
            "retire",
            "love",
            "die",
            "manage",
            "promote",
            "appoint",
        ),
    ]
)


def acts(root: Token) -> bool:
    """Whether the name does, or has done to it, what people do."""
    return any(
        t.dep_ in {"nsubj", "nsubjpass", "dobj", "agent"} and t.head.lemma_ in _ACTS for t in heads(root)
    )


def _one_word(f: Found) -> bool:
    """And neither a place nor a language: "written in London", "written in Latin"."""
    return f.first == f.last and f.label not in {"GPE", "LOC", "FAC", "LANGUAGE", "NORP", "EVENT"}


def heads(root: Token) -> list[Token]:
    """The token and those it is coordinated with, up to the first: what is said of it is said of all."""
    out = [root]
    while out[-1].dep_ == "conj" and out[-1].head.pos_ in {"PROPN", "NOUN"} and len(out) < 12:
        out.append(out[-1].head)
    return out


def _noun_before(as_: Token) -> str:
    i = as_.i - 2
    while i >= 0 and as_.doc[i].is_punct:
        i -= 1
    return as_.doc[i].lemma_ if i >= 0 and as_.doc[i].pos_ == "NOUN" else ""
