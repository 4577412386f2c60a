"""One Russian sentence with what its rules need: names, dates, what came before, a place for claims."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rdflib import Literal

from kg.extract.claims import Claim
from kg.extract.dates import Dated, dated
from kg.extract.russian_parse import Parsed, Word, dictionary, parse
from kg.extract.words import russian as words
from kg.model import Period

_FORMER = ("status", "former")


@dataclass
class Sentence:
    """`named` tells each word's name in full; `before` is the subject of the sentence before, "" if none."""

    parsed: Parsed
    text: str
    named: Mapping[int, str]
    types: dict[str, str]
    before: tuple[str, str] = ("", "")  # the subject of the sentence before and its gender
    nouns: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # class noun -> names so far, latest last
    claims: list[Claim] = field(default_factory=list)
    subject: tuple[str, str] = ("", "")
    dates: tuple[tuple[Dated, Word], ...] = ()

    def __post_init__(self) -> None:
        found = []
        for d in dated(self.text, "ru"):
            a, b = self.parsed.start + d.start, self.parsed.start + d.end
            inside = [w for w in self.parsed.words if w.start < b and w.end > a]
            if inside:
                found.append((d, _nearest(self.parsed.words, inside, governor(inside))))
        self.dates = tuple(found)

    def kind(self, name: str) -> str:
        return self.types.get(name, "")

    def name(self, w: Word) -> str:
        """The name that the word belongs to, or that stands beside its class noun: "компания «Яндекс»"."""
        own = self.named.get(w.i, "")
        if own:
            return own
        if w.pos == "PRON" and w.lower in {"он", "она", "оно"}:
            return self._pronoun(w)
        for c in w.kids("appos", "flat:name", "flat:foreign", "nmod"):
            named = self.named.get(c.i, "")
            first = c.i
            while first - 1 > w.i and self.named.get(first - 1, "") == named:
                first -= 1
            near = named and 0 < first - w.i <= 2 and not c.kids("case")
            if near and (c.rel != "nmod" or c.case in {"", "Nom", w.case}):
                return named if w.lemma not in words("generic") else ""
        return self._definite(w)

    def _pronoun(self, w: Word) -> str:
        name, gender = self.before
        if not name or any(i < w.i for i in self.named):
            return ""
        return name if gender == {"он": "Masc", "она": "Fem", "оно": "Neut"}[w.lower] else ""

    def _definite(self, w: Word) -> str:
        """ "Завод находится в …": the only thing so far that the text calls a "завод"."""
        if w.pos != "NOUN" or w.feats.get("Number") == "Plur":
            return ""
        if any(
            c.rel in {"nmod", "acl", "acl:relcl", "appos", "amod", "nummod", "flat:name"} for c in w.children
        ):
            return ""
        if any(c.rel == "det" and c.lemma not in {"этот", "данный"} for c in w.children):
            return ""
        known = self.nouns.get(w.lemma, ())
        return known[-1] if known and (len(set(known)) == 1 or known[-1] == self.before[0]) else ""

    def claim(
        self,
        rule: str,
        subject: str,
        predicate: str,
        object_: str = "",
        value: Literal | None = None,
        verb: Word | None = None,
        qualifiers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        if not subject or not predicate or not (object_ or value is not None):
            return
        period = self.period(verb) if verb is not None and value is None else Period()
        if verb is not None and not period.end and not period.start and over(verb):
            qualifiers = (*qualifiers, _FORMER)
        self.claims.append(
            Claim(
                subject,
                predicate,
                rule,
                self.parsed.start,
                self.parsed.end,
                object_,
                value,
                period,
                qualifiers,
            )
        )

    def dates_of(self, verb: Word) -> list[Dated]:
        return [d for d, w in self.dates if w is verb]

    def period(self, verb: Word) -> Period:
        found = self.dates_of(verb)
        if len(found) != 1:
            return Period()
        d = found[0]
        if d.sort in ("point", "bare"):
            if verb.lemma in words("begins"):
                return Period(d.period.start, "")
            if verb.lemma in words("ends"):
                return Period("", d.period.end)
        return d.period


def governor(inside: list[Word]) -> Word:
    """The verb that these words hang on, at any distance; the root if there is none."""
    ids = {w.i for w in inside}
    w = next((w for w in inside if w.head is None or w.head.i not in ids), inside[0])
    while w.head is not None and w.pos != "VERB" and not is_short(w):
        w = w.head
    return w


def _nearest(sentence: tuple[Word, ...], inside: list[Word], verb: Word) -> Word:
    """The verb, or a later one coordinated with it that stands nearer before the date."""
    for w in reversed(sentence[: inside[0].i]):
        if w is verb:
            break
        if w.pos == "VERB" and w.rel == "conj" and w.head is verb:
            return w
    return verb


def is_short(w: Word) -> bool:
    """A short participle or adjective in the place of a verb: "основан"."""
    return w.feats.get("Variant") == "Short"


def over(verb: Word) -> bool:
    """Whether the clause says that it is over: "ранее", or an unfinished verb in the past."""
    if any(c.lower in {"ранее", "раньше", "прежде", "некогда", "когда-то"} for c in verb.kids("advmod")):
        return True
    return (
        verb.feats.get("Tense") == "Past"
        and verb.feats.get("Aspect") == "Imp"
        and verb.lemma
        in {"работать", "служить", "преподавать", "руководить", "возглавлять", "жить", "проживать", "учиться"}
    )


def verb_words(verb: Word, *rest: str) -> str:
    """The predicate in words: the present of what lasts, the past of what is done, the short participle.

    "работает в", "основал", "основан в".
    """
    p = parse(verb)
    wanted = {"sing", "masc"}
    if p.tag.POS in {"PRTS", "PRTF", "ADJS"} and "actv" not in p.tag:
        p = p.inflect({"PRTS", "sing", "masc"}) or p
    elif p.tag.aspect == "perf" or "past" in p.tag:
        base = next((q for q in dictionary().parse(p.normal_form) if q.tag.POS == "INFN"), p)
        p = base.inflect({"past", *wanted}) or p
        if p.tag.aspect == "impf":
            p = base.inflect({"pres", "3per", "sing"}) or p
    else:
        p = p.inflect({"3per", "sing"}) or p
    negative = "не" if any(c.lower == "не" for c in verb.children) else ""
    return " ".join(w for w in (negative, p.word, *rest) if w)
