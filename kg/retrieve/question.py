"""A question made ready: its stems, its vector, its names."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.embed import Embedder
from kg.index.words import stem, words

_LONGEST = 2000  # characters that are looked at
_BEFORE = 300  # characters of the last message, for a question that leans on it
_LEANS = frozenset(
    "he she it they him her them his its their this that these those there then "
    "он она оно они его её ее их ему ей им этот эта это эти тот та те там тогда".split()
)
_STOP = frozenset(
    stem(w)
    for w in (
        "a an and are as at be been by did do does for from had has have he her his how i if in is it its "
        "me my no nor not of on or our she so than that the their them then there these they this those to "
        "too was we were what when where which while who whom whose why will with would you your "
        "а без бы был была были было быть в во вам вас весь во вот все всё вы где да для до его ее её если "
        "есть еще же за и из или им их к как какая какие какой каком ко когда кого кому кто ли мне мой мы на "
        "над не него нее ней нет ни них но о об однако он она они оно от по под при про с со так также такой "
        "там те тем то того тоже той только том тот ты у уже чего чей чем что чтобы чья эта эти это я"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Question:
    """`stems` for full text, without words that say nothing; `sequence` of all (stem, is a name)."""

    text: str
    stems: tuple[str, ...]
    sequence: tuple[tuple[str, bool], ...]
    vector: np.ndarray  # float32[d], of length 1; zeros if the index is of another embedder


def ask(text: str, embedder: Embedder, history: Sequence[str] = ()) -> Question:
    """`history` are earlier messages, the last one last: it helps where the question leans on it."""
    asked = _plain(text)[:_LONGEST]
    whole = asked
    written = list(words(asked))
    if history and (len(written) <= 4 or any(w.lower() in _LEANS for w in written)):
        whole = f"{_plain(history[-1])[:_BEFORE]} {asked}".strip()
        written = list(words(whole))
    named = [bool(w) and (w[0].isupper() or w[0].isdigit()) and i > 0 for i, w in enumerate(written)]
    if written and not any(named):  # written without capitals: any word can be a name
        named = [len(w) > 2 for w in written]
    stems = [stem(w) for w in written]
    wanted = tuple(dict.fromkeys(s for s in stems if s not in _STOP)) or tuple(dict.fromkeys(stems))
    vector = embedder.questions([whole])[0] if whole else np.zeros(embedder.dimensions, np.float32)
    sequence = tuple((s, n and s not in _STOP) for s, n in zip(stems, named, strict=True))
    return Question(whole, wanted, sequence, vector)


def _plain(text: str) -> str:
    """Without control characters; one line."""
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text[: 4 * _LONGEST])
    return " ".join(kept.split())
