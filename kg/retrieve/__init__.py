"""Retrieval: what a knowledge base holds that answers a question. No language model is needed."""

from kg.retrieve.hints import Guide, Hints
from kg.retrieve.model import FoundCommunity, FoundEntity, FoundFact, Mode, Passage, Retrieved
from kg.retrieve.rerank import RerankEndpoint, Reranker
from kg.retrieve.retrieve import TOKENS, retrieve

__all__ = [
    "TOKENS",
    "FoundCommunity",
    "FoundEntity",
    "FoundFact",
    "Guide",
    "Hints",
    "Mode",
    "Passage",
    "RerankEndpoint",
    "Reranker",
    "Retrieved",
    "retrieve",
]
