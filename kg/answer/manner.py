"""How a model is to write an answer; without a model only `context_only` says anything."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Manner:
    """None for what the model's profile says. `instructions` are the reader's own wishes about the form."""

    instructions: str = ""
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    context_only: bool = False  # the sources themselves, numbered, instead of an answer made of them

    @property
    def parameters(self) -> dict[str, Any]:
        """
        >>> Manner(temperature=0.5).parameters
        {'temperature': 0.5}
        """
        given = {"temperature": self.temperature, "top_p": self.top_p, "max_tokens": self.max_tokens}
        return {name: value for name, value in given.items() if value is not None}


PLAIN = Manner()
