"""Names in a parsed Russian sentence, in the nominative: the recogniser's, quoted, Latin, by capitals."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.extract import kinds
from kg.extract.russian_parse import CYRILLIC, Parsed, Word, base, inflected, joined, like, parses
from kg.extract.words import russian as words

_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_.+#/-]*[A-Za-z0-9+#]|[A-Z]")
_LABELS = {"PER": "person", "ORG": "organization", "LOC": "place"}
_GENDER = {"Masc": "masc", "Fem": "femn"}
_ROLE_CASES = {"Nom": "nomn", "Gen": "gent", "Dat": "datv", "Acc": "accs", "Ins": "ablt", "Loc": "loct"}


@dataclass(frozen=True, slots=True)
class Found:
    """A name: words `first` to `last` (inclusive) of its sentence; `bare` is a shorter form of it, if any."""

    first: int
    last: int
    text: str
    kind: str = ""
    bare: str = ""
    noun: str = ""  # the class noun that the text gives it: "завод" of «Уралкран»


def find(sentence: Parsed) -> list[Found]:
    """The names of a sentence, left to right, none overlapping."""
    taken: set[int] = set()
    out: list[Found] = []
    ws = sentence.words
    for f in (*_quoted(ws), *_recognised(sentence), *_latin(ws), *_capitals(sentence)):
        places = set(range(f.first, f.last + 1))
        if len(f.text) > 1 and taken.isdisjoint(places) and any(c.isalpha() for c in f.text):
            taken |= places
            out.append(f)
    return sorted((_widened(ws, f) for f in out), key=lambda f: f.first)


def _widened(ws: Sequence[Word], f: Found) -> Found:
    """ "администрация Светловского района": an office's noun with the name that it is of."""
    head = _head(ws[f.first : f.last + 1])
    noun = head.head
    if (
        noun is None
        or noun.i != f.first - 1
        or noun.lemma not in words("office_words")
        or head.rel != "nmod"
        or head.case != "Gen"
        or noun.lower == head.lower
    ):
        return f
    first = noun.i
    while first and (w := ws[first - 1]).head is noun and w.rel == "amod" and w.pos == "ADJ":
        first -= 1
    text = base(list(ws[first : f.last + 1]), noun)
    return Found(first, f.last, text, kinds.of_noun(noun.lemma) or "organization", "", noun.lemma)


def _quoted(ws: Sequence[Word]) -> Iterator[Found]:
    """«Ромашка» with its legal form or class noun before it."""
    i = 0
    while i < len(ws):
        if ws[i].text in {"«", '"', "„", "“"}:
            close = next(
                (j for j in range(i + 1, min(i + 9, len(ws))) if ws[j].text in {"»", '"', "”", "“"}), None
            )
            if close is not None and close > i + 1 and ws[i + 1].text[:1].isupper():
                yield _in_quotes(ws, i, close)
                i = close
        i += 1


def _in_quotes(ws: Sequence[Word], open_: int, close: int) -> Found:
    inner = list(ws[open_ + 1 : close])
    before = ws[open_ - 1] if open_ else None
    if before is not None and before.text in words("legal_forms"):
        name = joined([w.text for w in inner], inner)
        return Found(open_ - 1, close, f"{before.text} «{name}»", "organization", name, "общество")
    noun = before.lemma if before is not None and CYRILLIC.search(before.text) else ""
    kind = _kind_of(noun)
    if kind or len(inner) > 1:
        return Found(open_, close, joined([w.text for w in inner], inner), kind, "", noun if kind else "")
    head = inner[0]
    return Found(open_, close, head.text if head.case in {"Nom", ""} else base(inner, head), kind)


def _recognised(sentence: Parsed) -> Iterator[Found]:
    ws = sentence.words
    for first, last, label in sentence.names:
        a, b = first, last
        while a < b and not any(c.isalnum() for c in ws[a].text):
            a += 1
        while b > a and not any(c.isalnum() for c in ws[b].text):
            b -= 1
        while b > a and (ws[b].pos in {"VERB", "ADP"} or ws[a].pos == "VERB"):
            b -= 1
        if label == "PER":
            a, b = _surname(ws, a, b)
        inside = list(ws[a : b + 1])
        if not re.search("[A-ZА-ЯЁ]", "".join(w.text[:1] for w in inside)):
            continue
        if label == "PER":
            if len(inside) > 1 or a > 0 or _may_be_person(inside[0]):
                yield Found(a, b, person(inside), "person")
            continue
        head = _head(inside)
        if _common(inside, head):
            continue
        before = ws[a - 1] if a else None
        noun = head.lemma if _kind_of(head.lemma) else ""
        if not noun and before is not None and before.pos == "NOUN" and _kind_of(before.lemma):
            noun = before.lemma
        yield Found(a, b, base(inside, head), _kind_of(noun) or _LABELS[label], "", noun)


def _surname(ws: Sequence[Word], a: int, b: int) -> tuple[int, int]:
    """The span with a surname before or after it that the recogniser left out."""

    def is_surname(i: int) -> bool:
        w = ws[i]
        return w.text[:1].isupper() and w.pos == "PROPN" and any("Surn" in p.tag for p in parses(w.lower))

    if a and is_surname(a - 1) and not any("Surn" in p.tag for p in parses(ws[b].lower)):
        return a - 1, b
    return a, b


def _may_be_person(w: Word) -> bool:
    found = parses(w.lower)
    return not found[0].is_known or any({"Name", "Surn", "Patr"} & p.tag.grammemes for p in found)


