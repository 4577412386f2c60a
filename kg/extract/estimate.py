"""What reading text units with a model will take: calls, tokens, time and cost, before the first call."""

from collections.abc import Sequence
from dataclasses import dataclass

from kg.llm import ModelProfile

ANSWER_SHARE = 1.2  # tokens of an answer for each of the passage, where nothing was measured yet
ANSWER_LEAST = 80  # and of the shortest answer
LATER_SHARE = 0.3  # a further look finds less than the first


@dataclass(frozen=True, slots=True)
class Pace:
    """What calls of the same model took lately, on average."""

    tokens_out: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """`seconds` is None where no such call was ever made; `cost` in the currency of the profile's prices."""

    calls: int
    tokens_in: int
    tokens_out: int
    seconds: float | None
    cost: float

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out


def estimate(
    units: Sequence[int], instructions: int, again: int, profile: ModelProfile, pace: Pace | None = None
) -> Estimate:
    """For units of so many tokens each, with the tokens of the instructions and of the words that ask
    for a further look. At most: a further look that finds nothing is the last.

    >>> estimate([300] * 200, 500, 30, ModelProfile("extract", "m", "http://x/v1", gleanings=0))
    Estimate(calls=200, tokens_in=160000, tokens_out=72000, seconds=None, cost=0.0)
    """
    looks = 1 + profile.gleanings
    tokens_in = tokens_out = 0
    for unit in units:
        said = instructions + unit
        for look in range(looks):
            answer = pace.tokens_out if pace else max(ANSWER_LEAST, ANSWER_SHARE * unit)
            if look and not pace:
                answer *= LATER_SHARE
            answer = min(round(answer), profile.max_tokens)
            tokens_in += said
            tokens_out += answer
            said += answer + again
    calls = looks * len(units)
    seconds = pace.seconds * calls / max(1, min(profile.in_flight, len(units))) if pace else None
    return Estimate(calls, tokens_in, tokens_out, seconds, profile.cost(tokens_in, tokens_out))
