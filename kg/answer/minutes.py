"""The minutes of a long conversation: what was said before the last turns, in a few sentences by a model."""

from collections.abc import Sequence

from kg.answer.cited import Turn
from kg.guard import visible, without_links
from kg.llm.chat import Chat, Message
from kg.prompts import prompt

LONGEST = 1500  # characters of the minutes
_OF_A_TURN = 2000


def minutes(before: str, turns: Sequence[Turn], chat: Chat) -> str:
    """`before` brought up to date with these turns. Raises ModelDown and ModelRefused."""
    said = "\n".join(f"{t.role}: {' '.join(visible(t.text).split())[:_OF_A_TURN]}" for t in turns)
    reply = chat.complete([Message("user", prompt("summary", before=before or "-", turns=said))])
    return without_links(visible(reply.text))[0].strip()[:LONGEST]
