"""The language models in use: calls remembered and billed in SQL, and bounded at each address."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import update
from sqlmodel import col, select

from kg.embed import Embedder
from kg.embed.endpoint import Endpoint
from kg.llm import ModelProfile, Reply
from kg.llm.calls import Gate
from kg.llm.chat import Chat
from kg.retrieve import RerankEndpoint, Reranker
from portal import budgets, model_profiles
from portal.errors import Conflict
from portal.model_profiles import Profile
from portal.models import ModelCall
from portal.places import gate
from portal.wiring import Parts


def as_model(chosen: Profile, role: str) -> ModelProfile:
    return ModelProfile(
        role=role,
        model=chosen.model,
        base_url=chosen.base_url,
        api_key=chosen.key or "none",
        context_window=chosen.context_window,
        max_tokens=chosen.max_tokens,
        timeout=chosen.timeout,
        in_flight=chosen.in_flight,
        price_in=chosen.price_in,
        price_out=chosen.price_out,
    )


def profile(parts: Parts, role: str) -> ModelProfile | None:
    """The model of a role as it is now; None where the built-in way is used."""
    chosen = model_profiles.served(parts, role).profile
    return as_model(chosen, role) if chosen else None


def chat(
    parts: Parts,
    role: str,
    rag_id: int,
    cycle_id: int | None = None,
    user_id: int | None = None,
    wanted: int | None = None,
    around: Gate | None = None,
    once: float | None = None,
) -> Chat | None:
    """The model of a role, or the `wanted` one of those that people may choose; None if there is none.

    Its calls are billed to this RAG; `around` is entered around each that is made, when it has its place, and
    may raise; `once`: each is tried a single time, for so many seconds. Conflict if the wanted one is not
    offered.
    """
    if wanted is None:
        chosen = profile(parts, role)
    else:
        found = model_profiles.offered(parts, wanted)
        if found is None:
            raise Conflict("model-not-offered")
        chosen = as_model(found, role)
    if chosen is None:
        return None
    if once is not None:
        chosen = chosen.once(min(chosen.timeout, once))
    calls = RememberedCalls(parts, role, rag_id, cycle_id, user_id)
    places = gate(parts.redis, chosen, first=role == "chat")
    return Chat(chosen, calls, _within(places, around) if around else places)


def _within(places: Gate, around: Gate) -> Gate:
    @contextmanager
    def both() -> Iterator[None]:
        with places(), around():
            yield

    return both


def embedder(parts: Parts, chosen: Profile) -> Embedder:
    """The embedding model at this address: questions go before passages."""
    model = as_model(chosen, "embed")
    return Endpoint(model, gate(parts.redis, model), gate(parts.redis, model, first=True))


def reranker(parts: Parts) -> Reranker | None:
    """The reranking model; None if none is chosen."""
    chosen = profile(parts, "rerank")
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
                    revision_id=budgets.revision_read(),
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
