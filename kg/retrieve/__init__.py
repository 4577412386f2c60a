"""Retrieval: what a knowledge base holds that answers a question, without a language model."""

from kg.retrieve.model import FoundCommunity, FoundEntity, FoundFact, Mode, Passage, Retrieved
from kg.retrieve.rerank import RerankEndpoint, Reranker
from kg.retrieve.retrieve import TOKENS, retrieve

__all__ = [
    "TOKENS",
    "FoundCommunity",
    "FoundEntity",
    "FoundFact",
    "Mode",
    "Passage",
    "RerankEndpoint",
    "Reranker",
    "Retrieved",
    "retrieve",
]
