"""One English sentence with what its rules need: references, dates, and a place for the claims."""

from dataclasses import dataclass, field

from rdflib import Literal
from spacy.tokens import Span, Token

from kg.extract.claims import Claim
from kg.extract.dates import Dated, dated
from kg.extract.english_cast import Cast
from kg.extract.english_clauses import former, governor, subjects
from kg.extract.english_references import References
from kg.extract.words import english as words
from kg.model import Period

_HEADS = frozenset().union(
    *(
        words(n)
        for n in ("roles", "organization_heads", "place_heads", "event_heads", "generic", "class_after_name")
    )
) | {"age", "era"}
_FORMER = ("status", "former")
_PEOPLE = frozenset({"person", "organization", "company", "music group", "team", "sports team", ""})
_PARTITIVE = frozenset(
    {"piece", "series", "collection", "type", "kind", "form", "genus", "species", "brand", "line"}
)


@dataclass
class Sentence:
    """`start` is the sentence's offset in the text; claims are added to `claims`."""

    span: Span
    start: int
    cast: Cast
    references: References
    claims: list[Claim] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    dates: tuple[tuple[Dated, Token], ...] = ()

    def __post_init__(self) -> None:
        self.dates = tuple(_anchored(self.span))

    @property
    def end(self) -> int:
        return self.start + len(self.span.text)

    def name(self, t: Token) -> str:
        """The name that the noun phrase headed by t stands for, or ""."""
        return self.references.of(t)

    def subject(self, t: Token) -> str:
        """The same for what a clause is said of: "a song" in "X is a song written by Y" is X."""
        named = self.name(t)
        if named or t.pos_ != "NOUN":
            return named
        if t.dep_ == "pobj" and t.head.lower_ == "of" and t.head.head.lemma_ in _PARTITIVE:
            t = t.head.head
        while t.dep_ == "conj" and t.head.pos_ == "NOUN":
            t = t.head
        if t.dep_ == "attr" and t.head.lemma_ == "be":
            return next((n for x in subjects(t.head) if (n := self.name(x))), "")
        if t.dep_ == "appos" and any(c.lower_ in {"a", "an", "the"} for c in t.lefts):
            return self.name(t.head)
        return ""

    def whose(self, v: Token) -> list[str]:
        """The names that a clause is said of; "who" is a person and "which" is none."""
        names = list(dict.fromkeys(n for t in subjects(v) if (n := self.subject(t))))
        pronoun = _relative(v)
        if pronoun == "which":
            return [n for n in names if not self.cast.is_person(n)]
        if pronoun == "who":
            return [n for n in names if self.cast.kind(n) in _PEOPLE]
        return names

    def proper(self, t: Token) -> str:
        """The name that t itself is part of, or ""."""
        return self.references.name(t)

    def claim(
        self,
        rule: str,
        subject: str,
        predicate: str,
        object_: str = "",
        value: Literal | None = None,
        verb: Token | None = None,
        qualifiers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """Add a claim; the verb's own dates become its period."""
        if not subject or not (object_ or value is not None):
            return
        if any(self._says_little(n) for n in (subject, object_)):
            return
        period = Period()
        if verb is not None and (value is None or not value.datatype or "g" not in str(value.datatype)[-10:]):
            period = self.period(verb)
        if verb is not None and former(verb) and not period.end:
            qualifiers = (*qualifiers, _FORMER)
        self.claims.append(
            Claim(subject, predicate, rule, self.start, self.end, object_, value, period, qualifiers)
        )

    def _says_little(self, name: str) -> bool:
        """One word that is the head of a longer name, which was not read whole: "Association"."""
        return name.lower() in _HEADS and name != self.references.topic

    def called(self, name: str, other: str) -> None:
        """Another name of the same thing: an alias, not a relation."""
        if self.cast.kind(other) in {"", self.cast.kind(name), "organization"} and other != name:
            self.aliases.append((name, other))

    def dates_of(self, verb: Token) -> list[Dated]:
        return [d for d, t in self.dates if t == verb]

    def period(self, verb: Token) -> Period:
        """When the clause of this verb holds, by its only date or period."""
        found = self.dates_of(verb)
        if len(found) == 2 and {d.sort for d in found} == {"since", "until"}:
            return Period(
                found[0].period.start or found[1].period.start, found[0].period.end or found[1].period.end
            )
        if len(found) != 1:
            return Period()
        d = found[0]
        if d.sort in ("point", "bare"):
            if verb.lemma_ in words("begins"):
                return Period(d.period.start, "")
            if verb.lemma_ in words("ends"):
                return Period("", d.period.end)
        return d.period


def _relative(v: Token) -> str:
    """The relative pronoun that a clause, or the one it is coordinated with, begins with."""
    for _ in range(4):
        if v.dep_ != "conj":
            break
        v = v.head
    if v.dep_ != "relcl":
        return ""
    return next(
        (c.lower_ for c in v.children if c.dep_ in {"nsubj", "nsubjpass"} and c.lower_ in {"who", "which"}),
        "",
    )


def _bracket(text: str, at: int) -> int:
    """Where the bracket opens that this place is in, -1 outside."""
    opened = text.rfind("(", 0, at)
    return opened if opened >= 0 and ")" not in text[opened:at] else -1


def _anchored(span: Span) -> list[tuple[Dated, Token]]:
    """The sentence's dates, each with the verb that it hangs on."""
    out = []
    for d in dated(span.text, "en"):
        tokens = span.char_span(d.start, d.end, alignment_mode="expand")
        if tokens is not None:
            verb = governor(tokens.root)
            # life dates in brackets say nothing of when the clause around them holds
            if _bracket(span.text, d.start) in {-1, _bracket(span.text, verb.idx - span.start_char)}:
                out.append((d, verb))
    return out
