"""What a model was asked and what it answered: the cache and the bill, kept by whoever runs us."""

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

Gate = Callable[[], AbstractContextManager[object]]
"""Entered around each call: bounds how many are in flight at one endpoint, over all workers."""


@dataclass(frozen=True, slots=True)
class Reply:
    text: str
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0
    cached: bool = False
    key: str = ""  # that it is remembered by


class Calls(Protocol):
    """Remembers answers by key, so that a retry or a re-run never pays twice."""

    def get(self, key: str) -> Reply | None: ...

    def put(self, key: str, model: str, reply: Reply, cost: float) -> None: ...

    def useless(self, key: str, why: str) -> None:
        """This answer could not be used: billed, but asked for again the next time."""


def call_key(model: str, messages: list[tuple[str, str]], parameters: Mapping[str, Any]) -> str:
    """Names a call by all that its answer depends on."""
    asked = json.dumps([model, messages, dict(parameters)], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()
