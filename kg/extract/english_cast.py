"""Who is who in an English text unit: short names for full ones, and the kind of each name."""

import re
from collections.abc import Mapping, Sequence

from spacy.tokens import Doc

from kg.extract import kinds
from kg.extract.english_kinds import PERSONAL, TECHNICAL, acts, heads, modifier, of_label, of_place, of_words
from kg.extract.english_names import Found
from kg.extract.words import english as words

SURE = 1.2  # the support from which a name is proposed as a thing of this kind, without any fact
TOOL = 1.3  # the support from which a name is surely a tool's
LIKELY = 0.8  # the support from which the kind is told at all
_OF_TOOLS = frozenset(
    {"technology", "software", "database", "programming language", "library", "operating system"}
)
_PERSONAL_WORDS = frozenset({"he", "she", "his", "her", "him", "hers", "who", "whom"})


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
        unsure: list[tuple[str, str, float]] = []
        personal = any(t.lower_ in _PERSONAL_WORDS for doc in self.docs for t in doc)
        for d, names in enumerate(self.found):
            for f in names:
                name = self.full.get(f.text, f.text)
                by_label = of_label(f, name)
                if modifier(self.docs[d], f):
                    by_label = [(kind, 0.4 * weight) for kind, weight in by_label]
                alone = f.label == "PERSON" and " " not in name
                if alone and not personal and not acts(self.docs[d][f.first : f.last + 1].root):
                    unsure += [(name, *label) for label in by_label]
                else:
                    votes.add_all(name, by_label)
                votes.add(name, of_words(name), 2.5)
                votes.add_all(name, of_place(self.docs[d], f))
                if TECHNICAL.fullmatch(name) and not name.isupper():
                    votes.add(name, "technology", TOOL)
        self._of_lists(votes)
        # one word alone is as often a tool, where the text speaks of tools and of nobody as "he" or "she"
        if not any(kind in _OF_TOOLS and votes.weight(n) >= TOOL for n, kind in votes.all().items()):
            for name, kind, weight in unsure:
                votes.add(name, kind, weight)
        self.sure = frozenset(n for n in votes.all() if votes.weight(n) >= SURE)
        return {n: k for n, k in votes.all().items() if votes.weight(n) >= LIKELY}

    def _of_lists(self, votes: kinds.Votes) -> None:
        """ "Kafka, Spark and PostgreSQL": what is listed with tools is one, unless the text says else."""
        for d, names in enumerate(self.found):
            lists: dict[int, set[str]] = {}
            for f in names:
                root = self.docs[d][f.first : f.last + 1].root
                if f.first == f.last and (first := heads(root)[-1]).i in range(len(self.docs[d])):
                    lists.setdefault(first.i, set()).add(self.full.get(f.text, f.text))
            for listed in lists.values():
                tools = {n for n in listed if votes.best(n) in _OF_TOOLS and votes.weight(n) >= TOOL}
                for name in sorted(listed - tools) if tools else ():
                    if votes.weight(name) < TOOL:
                        votes.add(name, "technology", TOOL)

    def define(self, name: str, noun: str) -> None:
        """A definition outweighs the other witnesses."""
        kind = kinds.of_noun(noun)
        if kind and not (kind == "person" and self.kind(name) in {"organization", "company", "place"}):
            self.kinds[name] = kind


def _of_person(title: str, docs: Sequence[Doc]) -> bool:
    """Whether a title is a person's name: it looks like one, and the text says "he" or "she"."""
    parts = title.split()
    if not 2 <= len(parts) <= 4 or not all(PERSONAL.fullmatch(p) for p in parts) or of_words(title):
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
        if label == "PERSON" and 2 <= len(t.split()) <= 4 and all(PERSONAL.fullmatch(p) for p in t.split())
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
