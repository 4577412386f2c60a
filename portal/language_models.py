"""The installation's language models: profiles from the settings, calls remembered and billed in SQL,
and a gate that bounds what is in flight at one endpoint over all workers."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
from sqlalchemy import update
from sqlmodel import col, select

from kg.embed import Embedder
from kg.embed.endpoint import Endpoint
from kg.llm import Gate, ModelProfile, Reply
from kg.llm.chat import Chat
from kg.retrieve import RerankEndpoint, Reranker
from kg.vocab import digest
from portal.models import ModelCall
from portal.settings import Settings
from portal.wiring import Parts

PLACE_SECONDS = 180  # a place at an endpoint whose holder died is free again after this


def profile(settings: Settings, role: str) -> ModelProfile | None:
    """The profile of a role ("extract", "chat"); None if the settings name no model for it."""
    model, url = getattr(settings, f"{role}_model"), getattr(settings, f"{role}_url")
    if not model or not url:
        return None
    key = getattr(settings, f"{role}_key").get_secret_value()
    return ModelProfile(role, model, url, api_key=key or "none")


def chat(
    parts: Parts, role: str, rag_id: int, cycle_id: int | None = None, user_id: int | None = None
) -> Chat | None:
    """The model of a role, its calls billed to this RAG; None if none is configured."""
    chosen = profile(parts.settings, role)
    if chosen is None:
        return None
    calls = RememberedCalls(parts, role, rag_id, cycle_id, user_id)
    return Chat(chosen, calls, gate(parts.redis, chosen))


def embedder(parts: Parts) -> Embedder:
    """The embedding model of the settings' endpoint."""
    chosen = profile(parts.settings, "embed")
    assert chosen is not None
    return Endpoint(chosen, gate(parts.redis, chosen))


def reranker(parts: Parts) -> Reranker | None:
    """The reranking model; None if none is configured."""
    chosen = profile(parts.settings, "rerank")
    return RerankEndpoint(chosen) if chosen else None


@dataclass(frozen=True)
class RememberedCalls:
    """Answers by key, within one RAG: another team's are not looked at."""

    parts: Parts
    role: str
    rag_id: int
    cycle_id: int | None = None
    user_id: int | None = None

    def get(self, key: str) -> Reply | None:
        with self.parts.session() as db:
            found = db.exec(
                select(ModelCall)
                .where(ModelCall.key == key, ModelCall.rag_id == self.rag_id, ModelCall.error == "")
                .order_by(col(ModelCall.id))
                .limit(1)
            ).first()
            if found is None:
                return None
            return Reply(found.answer, found.tokens_in, found.tokens_out, cached=True)

    def useless(self, key: str, why: str) -> None:
        with self.parts.session() as db:
            db.execute(
                update(ModelCall)
                .where(col(ModelCall.key) == key, col(ModelCall.rag_id) == self.rag_id)
                .values(error=why[:500])
            )
            db.commit()

    def put(self, key: str, model: str, reply: Reply, cost: float) -> None:
        with self.parts.session() as db:
            db.add(
                ModelCall(
                    key=key,
                    rag_id=self.rag_id,
                    cycle_id=self.cycle_id,
                    user_id=self.user_id,
                    role=self.role,
                    model=model,
                    answer=reply.text,
                    tokens_in=reply.tokens_in,
                    tokens_out=reply.tokens_out,
                    cost=cost,
                    milliseconds=round(reply.seconds * 1000),
                )
            )
            db.commit()


def gate(client: redis.Redis, chosen: ModelProfile) -> Gate:
    """At most `in_flight` calls at the endpoint at once, over all workers; waits for a place.

    A place is a member of a sorted set whose score is when it was taken: those of the dead fall out.
    """
    key = f"ferag:endpoint:{digest(chosen.base_url)}"
    take = client.register_script(
        """
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[4])
        if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
        redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3])
        return 1
        """
    )

    @contextmanager
    def place() -> Iterator[None]:
        name = uuid.uuid4().hex
        while not take(keys=[key], args=[time.time(), chosen.in_flight, name, PLACE_SECONDS]):
            time.sleep(0.05)
        try:
            yield
        finally:
            client.zrem(key, name)

    return place