def _common(inside: Sequence[Word], head: Word) -> bool:
    """Whether it is no name but a common noun: at the beginning of a sentence all begin with a capital."""
    capitals = [w for w in inside if w.text[:1].isupper()]
    if any(w.i > 0 for w in capitals) or re.search("[A-Za-z]", head.text) or head.text.isupper():
        return False
    if len(inside) == 1 and (_kind_of(head.lemma) or head.lemma in words("roles")):
        return True
    if head.lemma in words("roles") | words("relational"):
        return True
    known = parses(head.lower)
    return (
        len(inside) == 1
        and known[0].is_known
        and not any({"Geox", "Orgn", "Surn", "Name", "Trad", "Abbr"} & p.tag.grammemes for p in known)
    )


def _near(ws: Sequence[Word], i: int) -> str:
    """The class that the noun before a name says, if the name is its apposition: "город Тверь"."""
    before = ws[i - 1] if i else None
    if before is None or before.pos != "NOUN" or not before.text.islower():
        return ""
    return _kind_of(before.lemma)


def _kind_of(noun: str) -> str:
    if not noun:
        return ""
    for name, kind in (
        ("organization_words", "organization"),
        ("place_words", "place"),
        ("software_words", "software"),
        ("project_words", "project"),
        ("work_words", "creative work"),
    ):
        if noun in words(name):
            return kinds.of_noun(noun) or kind
    return ""


def _head(inside: Sequence[Word]) -> Word:
    ids = {w.i for w in inside}
    return next((w for w in inside if w.head is None or w.head.i not in ids), inside[0])


def person(inside: list[Word]) -> str:
    """A person's name in the nominative, its parts agreeing in gender."""
    if all(w.case in {"Nom", ""} for w in inside):
        return joined([w.text for w in inside], inside)
    gender = _gender(inside)
    out = []
    for w in inside:
        if not CYRILLIC.search(w.text) or len(w.text) < 2 or w.text.endswith("."):
            out.append(w.text)
            continue
        found = [p for p in parses(w.lower) if {"Name", "Surn", "Patr"} & set(p.tag.grammemes)] or list(
            parses(w.lower)
        )
        case = _ROLE_CASES.get(w.case, "")
        fit = [p for p in found if str(p.tag.case or "") == case and p.tag.number != "plur"] or found
        fit = [p for p in fit if p.tag.gender == gender] or fit
        nominative = inflected(fit[0], "nomn", "sing", gender or "") or inflected(fit[0], "nomn", "sing")
        out.append(like(w.text, nominative) if nominative else w.text)
    return joined(out, inside)


def _gender(inside: Sequence[Word]) -> str | None:
    for w in inside:
        for p in parses(w.lower):
            if {"Name", "Patr"} & set(p.tag.grammemes) and p.tag.gender in {"masc", "femn"}:
                case = _ROLE_CASES.get(w.case, "")
                if not case or str(p.tag.case) == case:
                    return str(p.tag.gender)
    return next((_GENDER[g] for w in inside if (g := w.feats.get("Gender", "")) in _GENDER), None)


def _latin(ws: Sequence[Word]) -> Iterator[Found]:
    """Runs of Latin words with a capital or a digit: "Apache Jena Fuseki", "pgvector 0.7"."""
    i = 0
    while i < len(ws):
        j = i
        while j < len(ws) and _LATIN.fullmatch(ws[j].text):
            j += 1
        if j > i:
            end = j - 1
            if j < len(ws) and re.fullmatch(r"\d{1,3}(?:[.]\d+)*", ws[j].text) and ws[j].head in ws[i:j]:
                end = j
            inside = list(ws[i : end + 1])
            text = joined([w.text for w in inside], inside)
            if re.search(r"[A-Z]|\d|[._+#/]", text) and len(text) > 1:
                kind = _near(ws, i)
                if kind == "natural language":
                    kind = "computer language"  # "язык C++"
                yield Found(i, end, text, kind, "", ws[i - 1].lemma if kind else "")
        i = max(j, i + 1)


def _capitals(sentence: Parsed) -> Iterator[Found]:
    """Capitalised words inside the sentence with capitalised neighbours; abbreviations anywhere."""
    ws = sentence.words
    i = 0
    while i < len(ws):
        w = ws[i]
        sure = w.pos in {"PROPN", "NOUN", "X"} and (
            (i > 0 and w.text[:1].isupper() and ws[i - 1].text not in {".", "«", '"', "—", ":", "!", "?"})
            or re.fullmatch(r"[А-ЯЁ]{2,}(?:-\d+)?", w.text)
        )
        if not sure or not CYRILLIC.search(w.text) or w.lemma in words("generic"):
            i += 1
            continue
        j = i
        while (
            j + 1 < len(ws)
            and ws[j + 1].text[:1].isupper()
            and ws[j + 1].pos == "PROPN"
            and ws[j + 1].head in ws[i : j + 1]
        ):
            j += 1
        inside = list(ws[i : j + 1])
        if w.text.upper() not in words("legal_forms") and w.text.upper() not in {
            "СУБД",
            "БД",
            "ПО",
            "НИР",
            "ТЗ",
        }:
            noun = _head(inside).lemma
            yield Found(
                i,
                j,
                base(inside, _head(inside)),
                _kind_of(noun) or _near(ws, i),
                "",
                noun if _kind_of(noun) else "",
            )
        i = j + 1
