"""What English noun phrases say: "X is the capital of Y", "X, a son of Y", "Y's CEO X", "Paris, France"."""

import re
from itertools import pairwise

from spacy.tokens import Token

from kg.extract import kinds
from kg.extract.claims import Definition
from kg.extract.dates import day, typed
from kg.extract.english_clauses import conjuncts, prepositions, subjects
from kg.extract.english_names import clean
from kg.extract.english_sentence import Sentence
from kg.extract.english_values import read_release
from kg.extract.words import english as words

_PLACES = frozenset(
    {
        "place",
        "city",
        "country",
        "region",
        "building",
        "island",
        "mountain",
        "body of water",
        "street",
        "river",
    }
)
_MADE = {
    "song": "performed",
    "album": "performed",
    "book": "written",
    "film": "directed",
    "creative work": "created",
}
_BORN = re.compile(r"\(\s*(?:[^()]{0,40}[;,]\s*)?(?:born|b\.)\s+(?P<day>[^()–-]{4,30}?)\s*(?:\)|,? in |;)")
_LIVED = re.compile(
    r"\(\s*(?:[^()]{0,60}[;,]\s+)??(?P<a>[^();]{0,24}\b\d{4})\s*[–—-]\s*(?P<b>[^();]{0,24}\b\d{4})\s*\)"
)
_ACRONYM = re.compile(r"\(\s*(?:the\s+)?[\"“]?([A-Z][A-Za-z0-9&./-]{1,11})[\"”]?\s*\)")


def read_copula(s: Sentence, v: Token) -> list[Definition]:
    """ "X is a technology company", "X is the capital of Y"."""
    out: list[Definition] = []
    if v.lemma_ not in {"be", "become", "remain"}:
        return out
    whose = s.whose(v)
    _read_reversed(s, v)
    for noun in (c for c in v.children if c.dep_ == "attr" and c.pos_ in {"NOUN", "PROPN"}):
        for subject in whose:
            if s.proper(noun) == subject:
                continue
            if not s.proper(noun) and (definition := defined(s, subject, noun)):
                out.append(definition)
            for n in conjuncts(noun):
                read_role(s, subject, n, v, "copula")
                read_release(s, n, subject)
    return out


def _read_reversed(s: Sentence, v: Token) -> None:
    """ "Its director is Paulo Mendes", "The capital of X is Y"."""
    for t in subjects(v):
        if t.lemma_.lower() not in words("roles") | {"capital"} or t.tag_ != "NN" or v.lemma_ != "be":
            continue
        for noun in (c for c in v.children if c.dep_ == "attr" and (s.proper(c))):
            who = s.proper(noun)
            if t.lemma_ != "capital" and not s.cast.is_person(who):
                continue
            said = " ".join([*(c.lower_ for c in t.lefts if _telling(c)), t.lower_])
            whole = next((n for p, q in prepositions(t) if p == "of" and (n := s.name(q))), "")
            for c in t.lefts:
                if c.dep_ == "poss":
                    whole = s.references.owner(c) if c.pos_ == "PRON" else s.name(c)
            if whole and whole != who:
                s.claim("reversed role", who, f"{said} of", whole, verb=v)


def read_apposition(s: Sentence, t: Token) -> list[Definition]:
    """ "X, a data scientist at Y", "ACME CEO X", "Y's founder X"."""
    out: list[Definition] = []
    subject = s.proper(t)
    for c in t.children:
        if c.dep_ != "appos" or c.pos_ not in {"NOUN", "PROPN"} or _listed(t, c):
            continue
        other = s.proper(c)
        bracketed = c.left_edge.i and c.doc[c.left_edge.i - 1].text == "("
        if subject and not other and not bracketed and _indefinite(c):
            if definition := defined(s, subject, c):
                out.append(definition)
            for n in conjuncts(c):
                read_role(s, subject, n, None, "apposition")
        elif other and not subject and t.lemma_.lower() in words("roles"):
            read_role(s, other, t, None, "apposition")  # "the founder of Y, X"
    return out


def _listed(t: Token, c: Token) -> bool:
    """Whether the apposition may be one more of a list: "A, B, and C"."""
    return any(x.dep_ in {"conj", "cc"} for x in c.children) and any(
        x.lower_ in {"and", "or"} for x in c.rights
    )


