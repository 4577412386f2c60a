"""The predicate between two names in a Russian sentence, by slovnet's parse."""

from collections.abc import Sequence

from kg.extract.between import MOST_WORDS, Said, Side, Span, period
from kg.extract.russian_parse import Parsed, Word, base, sentences
from kg.extract.russian_rules import is_verb, passive, subjects, told, verb_words_active
from kg.extract.russian_sentence import over, verb_words
from kg.extract.words import russian as words

_IS = frozenset({"являться", "быть", "стать", "становиться"})


def read(sentence: str, a: Sequence[Span], b: Sequence[Span]) -> list[Said]:
    found: list[Said] = []
    for parsed in sentences(sentence.replace("\n", " ")):
        left, right = _heads(parsed, a), _heads(parsed, b)
        for x in left:
            for y in right:
                for said in (_one(sentence, x, y, "a"), _one(sentence, y, x, "b")):
                    if said and (said.subject, said.predicate) not in {
                        (f.subject, f.predicate) for f in found
                    }:
                        found.append(said)
    return found[:3]


def _heads(parsed: Parsed, places: Sequence[Span]) -> list[Word]:
    """The word of each place that the others hang on."""
    out = []
    for start, end in places:
        inside = [w for w in parsed.words if w.start < end and w.end > start]
        ids = {w.i for w in inside}
        head = next((w for w in inside if w.head is None or w.head.i not in ids), None)
        if head is not None and head.pos:
            out.append(head)
    return out


def _one(sentence: str, x: Word, y: Word, side: Side) -> Said | None:
    """What is said of x with y as its object."""
    if x is y:
        return None
    x = _named(x)
    noun: Word | None = None
    t = _named(y)
    last = t
    preposition = t.preposition
    for _ in range(6):
        while t.rel == "conj" and t.head is not None:
            t = t.head
            preposition = preposition or t.preposition
        if t.rel == "root" or t.head is None:
            break
        head = t.head
        if is_verb(head):
            return _of_verb(sentence, x, last, head, t, noun, preposition, side)
        if t.rel not in {"nmod", "obl", "flat:name", "flat:foreign"} or noun is not None:
            break
        noun, t = head, head
        if x in subjects(noun) and noun.lemma not in words("generic"):
            return _said(side, [base([noun], noun).lower(), preposition], sentence, "")
    return None


def _named(w: Word) -> Word:
    """The class noun that a name stands beside: "компания «Яндекс»"."""
    if w.rel in {"appos", "flat:name", "flat:foreign"} and w.head is not None and w.head.pos == "NOUN":
        return w.head
    return w


def _of_verb(
    sentence: str, x: Word, y: Word, verb: Word, top: Word, noun: Word | None, preposition: str, side: Side
) -> Said | None:
    if x not in subjects(verb) or y in subjects(verb) or not told(verb):
        return None
    if noun is None:
        if top.case == "Ins" and not preposition and passive(verb):
            active = verb_words_active(verb)
            other: Side = "b" if side == "a" else "a"
            return _said(other, [active], sentence, verb.lemma) if active else None
        if verb.lemma in _IS:
            return None
        said = [verb_words(verb), preposition]
    elif verb.lemma in _IS:
        said = [base([noun], noun).lower(), preposition]
    else:
        said = [verb_words(verb), noun.preposition, noun.lower, preposition]
    return _said(side, said, sentence, verb.lemma, former=over(verb))


def _said(side: Side, parts: list[str], sentence: str, verb: str, former: bool = False) -> Said | None:
    predicate = " ".join(p for p in parts if p)
    if not predicate or len(predicate.split()) > MOST_WORDS:
        return None
    when = period(sentence, verb, "ru", words("begins"), words("ends"))
    return Said(side, predicate, when, former)
