"""Texts to vectors by an OpenAI-compatible endpoint."""

import time
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cached_property

import numpy as np
import openai

from kg.embed import endpoint_name
from kg.errors import ModelDown, ModelRefused
from kg.llm.calls import Gate
from kg.llm.chat import told_apart, wait
from kg.llm.profile import ModelProfile
from kg.tracing import span

AT_ONCE = 64  # texts of a request
LONGEST = 8000  # characters of a text: within the window of any model that is in use


class Endpoint:
    """Raises ModelDown when all tries failed, ModelRefused when trying again is no use."""

    window = 510  # tokens that are surely read

    def __init__(self, profile: ModelProfile, gate: Gate = nullcontext, first: Gate | None = None) -> None:
        """`first` is the gate of questions, for which somebody waits."""
        self.profile, self._gate, self._first = profile, gate, first or gate
        self.name = endpoint_name(profile.model, profile.base_url)
        self._client = openai.OpenAI(
            base_url=profile.base_url, api_key=profile.api_key, timeout=profile.timeout, max_retries=0
        )

    @cached_property
    def dimensions(self) -> int:
        """Asked of the endpoint once."""
        return len(self._request(["dimensions"], self._first)[0])

    def passages(self, texts: Sequence[str]) -> np.ndarray:
        return self._unit_rows(texts, self._gate)

    def questions(self, texts: Sequence[str]) -> np.ndarray:
        return self._unit_rows(texts, self._first)

    def _unit_rows(self, texts: Sequence[str], gate: Gate) -> np.ndarray:
        out = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), AT_ONCE):
            some = [t[:LONGEST].encode("utf-8", "replace").decode() or " " for t in texts[start:][:AT_ONCE]]
            out[start : start + len(some)] = self._request(some, gate)
        return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9)

    def _request(self, texts: Sequence[str], gate: Gate) -> np.ndarray:
        """float32[len(texts), d], as the model gives them."""
        for attempt in range(1, self.profile.tries + 1):
            try:
                with gate(), span("model call", self.profile.traced), told_apart(self.profile.api_key):
                    answer = self._client.embeddings.create(
                        model=self.profile.model, input=list(texts), encoding_format="float"
                    )
                return _vectors(answer, len(texts))
            except ModelDown as down:
                if attempt == self.profile.tries:
                    raise
                time.sleep(wait(attempt, down.retry_after))
        raise AssertionError("at least one try")


def _vectors(answer: openai.types.CreateEmbeddingResponse, count: int) -> np.ndarray:
    rows = sorted(answer.data or (), key=lambda d: d.index)
    if len(rows) != count or len({len(r.embedding) for r in rows}) != 1:
        raise ModelRefused(f"the embedding model gave {len(rows)} vectors for {count} texts, or uneven ones")
    return np.array([r.embedding for r in rows], np.float32)
