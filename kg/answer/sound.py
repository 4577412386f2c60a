"""Names across alphabets: "Боб Джонсон" and "Bob Johnson" are written apart and sound alike.

`kg.names` transliterates letter by letter, as documents do; a question is often written the way a name
is heard. Here consonants are compared as they sound, and whole words by their likeness.
"""

import re
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from kg import morphology

ALIKE = 75  # of 100, by letters, where the consonants differ
_HEARD = (  # in Cyrillic, before letters are taken one by one
    ("дж", "j"), ("кс", "x"), ("ей", "ei"), ("ай", "ai"), ("ой", "oi"), ("ью", "yu"), ("щ", "sh"),
)  # fmt: skip
_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшъыьэюя",
        [
            "a",
            "b",
            "v",
            "g",
            "d",
            "e",
            "o",
            "j",
            "z",
            "i",
            "i",
            "k",
            "l",
            "m",
            "n",
            "o",
            "p",
            "r",
            "s",
            "t",
            "u",
            "f",
            "h",
            "s",
            "ch",
            "sh",
            "_",
            "i",
            "_",
            "e",
            "yu",
            "ya",
        ],
        strict=True,
    )
)
_SPELT = (  # Latin spellings of one sound
    (r"sch|shch|ssh", "sh"), (r"tch", "ch"), (r"ph", "f"), (r"th", "t"), (r"ck|q(?:u)?", "k"), (r"wh|w", "v"),
    (r"gh(?=t|$)", ""), (r"kh", "h"), (r"zh|dzh|dj", "j"), (r"c(?=[eiy])", "s"), (r"ch", "\1C"), (r"c", "k"),
    (r"(?<=[aeiouy])h(?![aeiouy])", ""), (r"x", "ks"), (r"ts|tz", "s"), (r"y", "i"), (r"e$", ""),
)  # fmt: skip
_CYRILLIC = re.compile(r"[а-яё]")


def alike(asked: str, written: str) -> bool:
    """Do two names, the first as a person writes it, name the same by sound? All words of the shorter do.

    >>> alike("Боба Джонсона", "Bob Johnson"), alike("Алиса Смит", "Alice Smith"), alike("Боб", "Alice")
    (True, True, False)
    """
    a, b = _words(asked), _words(written)
    if not a or not b or len(a) > len(b):
        return False
    return all(any(_same(x, y) for y in b) for x in a)


@lru_cache(maxsize=1 << 15)
def _words(name: str) -> tuple[str, ...]:
    plain = tuple(re.findall(r"[^\W_]+", name))
    person = morphology.person(plain) if len(plain) <= 3 else None
    turned = person[0] if person else tuple(_base(w) for w in plain)
    return tuple(found for found in map(heard, turned) if found)


def _base(word: str) -> str:
    low = word.lower()
    return morphology.lemma(low) if morphology.is_russian(low) and not word.isupper() else low


@lru_cache(maxsize=1 << 15)
def heard(word: str) -> str:
    """
    >>> heard("Джонсон"), heard("Johnson"), heard("Смит"), heard("Smith")
    ('jonson', 'jonson', 'smit', 'smit')
    """
    word = word.lower().replace("ё", "е")
    if _CYRILLIC.search(word):
        for written, sound in _HEARD:
            word = word.replace(written, sound)
        word = "".join(_LETTERS.get(c, c) for c in word).replace("_", "")
    for pattern, sound in _SPELT:
        word = re.sub(pattern, sound.replace("\1C", "\x01"), word)
    return re.sub(r"(.)\1+", r"\1", word.replace("\x01", "ch"))


def _same(a: str, b: str) -> bool:
    if a == b:
        return True
    if a[:1] != b[:1] and not (a[0] in "aeiou" and b[0] in "aeiou"):
        return False
    bones = [re.sub("[aeiou]", "", w) for w in (a, b)]
    if len(bones[0]) >= 3 and bones[0] == bones[1]:
        return True
    if bones[0] == bones[1] and abs(len(a) - len(b)) < 2:
        return min(len(a), len(b)) > 2
    return min(len(a), len(b)) > 3 and ratio(a, b) > ALIKE
