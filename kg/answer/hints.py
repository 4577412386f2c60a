"""A model's hints for a search: words to look for, and which of the statements found first help.

They are an addition: if the model does not answer, or not in the form asked for, the search goes on without.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from kg.errors import ModelError
from kg.guard import injection, visible
from kg.llm.chat import Chat, Message
from kg.prompts import prompt
from kg.retrieve.hints import Hints

log = logging.getLogger(__name__)

KEPT = 4  # statements that a walk starts from: more mislead it
MOST = 6  # keywords
_LONGEST = 80  # characters of a keyword
_STATEMENT = 400


class Said(BaseModel):
    """What to look for, and what helps."""

    keywords: list[str] = Field(description="names and words to look for")
    helpful: list[int] = Field(description="numbers of the statements that the answer needs")


@dataclass(frozen=True, slots=True)
class ModelGuide:
    chat: Chat

    def hints(self, question: str, statements: Sequence[str]) -> Hints:
        """One call; no hints if it fails."""
        told = "\n".join(
            f"{n}. {' '.join(visible(s).split())[:_STATEMENT]}"
            for n, s in enumerate(statements, start=1)
            if not injection(s)
        )
        how = prompt("hints", most=str(MOST), kept=str(KEPT), statements=told or "(none)")
        try:
            said, reply = self.chat.structured([Message("system", how), Message("user", question)], Said)
        except ModelError as e:
            log.warning("a search goes on without the model's hints: %s", e)
            return Hints()
        words = (" ".join(visible(k).split())[:_LONGEST] for k in said.keywords)
        numbers = dict.fromkeys(n - 1 for n in said.helpful if 1 <= n <= len(statements))
        return Hints(
            tuple(dict.fromkeys(w for w in words if w))[:MOST],
            tuple(numbers)[:KEPT],
            reply.tokens_in,
            reply.tokens_out,
            reply.seconds,
        )
