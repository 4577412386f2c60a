"""Who is who in an English text unit: short names for full ones, and the kind of each name."""

import re
from collections.abc import Mapping, Sequence

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
_PERSONAL = re.compile(
    r"(?:[A-Z]\.|(?:Mc|Mac|De|La|Le|Di|Du|Van|O['’])?[A-Z][a-zà-ÿ’'-]+|[a-z]{2,3}|Jr\.?|Sr\.?|II+)"
)
SURE = 1.2  # the support from which a name is proposed as a thing of this kind, without any fact
LIKELY = 0.8  # the support from which the kind is told at all
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
_WORKPLACE = frozenset(["work", "serve", "teach", "employ", "hire"])


class Cast:
    """The names of a text unit over its parsed blocks.

    `named[(doc, token)]` is the name, in full, that a token belongs to; `roots` marks where each is found.
    """

    def __init__(
        self, docs: Sequence[Doc], found: Sequence[Sequence[Found]], before: str, title: str
    ) -> None:
        self.title = title
        self.docs = docs
        self.found = found
        person = title if _of_person(title, docs) else ""
        self.full = _full_names([f for fs in found for f in fs], before, title, person)
        self.named: dict[tuple[int, int], str] = {}
        for d, names in enumerate(found):
            for f in names:
                for i in range(f.first, f.last + 1):
                    self.named[d, i] = self.full.get(f.text, f.text)
        self.kinds = self._kinds(person)

    def aliases(self) -> Mapping[str, tuple[str, ...]]:
        out: dict[str, list[str]] = {}
        for short, full in self.full.items():
            if short != full:
                out.setdefault(full, []).append(short)
        return {k: tuple(sorted(v)) for k, v in out.items()}

    def kind(self, name: str) -> str:
        return self.kinds.get(name, "")

    def is_person(self, name: str) -> bool:
        return self.kind(name) == "person"

    def _kinds(self, person: str) -> dict[str, str]:
        votes = kinds.Votes()
        votes.add(person, "person", 2.0 if person else 0.0)
        for d, names in enumerate(self.found):
            for f in names:
                name = self.full.get(f.text, f.text)
                for kind, weight in _of_label(f, name):
                    votes.add(name, kind, weight if not _modifier(self.docs[d], f) else 0.4 * weight)
                kind = of_words(name)
                votes.add(name, kind, 2.5)
                for kind, weight in _of_place(self.docs[d], f):
                    votes.add(name, kind, weight)
        self.sure = frozenset(n for n in votes.all() if votes.weight(n) >= SURE)
        return {n: k for n, k in votes.all().items() if votes.weight(n) >= LIKELY}

    def define(self, name: str, noun: str) -> None:
        """A definition outweighs the other witnesses."""
        kind = kinds.of_noun(noun)
        if kind and not (kind == "person" and self.kind(name) in {"organization", "company", "place"}):
            self.kinds[name] = kind


def _modifier(doc: Doc, f: Found) -> bool:
    """ "the Projections stage": what stands between "the" and a noun is seldom a place or a person."""
    before = doc[f.first - 1].lower_ if f.first else ""
    after = doc[f.last + 1] if f.last + 1 < len(doc) else None
    return before == "the" and after is not None and after.tag_ == "NN" and f.first == f.last


def _of_label(f: Found, name: str) -> list[tuple[str, float]]:
    kind = _LABELS.get(f.label, "")
    if not kind:
        return []
    mixed = bool(_MIXED.search(name))
    parts = name.split()
    if kind == "person":
        if not all(_PERSONAL.fullmatch(p) for p in parts):
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


def _of_place(doc: Doc, f: Found) -> list[tuple[str, float]]:
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
    for t in _heads(root):
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
            if verb.lower_ in {"using", "via"}:
                out.append(("technology", 1.5))
            if verb.lower_ == "as" and verb.i and verb.nbor(-1).lower_ == "such":
                out.append((kinds.of_noun(_noun_before(verb)), 2.0))
            if verb.lower_ == "like" and v.pos_ == "NOUN":
                out.append((kinds.of_noun(v.lemma_), 2.0))
    return [(k, w) for k, w in out if k]


def _heads(root: Token) -> list[Token]:
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


def _of_person(title: str, docs: Sequence[Doc]) -> bool:
    """Whether a title is a person's name: it looks like one, and the text says "he" or "she"."""
    parts = title.split()
    if not 2 <= len(parts) <= 4 or not all(_PERSONAL.fullmatch(p) for p in parts) or of_words(title):
        return False
    said = [t.lower_ for doc in docs for t in doc]
    personal = sum(w in {"he", "she", "his", "her"} for w in said)
    return personal > 0 and personal > sum(w in {"it", "its"} for w in said)


def _full_names(found: Sequence[Found], before: str, title: str, person: str) -> dict[str, str]:
    """Short name -> the only full name that it can be short for."""
    texts = {f.text: f.label for f in found}
    people = [
        t
        for t, label in texts.items()
        if label == "PERSON" and 2 <= len(t.split()) <= 4 and all(_PERSONAL.fullmatch(p) for p in t.split())
    ]
    if person and person not in people:
        people.append(person)
    firms = [t for t in texts if len(t.split()) > 1 and t.split()[-1].lower() in words("legal_forms")]
    out: dict[str, str] = {}
    for short, label in texts.items():
        parts = short.split()
        if len(parts) != 1:
            continue
        if label in {"PERSON", "", "ORG"}:
            owners = {p for p in people if short in _ends(p)}
            if not owners and label == "PERSON":
                owners = set(re.findall(rf"(?<!\w){re.escape(short)} [A-Z][a-z]+(?!\w)", before))
            if len(owners) == 1:
                out[short] = owners.pop()
    for short in texts:
        owners = {f for f in firms if short == " ".join(f.split()[:-1]).rstrip(",")}
        if len(owners) == 1:
            out[short] = owners.pop()
    if len(title.split()) > 1 and title.rsplit(maxsplit=1)[-1].lower() in words("legal_forms"):
        out.setdefault(" ".join(title.split()[:-1]), title)
    return out


def _ends(person: str) -> tuple[str, ...]:
    """The parts that a person may be called by alone: no surname is in "Gordius of Cappadocia"."""
    parts = person.split()
    return (parts[0],) if "of" in parts or "the" in parts else (parts[0], parts[-1])
