"""Passages put in order by a reranking model, at an endpoint of the form of Cohere, Jina, vLLM and TEI.

It is an addition: when it does not answer in time, the passages stay in the order in which they came.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import httpx

from kg.errors import ModelDown
from kg.llm.profile import ModelProfile
from kg.retrieve.model import Passage
from kg.tracing import span

log = logging.getLogger(__name__)

SECONDS = 5.0  # people wait
LONGEST = 4000  # characters of a passage


class Reranker(Protocol):
    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        """How well each text answers; ModelDown if the model does not answer."""
        ...


@dataclass(frozen=True, slots=True)
class RerankEndpoint:
    profile: ModelProfile

    def scores(self, question: str, texts: Sequence[str]) -> Sequence[float]:
        asked = {"model": self.profile.model, "query": question, "documents": [t[:LONGEST] for t in texts]}
        headers = {"authorization": f"Bearer {self.profile.api_key}"}
        url = f"{self.profile.base_url}/rerank"
        try:
            with span("model call", self.profile.traced):
                answer = httpx.post(url, json=asked, headers=headers, timeout=SECONDS)
            answer.raise_for_status()
            found = {int(r["index"]): float(r["relevance_score"]) for r in answer.json()["results"]}
            return [found[i] for i in range(len(texts))]
        except (httpx.HTTPError, json.JSONDecodeError, KeyError, TypeError, ValueError) as e:
            raise ModelDown(f"the reranking model does not answer: {e}") from e


def reranked(reranker: Reranker, question: str, passages: Sequence[Passage]) -> list[Passage]:
    """The passages by what the model says of them; as they are if it does not answer."""
    if not passages:
        return []
    try:
        scores = reranker.scores(question, [p.text for p in passages])
    except ModelDown as e:
        log.warning("%s", e)
        return list(passages)
    order = sorted(range(len(passages)), key=lambda i: (-scores[i], i))
    return [replace(passages[i], score=scores[i]) for i in order]
