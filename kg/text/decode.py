"""Bytes to text, with an eye for Cyrillic: byte order marks, UTF-16 without one, UTF-8, then the
Cyrillic code pages by how Russian the result reads, then whatever charset-normalizer makes of it.

Text that was decoded wrongly before it was saved ("mojibake") is repaired where nothing was lost.
"""

import codecs
import re
from dataclasses import dataclass
from itertools import pairwise

import ftfy
from charset_normalizer import from_bytes

from kg.errors import EmptyFile, NotText

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CYRILLIC = ("cp1251", "koi8-r", "cp866", "iso8859-5")
_PAIRS = (
    "ст но то на ен ов ни ра во ко пр по ро го не ер ал ет ли ре ка от ос ан "
    "та ор ол ть те ва ит де ом ла ри ти ел ск ес ль ие ия ый ой ая ых их об за да"
)
_COMMON = frozenset(_PAIRS.split(" "))  # the commonest pairs of letters in Russian
SAMPLE = 20_000  # bytes that decide
SHORT = 40  # bytes: below this a guess by frequency is a lottery
RUSSIAN = 0.15  # plausibility from which a text reads as Russian
# the same bytes read as another code page than they were written in
_MISREAD = (
    ("cp1251", "utf-8"),
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("latin-1", "cp1251"),
    ("cp1252", "cp1251"),
    ("koi8-r", "cp1251"),
    ("cp866", "cp1251"),
    ("cp1251", "koi8-r"),
    ("cp1251", "cp866"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    notes: tuple[str, ...] = ()  # sentences for people


def decode(data: bytes, name: str = "") -> Decoded:
    """The text of a file. Raises EmptyFile and NotText, nothing else."""
    if not data.strip(b" \t\r\n\x0b\x0c\x00\xef\xbb\xbf\xff\xfe"):
        raise EmptyFile(name)
    text, encoding = _decode(data, name)
    notes = [] if encoding in ("utf-8", "utf-8-sig") else [f"decoded as {encoding.removesuffix('-sig')}"]
    whole = _repaired(text)
    if whole != text:
        notes.append("mojibake repaired")
    elif _damaged(text):
        notes.append("some characters were damaged before this file was saved")
    if not _is_text(whole):
        raise NotText(name)
    clean = re.sub(r"[\x00-\x08\x0e-\x1f\x7f]", "", whole.replace("\r\n", "\n").replace("\r", "\n"))
    if not clean.strip():
        raise EmptyFile(name)
    return Decoded(clean, encoding, tuple(notes))


def plausibility(text: str) -> float:
    """How Russian a text reads: 0 without Cyrillic, about 0.4 for ordinary prose, below 0 for rubbish."""
    low = text.lower()
    letters = len(re.findall("[а-яё]", low))
    if not letters:
        return 0.0
    pairs = sum(a + b in _COMMON for a, b in pairwise(low)) / letters
    inner_capitals = len(re.findall("[а-яё][А-ЯЁ]", text)) / letters
    rubbish = sum(_rubbish(c) for c in text) / len(text)
    return pairs - 2 * inner_capitals - 3 * rubbish


def _rubbish(c: str) -> bool:
    return (
        c == "\ufffd"
        or (c < " " and c not in "\r\n\t\f")
        or "\u2500" <= c <= "\u259f"
        or "\x80" <= c <= "\x9f"
    )


def _decode(data: bytes, name: str) -> tuple[str, str]:  # noqa: PLR0911 (a ladder of tries)
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, "replace"), encoding
    wide = _wide(data)
    if wide:
        return data.decode(wide, "replace"), wide
    if data.count(0, 0, SAMPLE) > len(data[:SAMPLE]) / 100:
        raise NotText(name)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as e:
        cut_off = e.start >= len(data) - 4 and e.reason == "unexpected end of data"
        # only a text that is UTF-8 before the cut: one accent at the end of ASCII is cp1252
        if cut_off and not data[: e.start].isascii():
            return data[: e.start].decode("utf-8"), "utf-8"  # cut off inside the last character
    sample = _telling(data)
    score, _, best = max((plausibility(sample.decode(e, "replace")), -i, e) for i, e in enumerate(_CYRILLIC))
    high = sum(b >= 0x80 for b in sample) / len(sample)
    if score > RUSSIAN and high > 0.1:
        return data.decode(best, "replace"), best
    if high < 0.3 and _western(sample):
        return data.decode("cp1252", "replace"), "cp1252"
    if _accented(sample):
        return data.decode("cp1252", "replace"), "cp1252"
    guess = from_bytes(data[: 10 * SAMPLE]).best()
    if guess is None:
        raise NotText(name)
    return data.decode(guess.encoding, "replace"), guess.encoding


def _wide(data: bytes) -> str:
    """UTF-16 without a mark: every other byte is the zero of Latin or the four of Cyrillic."""
    head = data[: SAMPLE - SAMPLE % 2]
    if len(data) % 2 or len(head) < 4 or (0 not in head and 4 not in head):
        return ""

    def high(half: bytes) -> float:
        return sum(b in (0, 4) for b in half) / len(half)

    little, big = high(head[1::2]), high(head[0::2])
    if max(little, big) < 0.7 or min(little, big) > 0.5:
        return ""
    return "utf-16-le" if little > big else "utf-16-be"


def _telling(data: bytes) -> bytes:
    """A sample around the first bytes beyond ASCII: a file may open with a page of it."""
    first = next((i for i, b in enumerate(data) if b >= 0x80), 0)
    return data[max(0, first - 200) : first + SAMPLE]


def _accented(sample: bytes) -> bool:
    """Too short for a guess by frequency: a few words of which some letters have accents, "Größe"."""
    return len(sample) < SHORT and _western(sample)


def _western(sample: bytes) -> bool:
    """Do the bytes beyond ASCII read as accented letters within Latin words, or as typography?"""
    text = sample.decode("cp1252", "replace")
    beyond = [c for c in text if c >= "\x80"]
    good = sum(c in "–—‘’“”„…•«»°±§©®€£×·" or ("À" <= c <= "ÿ" and c != "÷") for c in beyond)
    return bool(beyond) and good / len(beyond) > 0.9


def _repaired(text: str) -> str:
    """The text that was meant, where reading its bytes differently makes plainly better Russian."""
    best, score = text, max(plausibility(text[:SAMPLE]), 0.0)
    fixed = ftfy.fix_encoding(text) if "Ã" in text or "Ð" in text or "Ñ" in text or "â€" in text else text
    if fixed != text and not _damaged(fixed) and len(fixed) < len(text):
        best, score = fixed, max(plausibility(fixed[:SAMPLE]), score)
    for written, meant in _MISREAD:
        try:
            other = text.encode(written).decode(meant)
        except UnicodeError:
            continue
        found = plausibility(other[:SAMPLE])
        if found > RUSSIAN and found > score + 0.1:
            best, score = other, found
    return best


def _damaged(text: str) -> bool:
    sample = text[:SAMPLE]
    return (
        sample.count("\ufffd") * 1000 > len(sample)
        or "ÐÑ" in sample
        or bool(re.search("Ã[\u0080-\u00bf]", sample))
    )


def _is_text(text: str) -> bool:
    """Few control characters, and letters or digits somewhere."""
    sample = text[:SAMPLE]
    odd = sum((c < " " and c not in "\n\r\t\f\x0b") or c == "\ufffd" or "\x7f" <= c <= "\x9f" for c in sample)
    return odd * 20 <= len(sample) + 20 and any(c.isalnum() for c in text[: 50 * SAMPLE])