def _indefinite(c: Token) -> bool:
    lefts = list(c.lefts)
    return (bool(lefts) and lefts[0].lower_ in {"a", "an", "the"}) or c.lemma_.lower() in words("roles")


def defined(s: Sentence, subject: str, noun: Token) -> Definition | None:
    """What the text says that it is; the class goes to the cast."""
    if noun.lemma_.lower() in words("generic") and noun.lemma_.lower() not in words("class_after_name"):
        return None
    if any(c.lower_ in {"no", "not", "any"} for c in noun.lefts) or noun.tag_ not in {"NN", "NNP"}:
        return None
    last = noun.right_edge.i
    for i in range(noun.i, last + 1):
        if noun.doc[i].text in {",", ";", "(", "—", "–", ":"} or noun.doc[i].lower_ in {
            "who",
            "which",
            "that",
        }:
            last = i - 1
            break
    text = noun.doc[noun.left_edge.i : last + 1].text.strip(" ,;")
    lefts = " ".join(c.lower_ for c in noun.lefts if c.dep_ in {"compound", "amod"})
    s.cast.define(subject, f"{lefts} {noun.lemma_.lower()}")
    s.references.define(subject, noun.lemma_.lower())
    return Definition(subject, " ".join(text.split())[:200], s.start, s.end)


def read_role(s: Sentence, subject: str, noun: Token, verb: Token | None, rule: str) -> None:
    """ "head of Y", "competitor of Y", "city in Y", "Y's founder"."""
    head = noun.lemma_.lower()
    before = [c for c in noun.lefts if c.dep_ in {"compound", "amod"} and not s.proper(c)]
    kind = kinds.of_noun(head)
    for preposition, t in prepositions(noun):
        name = s.name(t) if t.pos_ != "PRON" else ""
        if not name or name == subject:
            continue
        if (
            kind in _MADE
            and preposition == "by"
            and s.cast.kind(name) in {"person", "organization", "company", "music group", ""}
        ):
            s.claim(f"{rule} role", subject, f"{_MADE[kind]} by", name, verb=verb)
        elif kind in _PLACES and preposition in {"in", "on", "near"} and s.cast.kind(name) != "person":
            s.claim(f"{rule} place", subject, f"located {preposition}", name, verb=verb)
        elif head in words("relational") | words("roles") and preposition in {
            "of",
            "to",
            "at",
            "for",
            "in",
            "by",
            "with",
            "on",
        }:
            if head in words("generic") and head not in {"member", "part"}:
                continue
            words_ = [
                *(b.lower_ for b in before[-2:] if _telling(b)),
                noun.lower_ if noun.tag_ == "NN" else head,
            ]
            said = " ".join([*words_, *_charge(noun, preposition)])
            former = (("status", "former"),) if any(b.lower_ in {"former", "ex"} for b in before) else ()
            s.claim(f"{rule} role", subject, f"{said} {preposition}", name, verb=verb, qualifiers=former)
    for c in noun.lefts:
        if c.dep_ == "poss" and head in words("roles") | words("relational"):
            name = s.name(c) if c.pos_ != "PRON" else ""
            if name and name != subject:
                s.claim(f"{rule} role", subject, f"{noun.lower_} of", name, verb=verb)


def _charge(noun: Token, preposition: str) -> list[str]:
    """ "head of procurement at X": what the role is over, if that has no name."""
    if preposition == "of":
        return []
    for p in noun.children:
        if p.dep_ == "prep" and p.lower_ == "of":
            for q in p.children:
                if q.dep_ == "pobj" and q.pos_ == "NOUN" and not any(c.dep_ == "prep" for c in p.children):
                    return ["of", *(c.lower_ for c in q.lefts if c.dep_ in {"compound", "amod"}), q.lower_]
    return []


def _telling(adjective: Token) -> bool:
    """Whether an adjective makes another relation: "founding member", but not "famous member"."""
    return adjective.dep_ == "compound" or adjective.lower_ in {
        "founding",
        "managing",
        "executive",
        "deputy",
        "vice",
        "chief",
        "general",
        "honorary",
        "half",
        "assistant",
        "direct",
        "associate",
        "prime",
        "foreign",
        "principal",
        "senior",
        "acting",
        "technical",
        "scientific",
    }


