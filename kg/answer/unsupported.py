"""Which sentences of an answer that a model wrote are carried by no source that they cite."""

import re
from collections.abc import Sequence

from kg.answer.model import Citation
from kg.answer.terms import terms
from kg.text.language import language
from kg.text.sentences import sentences

CARRIED = 0.34  # of a sentence's words that its sources hold, at least
_MARKS = re.compile(r"(?:\s*\[\d{1,3}\])+")
_NUMBER = re.compile(r"\[(\d{1,3})\]")


def unsupported(text: str, citations: Sequence[Citation]) -> tuple[str, ...]:
    """Sentences without a mark, and those whose names and words their sources do not hold.

    A mark belongs to the words before it, wherever the full stop is. Between two languages only names are
    compared: how much words mean the same is not for a count of words to say.

    >>> ann = Citation(1, "d", "d.txt", None, 0, 30, "Ann Lee works at ACME in Leeds.")
    >>> unsupported("Ann Lee works at ACME. [1] She is very rich. Bob Hill leads it [1].", [ann])
    ('She is very rich.', 'Bob Hill leads it [1].')
    """
    quotes = {c.n: c.quote for c in citations}
    found = []
    for sentence in _with_marks(text):
        plain = _NUMBER.sub("", sentence).strip()
        if not re.search(r"\w{2}", plain):
            continue
        quoted = " ".join(quotes.get(int(n), "") for n in _NUMBER.findall(sentence))
        if not carried(plain, quoted):
            found.append(sentence)
    return tuple(found)


def _with_marks(text: str) -> list[str]:
    """The sentences, each with the marks that follow it."""
    spans: list[tuple[int, int]] = []
    for start, end in sentences(text, language(text)):
        ahead = _MARKS.match(text, start)
        if ahead and spans:
            spans[-1] = (spans[-1][0], ahead.end())
        behind = _MARKS.match(text, end)
        spans.append((ahead.end() if ahead and spans else start, behind.end() if behind else end))
    return [text[a:b].strip() for a, b in spans if text[a:b].strip()]


def carried(sentence: str, quoted: str) -> bool:
    """Whether the quoted words hold the sentence's names and enough of its words."""
    if not quoted:
        return False
    said, held = terms(sentence), terms(quoted)
    if (language(sentence) == "ru") != (language(quoted) == "ru"):
        return said.names_share(held) >= 0.5
    return said.names_share(held) >= 0.5 and said.share(held) >= CARRIED
