"""How alike two names are, read alone: the same name, likely one, or different."""

import re
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from kg import names
from kg.names import Name

SHORT = 5  # letters: shorter names that meet only when folded are too often two words
WORDLIKE = 7  # letters from which one slip of the pen leaves the word itself
_FEMININE = ("ov", "ev", "in")


class Grade(IntEnum):
    different = 0
    likely = 1
    same = 2


@dataclass(frozen=True, slots=True)
class Likeness:
    grade: Grade
    score: float = 0.0  # 0 to 1
    reason: str = ""  # a code with its value: "acronym: IBM"


DIFFERENT = Likeness(Grade.different)


def compare(a: Name, b: Name, *, person: bool = False) -> Likeness:
    """`person`: a known fact that either is a person's name; their words may change places."""
    if a.label > b.label:
        a, b = b, a
    if not a.words or not b.words:
        return Likeness(Grade.same, 1.0, "same-name") if _folded(a) == _folded(b) else DIFFERENT
    if a.words == b.words:
        return Likeness(Grade.same, 1.0, "same-name")
    if _apart(a, b):
        return DIFFERENT
    return _spelling(a, b) or _order(a, b, person) or _kind_word(a, b) or _short(a, b) or _slip(a, b)


def _folded(n: Name) -> str:
    return " ".join(n.label.casefold().split())


def _apart(a: Name, b: Name) -> bool:
    """Another number, side, gender or letter: another thing, however alike the names are."""
    if a.numerals != b.numerals and not (a.is_acronym or b.is_acronym):
        return True
    if a.gender and b.gender and a.gender != b.gender:
        return True
    if _letter(a) != _letter(b):
        return True
    only_a, only_b = set(a.words) - set(b.words), set(b.words) - set(a.words)
    rows = names.opposites()
    if any(rows[x] & rows[y] for x in only_a if x in rows for y in only_b if y in rows):
        return True
    return len(a.latin) == len(b.latin) and any(map(_feminine, a.latin, b.latin))


def _letter(n: Name) -> str:
    """The letter that a name ends in: "Vitamin C"."""
    last = n.words[-1]
    return last if len(n.words) > 1 and len(last) == 1 and last.isalpha() and not n.initials[-1] else ""


def _feminine(x: str, y: str) -> bool:
    """Ivanov and Ivanova, Dostoevskii and Dostoevskaia."""
    short, long = sorted((x, y), key=len)
    if long == f"{short}a" and short.endswith(_FEMININE):
        return True
    return short.endswith("ski") and long == f"{short[:-1]}aia"


def _spelling(a: Name, b: Name) -> Likeness | None:
    """The same letters when script, spacing, plural or accents are folded."""
    if a.compact != b.compact:
        return None
    if a.script != b.script and a.script and b.script:
        grade = Grade.same if len(a.compact) >= SHORT else Grade.likely
        return Likeness(grade, 0.95, "transliteration")
    if "".join(a.words) == "".join(b.words):
        grade = Grade.same if len(a.compact) >= SHORT else Grade.likely
        return Likeness(grade, 0.97, "spacing")
    if len(a.words) == len(b.words) and all(map(_plural, a.words, b.words)):
        common = len(a.words) > 1 and (a.lower or b.lower)
        return Likeness(Grade.same, 0.93, "plural") if common else Likeness(Grade.likely, 0.75, "plural")
    return Likeness(Grade.likely, 0.85, "spelling")


def _plural(x: str, y: str) -> bool:
    return names.singular(x) == names.singular(y)


def _order(a: Name, b: Name, person: bool) -> Likeness | None:
    """ "Мария Иванова" and "Иванова Мария", "University of Copenhagen" and "Copenhagen University"."""
    if names.sorted_words(a) != names.sorted_words(b) or len(names.sorted_words(a)) < 2:
        return None
    whole = sorted(a.latin) == sorted(b.latin)
    if whole and (person or (a.gender and b.gender)):
        return Likeness(Grade.same, 0.94, "word-order")
    return Likeness(Grade.likely, 0.8 if whole else 0.7, "word-order")