def read_possessive(s: Sentence, t: Token) -> None:
    """ "ACME's CEO Alice Smith", "his wife Jane Roe", "TechCorp CEO Bob": role nouns beside a name."""
    person = s.proper(t)
    if not person:
        return
    i = t.i
    while i and s.proper(t.doc[i - 1]) == person:
        i -= 1
    noun = t.doc[i - 1] if i else None
    if noun is None or noun.lower_ not in words("roles") or noun.tag_ != "NN":
        return
    for c in noun.lefts if noun.dep_ != "compound" else [*noun.lefts, *t.lefts]:
        if c.i < noun.i and c.dep_ in {"poss", "compound", "nmod"}:
            whole = s.name(c) if c.dep_ == "poss" else s.proper(c)
            if whole and whole != person and (c.dep_ == "poss" or s.cast.kind(whole) != "person"):
                s.claim("role before", person, f"{noun.lower_} of", whole)


def read_nested_place(s: Sentence) -> None:
    """ "Seattle, Washington": the first lies in the second, unless it is a list."""
    i = s.span.start
    while i < s.span.end:
        chain, end = _chain(s, i)
        if 2 <= len(chain) <= 3 and not _in_list(s, i, end):
            for inner, outer in pairwise(chain):
                if inner not in outer and outer not in inner:
                    s.claim("nested place", inner, "located in", outer)
        i = max(end, i + 1)


def _chain(s: Sentence, i: int) -> tuple[list[str], int]:
    """Place names one after another, apart by commas only, from token i; and the token after them."""
    doc = s.span.doc
    chain: list[str] = []
    while i < s.span.end:
        name = s.proper(doc[i])
        if not name or doc[i].ent_type_ not in {"GPE", "LOC"}:
            break
        chain.append(name)
        while i < s.span.end and s.proper(doc[i]) == name:
            i += 1
        following = doc[i + 1] if i + 1 < s.span.end else None
        if (
            i >= s.span.end
            or doc[i].text != ","
            or following is None
            or following.ent_type_ not in {"GPE", "LOC"}
        ):
            break
        i += 1
    return chain, i


def _in_list(s: Sentence, start: int, end: int) -> bool:
    doc = s.span.doc
    if doc[start].ent_type_ == "LOC" or doc[start].lower_ in {"north", "south", "east", "west"}:
        return True
    before = doc[start - 1] if start > s.span.start else None
    if before is not None and (
        before.text in {",", "/", "-", "–"}
        or before.lower_ in {"and", "or", "between", "abbreviated", "officially"}
    ):
        return True
    after = [doc[k] for k in range(end, min(end + 3, s.span.end))]
    if not after:
        return False
    if after[0].text == "," and len(after) > 1:
        if s.proper(after[1]):
            return True
        after = after[1:]
    if after[0].lower_ in {"and", "or", "&"}:
        return len(after) < 2 or bool(after[1].text[:1].isupper()) or after[1].lower_ in {"the", "other"}
    return after[0].pos_ == "NOUN" or after[0].text in {"/", "-", "–"}


def read_brackets(s: Sentence, t: Token, last: bool) -> tuple[str, str] | None:
    """Life dates and acronyms in brackets after a name; an acronym is returned as (name, alias)."""
    name = s.proper(t)
    if not name or not last or t.i + 1 >= s.span.end or t.doc[t.i + 1].text != "(":
        return None
    rest = s.span.text[t.doc[t.i + 1].idx - s.span.start_char :]
    if (m := _BORN.match(rest)) and (born := day(m["day"])) and s.cast.kind(name) in {"person", ""}:
        s.claim("brackets", name, "born on" if len(born) == 10 else "born in", value=typed(born))
    elif m := _LIVED.match(rest):
        a, b = day(m["a"]), day(m["b"])
        if s.cast.is_person(name) and a and b and 10 <= int(b[:4]) - int(a[:4]) <= 110:
            s.claim("brackets", name, "born on" if len(a) == 10 else "born in", value=typed(a))
            s.claim("brackets", name, "died on" if len(b) == 10 else "died in", value=typed(b))
    elif m := _ACRONYM.match(rest):
        initials = "".join(w[0] for w in re.findall(r"[A-Za-z]+", name) if w[0].isupper()).lower()
        if len(initials) > 1 and m[1].lower() == initials:
            return name, clean(m[1])
    return None
