"""What a community of things is about, in a model's words."""

from collections.abc import Sequence

from kg.answer.unsupported import carried
from kg.guard import visible, without_links
from kg.llm.chat import Chat, Message
from kg.prompts import prompt
from kg.text.language import language
from kg.text.sentences import sentences

LONGEST = 1200  # characters
_OF_A_FACT = 300
_NAMES = {"ru": "Russian"}


def overview(facts: Sequence[str], chat: Chat) -> str:
    """The sentences of the model's that the facts carry; "" where it says mostly other things.

    Raises ModelDown and ModelRefused.
    """
    if len(facts) < 2:
        return ""
    told = "\n".join(" ".join(visible(f).split())[:_OF_A_FACT] for f in facts)
    spoken = language(told)
    request = prompt("community", language=_NAMES.get(spoken, "English"), facts=told)
    text = " ".join(without_links(visible(chat.complete([Message("user", request)]).text))[0].split())[
        :LONGEST
    ]
    said = [text[a:b] for a, b in sentences(text, spoken)]
    kept = [s for s in said if carried(s, told)]
    return " ".join(kept) if 2 * len(kept) > len(said) else ""