def _kind_word(a: Name, b: Name) -> Likeness | None:
    """ "GraphRAG" and "the GraphRAG system": the context decides whether it is the same."""
    if a.heads == b.heads or names.core_key(a) != names.core_key(b):
        return None
    words = " / ".join(" ".join(n.heads) for n in (a, b) if n.heads)
    return Likeness(Grade.likely, 0.8, f"kind-word: {words}")


def _short(a: Name, b: Name) -> Likeness | None:
    """An acronym, initials."""
    for short, long in ((a, b), (b, a)):
        if short.is_acronym and len(long.words) > 1 and _stands_for(short, long):
            return Likeness(Grade.likely, 0.7 + 0.04 * min(len(short.compact), 5), f"acronym: {short.label}")
        if any(short.initials) and _initials(short, long):
            return Likeness(Grade.likely, 0.75, f"initials: {short.label}")
    return None


def _stands_for(short: Name, long: Name) -> bool:
    return bool(long.acronyms & {short.compact, _digraphs(short)})


def _digraphs(n: Name) -> str:
    """The acronym by its own letters: folding makes "CH" one letter of a Russian one."""
    return "".join(names.name(c).compact[:1] for c in n.label if c.isalpha())


def _initials(short: Name, long: Name) -> bool:
    full = [w for w, i in zip(short.latin, short.initials, strict=True) if not i]
    letters = [w for w, i in zip(short.latin, short.initials, strict=True) if i]
    rest = [w for w, i in zip(long.latin, long.initials, strict=True) if not (w in full and not i)]
    if len(full) != 1 or len(long.latin) - len(rest) != 1 or not rest:
        return False
    begins = [w[0] for w in rest]
    return begins[: len(letters)] == letters or letters[: len(begins)] == begins


def _slip(a: Name, b: Name) -> Likeness:
    """One or two letters another, each word beside its like; a name and its longer form."""
    if len(a.latin) != len(b.latin):
        return DIFFERENT
    scores = [_word(x, y) for x, y in zip(a.latin, b.latin, strict=True)]
    if not all(scores) or sum(s < 1 for s in scores) > max(1, len(scores) // 2):
        longer = all(scores) and _skeleton(a) == _skeleton(b)
        if not longer:
            return DIFFERENT
    score = 0.8 * sum(scores) / len(scores)
    return Likeness(Grade.likely, round(score, 3), f"spelling: {sum(scores) / len(scores):.2f}")


def _skeleton(n: Name) -> str:
    return n.skeleton if len(n.skeleton) >= 4 else n.compact


def _word(x: str, y: str) -> float:
    if x == y:
        return 1.0
    if x.isdigit() or y.isdigit() or x[:1] != y[:1]:
        return 0.0
    short, long = sorted((x, y), key=len)
    ratio = fuzz.ratio(x, y) / 100
    bones_x, bones_y = names.bones(x), names.bones(y)
    if bones_x == bones_y and len(bones_x) >= 4 and ratio >= 0.75:
        return ratio
    if len(short) < WORDLIKE:
        return 0.0
    if long.startswith(short):
        return ratio if len(long) - len(short) <= 3 else 0.0
    allowed = 1 if len(short) < 10 else 2
    return ratio if DamerauLevenshtein.distance(x, y) <= allowed else 0.0


def distinctive(label: str) -> bool:
    """Hardly a word of the language: "GraphRAG", "Neo4j", "FERAG" where the rest is not in capitals.

    >>> distinctive("ClickHouse"), distinctive("Solar"), distinctive("IBM")
    (True, False, True)
    """
    word = max(label.split() or [""], key=len)
    inner = bool(re.search(r"[a-zа-яё][A-ZА-ЯЁ]", word)) or bool(re.search(r"[^\W\d_]\d", word))
    return inner or (word.isupper() and 3 <= len(word) <= 8 and " " not in label)
