"""What a language model adds to a search: words to look for, and which of the statements found first help."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

SHOWN = 12  # statements that a guide sees


@dataclass(frozen=True, slots=True)
class Hints:
    """`helpful`: positions among the statements, the most needed first; none if the guide did not say."""

    keywords: tuple[str, ...] = ()
    helpful: tuple[int, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


class Guide(Protocol):
    def hints(self, question: str, statements: Sequence[str]) -> Hints: ...
