"""Names of things: what is left of one when case, script, inflection and legal form are folded.

`keys` are what an approved entity is found by; `name` is the analysis that entity resolution compares.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kg import morphology
from kg.name_vocabulary import legal_phrases, opposites, vocabulary

__all__ = ["Name", "keys", "name", "opposites", "vocabulary"]

LONGEST = 160  # characters of a label that are read; a longer one is known by its beginning and a digest
MOST_WORDS = 14
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+(?:['’][^\W_]+)*[+#]*", re.UNICODE)
_POSSESSIVE = re.compile(r"['’]s\b|(?<=s)['’](?!\w)", re.IGNORECASE)
_ROMAN = re.compile(r"(?=[IVX])X{0,3}(?:IX|IV|V?I{0,3})")
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)
_LETTERS = "a b v g d e e zh z i i k l m n o p r s t u f h ts ch sh sh _ y _ e yu ya"
_TRANSLIT = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", _LETTERS.split(" "), strict=True))
_FOLDS = (
    ("shch", "sh"), ("sch", "sh"), ("tch", "ch"), ("kh", "h"), ("ph", "f"), ("ck", "k"), ("tz", "ts"),
    ("x", "ks"), ("w", "v"), ("q", "k"), ("y", "i"), ("j", "i"), ("ch", "\x01"), ("c", "k"), ("\x01", "ch"),
)  # fmt: skip
_RUNS = re.compile(r"([a-z])\1+")
_NO_SKELETON = re.compile(r"[aeiou]")


@dataclass(frozen=True, slots=True)
class Name:
    """A label read as a name. Words are lower-case, Russian ones in dictionary form."""

    label: str
    words: tuple[str, ...]  # without legal form, article and title; never empty unless the label is
    core: tuple[str, ...]  # `words` without the words that say what kind of thing it is
    heads: tuple[str, ...]  # those words: ("system",)
    latin: tuple[str, ...]  # `words` in folded Latin letters, English plurals as singular
    compact: str  # `latin` in one: spacing, hyphens, script and plural folded
    numerals: tuple[str, ...]  # "3" of "Python 3", "2" of "World War II", "3.3" of "Llama 3.3"
    initials: tuple[bool, ...]  # which words are initials
    gender: str = ""  # "masc", "femn" of a Russian person's name
    script: str = ""  # "latin", "cyrillic", "" if neither or mixed
    lower: bool = False  # written without a capital: a common noun
    capitals: bool = False  # written in capitals throughout

    @property
    def canonical(self) -> str:
        return " ".join(self.words)

    @property
    def skeleton(self) -> str:
        return bones(self.compact)

    @property
    def acronyms(self) -> frozenset[str]:
        """Folded first letters of its words, with and without those of "of" and "and"."""
        if len(self.latin) < 2:
            return frozenset()
        function = vocabulary()["function"]
        content = "".join(x[:1] for w, x in zip(self.words, self.latin, strict=True) if w not in function)
        return frozenset(a for a in ("".join(x[:1] for x in self.latin), content) if len(a) > 1)

    @property
    def is_acronym(self) -> bool:
        letters = re.sub(r"[^\w]", "", self.label)
        return 2 <= len(letters) <= 6 and letters.isupper() and letters.isalpha() and " " not in self.label


def keys(label: str) -> frozenset[str]:
    """What to find this label by: equal for spellings of one name, a few at most for any label.

    A key that begins with a sign is weak: it only says that two names are worth comparing.

    >>> sorted(keys("IBM") & keys("International Business Machines")), bool(keys("Иван") & keys("Ivan"))
    (['@ibm'], True)
    """
    return _keys(label[:LONGEST]) if len(label) <= LONGEST else frozenset((_digest(label),))


@lru_cache(maxsize=1 << 17)
def _keys(label: str) -> frozenset[str]:
    n = name(label)
    if not n.words:
        folded = " ".join("".join(c for c in label if c.isprintable()).casefold().split())
        return frozenset((folded,)) if folded else frozenset()
    found = {n.canonical, n.compact, "".join(sorted_words(n))}
    if n.core != n.words:
        found.add(core_key(n))
    if n.is_acronym:
        found.add(f"@{n.compact}")
    elif 2 <= len(n.words) <= 8 and not n.lower:
        found.update(f"@{a}" for a in n.acronyms)
    found |= initial_keys(n)
    if len(n.skeleton) >= 4:
        found.add(f"~{n.skeleton}")
    if len(n.latin) == 1 and len(n.compact) >= 7:
        found.add(f">{n.compact[:7]}")
    return frozenset(k for k in found if k)


def initial_keys(n: Name) -> frozenset[str]:
    """ "~v putin" for "В. Путин", and for "Владимир Путин" in either order of its words."""
    words = [w for w in n.latin if not w.isdigit()]
    if not 2 <= len(words) <= 4 or len(words) != len(n.latin) or n.lower:
        return frozenset()
    if any(n.initials):
        full = [w for w, i in zip(n.latin, n.initials, strict=True) if not i]
        short = [w for w, i in zip(n.latin, n.initials, strict=True) if i]
        return frozenset(f"~{short[0]} {w}" for w in full)
    return frozenset((f"~{words[0][0]} {words[-1]}", f"~{words[1][0]} {words[0]}"))


def letters(label: str) -> list[str]:
    """The words of a label in folded Latin letters, whatever it is written in.

    >>> letters("Жуков"), letters("Zhukov"), letters("José García")
    (['zhukov'], ['zhukov'], ['iose', 'garkia'])
    """
    plain = unicodedata.normalize("NFKC", label[:LONGEST])
    return [_latin(_plain(w.casefold().replace("ё", "е"))) for w in _WORD.findall(plain)]


def core_key(n: Name) -> str:
    """`compact` of the core: "GraphRAG system" -> "grafrag"."""
    kept = [x for w, x in zip(n.words, n.latin, strict=True) if w in n.core]
    return "".join(kept)


def sorted_words(n: Name) -> tuple[str, ...]:
    """Its words in any order are one name: "Иванова Мария", "University of Copenhagen"."""
    function = vocabulary()["function"]
    kept = [x for w, x, i in zip(n.words, n.latin, n.initials, strict=True) if i or w not in function]
    return tuple(sorted(kept)) or n.latin


@lru_cache(maxsize=1 << 17)
def name(label: str) -> Name:
    """
    >>> name("ООО «Ромашка»").words, name("the GraphRAG system").core, name("World War II").numerals
    (('ромашка',), ('graphrag',), ('2',))
    """
    label = label[:LONGEST]
    plain = _POSSESSIVE.sub("", legal_phrases().sub(" ", unicodedata.normalize("NFKC", label)))
    tokens = _WORD.findall(plain)[:MOST_WORDS]
    if len(tokens) > 1 and all(len(t) == 1 and t.isalpha() for t in tokens):
        tokens = ["".join(tokens)]  # "U.S.A."
    tokens = _without_frame(tokens)
    initials = tuple(_is_initial(tokens, i, plain) for i in range(len(tokens)))
    words, gender = _canonical(tokens, initials)
    capitals = label.isupper() and len(label) > 1
    heads = _heads(words)
    latin = tuple(_latin(w) for w in words)
    return Name(
        label=label,
        words=words,
        core=words[heads[0] : len(words) - heads[1]],
        heads=(*words[: heads[0]], *words[len(words) - heads[1] :]),
        latin=latin,
        compact="".join(latin),
        numerals=_numerals(words),
        initials=initials,
        gender=gender,
        script=_script(label),
        lower=label.islower(),
        capitals=capitals,
    )


def _without_frame(tokens: list[str]) -> list[str]:
    """Without article, title and legal form, as long as something is left."""
    v = vocabulary()
    low = [t.lower() for t in tokens]
    begin, end = 0, len(tokens)
    while begin < end - 1 and (
        low[begin] in ("the", "a", "an")
        or (low[begin] in v["titles"] and low[begin + 1] not in v["function"])
        or (low[begin] in v["legal"] and low[begin] not in v["legal_last"] and _CYRILLIC.search(low[begin]))
    ):
        begin += 1
    while end - 1 > begin and low[end - 1] in v["legal"]:
        end -= 1
        if end - 1 > begin and low[end - 1] in ("and", "&"):
            end -= 1
    return tokens[begin:end]


def _is_initial(tokens: list[str], i: int, text: str) -> bool:
    token = tokens[i]
    if len(token) != 1 or not token.isalpha() or not token.isupper() or len(tokens) > 4:
        return False
    if not any(len(t) > 2 for t in tokens):
        return False
    return i < len(tokens) - 1 or bool(re.search(rf"(?<!\w){re.escape(token)}\.", text))


def _canonical(tokens: list[str], initials: tuple[bool, ...]) -> tuple[tuple[str, ...], str]:
    full = tuple(t for t, i in zip(tokens, initials, strict=True) if not i)
    named = morphology.person(full) if full and len(full) <= 3 and _CYRILLIC.match(full[0]) else None
    spelled = iter(named[0]) if named else None
    words: list[str] = []
    for i, (token, initial) in enumerate(zip(tokens, initials, strict=True)):
        if initial:
            words.append(token.lower())
        elif spelled is not None:
            words.append(next(spelled))
        else:
            words.append(_word(token, first=i == 0, alone=len(tokens) == 1))
    return tuple(words), named[1] if named else ""


def _word(token: str, *, first: bool, alone: bool) -> str:
    roman = _ROMAN.fullmatch(token.upper())
    if (
        roman
        and not first
        and (token.isupper() or token.lower() in ("ii", "iii", "iv", "vi", "vii", "viii", "ix"))
    ):
        return str(_roman(token.upper()))
    low = token.casefold().replace("ё", "е")
    if morphology.is_russian(low):
        abbreviation = token.isupper() and len(token) <= 5 and alone
        return low if abbreviation or len(low) < 3 else morphology.lemma(low)
    if _CYRILLIC.search(low):
        return low
    return _plain(low)


def _plain(text: str) -> str:
    """Latin letters without accents: "José" -> "jose"; other scripts as they are."""
    if text.isascii():
        return text.replace("’", "'")
    parts = unicodedata.normalize("NFKD", text)
    out = [c for c in parts if not unicodedata.combining(c)] if _LATIN.search(parts) else list(text)
    return "".join(out).replace("’", "'").replace("ø", "o").replace("ł", "l").replace("đ", "d")


def _heads(words: tuple[str, ...]) -> tuple[int, int]:
    """How many words at either end say what kind of thing it is; something is always left."""
    v = vocabulary()
    kinds = v["artefact"] | v["undertaking"]
    if len(words) < 2:
        return 0, 0
    last = 1 if words[-1] in kinds and not _CYRILLIC.search(words[-1]) else 0
    if last and len(words) > 2 and words[-2] in kinds:
        last = 2
    first = 1 if words[0] in kinds and _CYRILLIC.search(words[0]) and not last else 0
    return first, last


def _numerals(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n for w in words for n in re.findall(r"\d+(?:[.,]\d+)*", w))


def _roman(text: str) -> int:
    values = {"I": 1, "V": 5, "X": 10}
    numbers = [values[c] for c in text]
    return sum(-n if n < max(numbers[i:]) else n for i, n in enumerate(numbers))


def _script(label: str) -> str:
    cyrillic, latin = bool(_CYRILLIC.search(label)), bool(_LATIN.search(label))
    return "cyrillic" if cyrillic and not latin else "latin" if latin and not cyrillic else ""


@lru_cache(maxsize=1 << 17)
def _latin(word: str) -> str:
    if _CYRILLIC.search(word):
        word = "".join(_TRANSLIT.get(c, c) for c in word).replace("_", "")
    elif len(word) > 3 and word.isalpha():
        word = singular(word)
    for found, instead in _FOLDS:
        word = word.replace(found, instead)
    word = word.replace("'", "")
    return _RUNS.sub(r"\1", word) or word


def singular(word: str) -> str:
    """The singular of a lower-case English word, roughly: enough for two spellings to meet."""
    if len(word) <= 3 or word.endswith(("ss", "us", "is", "os")) or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1]


def bones(word: str) -> str:
    """Its consonants: what survives most slips of the pen and ways of transcribing."""
    return _NO_SKELETON.sub("", word)


def _digest(label: str) -> str:
    folded = " ".join("".join(c if c.isprintable() else " " for c in label).casefold().split())
    return f"{folded[:60]} {hashlib.sha256(folded.encode('utf-8', 'replace')).hexdigest()[:16]}"
