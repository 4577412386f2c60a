"""Which sentences are quoted together: the best one, then those that carry on where it leaves the question.

"Who leads the firm that built the pump?" is answered by two sentences of which the second shares no word
with the question but a name with the first. So while words of the question are open, a sentence gains by
holding them, by a name that a quote has brought in and few others have, and by coming from another document.
"""

from collections import Counter
from collections.abc import Sequence
from math import log

import numpy as np

from kg.answer.support import known, open_words
from kg.answer.terms import Terms

QUOTED = 4  # at most
NEAR = 0.8  # of the best score: what is quoted besides the best when no word is open
FURTHER = 0.5  # the same, while words are open
OPEN, BRIDGE, SAME_DOCUMENT = 0.3, 0.3, 0.1


def choose(
    question: str,
    wanted: Terms,
    said: Sequence[Terms],
    around: Sequence[Terms],
    documents: Sequence[str],
    score: np.ndarray,
    held: np.ndarray,
    alike: np.ndarray,
) -> list[int]:
    """Positions of what to quote, best first. `score` float[n] holds `held`, the part of the question's
    words; `alike` bool[n, n] are those that say the same."""
    chosen: list[int] = []
    open_, brought = open_words(question, wanted), frozenset[str]()
    rare = _rarity(said)
    while len(chosen) < QUOTED:
        points = score if not chosen or not open_ else score - held + np.array(
            [
                OPEN * len(t.words & open_) / len(wanted.words)
                + BRIDGE * max((rare[k] for n in t.names for k in n.strong & brought), default=0)
                - SAME_DOCUMENT * (documents[i] in {documents[j] for j in chosen})
                for i, t in enumerate(said)
            ]
        )  # fmt: skip
        left = [int(i) for i in np.argsort(-points, kind="stable") if not alike[i, chosen].any()]
        least = FURTHER if open_ else NEAR
        if not left or (chosen and points[left[0]] < least * score[chosen[0]]):
            break
        new = left[0]
        chosen.append(new)
        told = {s for n in wanted.names if known(n, (said[new], around[new])) for s in n.stems}
        open_ -= said[new].words | told
        brought |= {k for n in said[new].names if not wanted.holds(n) for k in n.strong}
    return chosen


def _rarity(said: Sequence[Terms]) -> dict[str, float]:
    """Each name's key: 1 if one sentence alone has it, 0 if all have. What all speak of joins nothing."""
    having = Counter(k for t in said for k in {k for n in t.names for k in n.strong})
    return {k: log(len(said) / n) / log(max(2, len(said))) for k, n in having.items()}
