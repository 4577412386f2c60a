"""The installation's models for its administrators: which, where, and whether they answer.

They are chosen in the settings; a key goes in there and comes out nowhere.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kg.embed.endpoint import Endpoint
from kg.errors import ModelError
from kg.llm import ModelProfile
from kg.llm.chat import Chat, Message
from kg.retrieve import RerankEndpoint
from portal import access, audit, language_models, logs
from portal.access import Actor
from portal.errors import NotFound
from portal.wiring import Parts

ROLES = ("extract", "chat", "embed", "rerank")
SECONDS = 20.0  # an administrator waits


@dataclass(frozen=True, slots=True)
class Profile:
    """`model` is "" where the built-in way is used."""

    role: str
    model: str
    address: str
    has_key: bool


@dataclass(frozen=True, slots=True)
class Tried:
    answers: bool
    why: str  # our words and the kinds of errors: a server's own words may repeat the key
    milliseconds: float


def profiles(parts: Parts, actor: Actor) -> tuple[Profile, ...]:
    """Of every role; none is asked, that would cost."""
    access.check_admin(actor)
    return tuple(_profile(role, language_models.profile(parts.settings, role)) for role in ROLES)


def test(parts: Parts, actor: Actor, role: str) -> Tried:
    """One small call, now. NotFound if no model is chosen for the role."""
    access.check_admin(actor)
    chosen = language_models.profile(parts.settings, role) if role in ROLES else None
    if chosen is None:
        raise NotFound("model", role)
    began, why = time.perf_counter(), ""
    try:
        _CALLS[role](replace(chosen, tries=1, timeout=SECONDS, max_tokens=8))
    except ModelError as e:
        why = logs.said(e)
    tried = Tried(not why, why, (time.perf_counter() - began) * 1000)
    with parts.session() as db:
        audit.record(db, actor, "model.test", subject=f"{role}: {chosen.model}", answers=tried.answers)
        db.commit()
    return tried


def _profile(role: str, found: ModelProfile | None) -> Profile:
    if found is None:
        return Profile(role, "", "", False)
    return Profile(role, found.model, found.base_url, found.api_key != "none")


_CALLS: Mapping[str, Callable[[ModelProfile], object]] = {
    "extract": lambda chosen: Chat(chosen).complete([Message("user", "Say OK.")]),
    "chat": lambda chosen: Chat(chosen).complete([Message("user", "Say OK.")]),
    "embed": lambda chosen: Endpoint(chosen).dimensions,
    "rerank": lambda chosen: RerankEndpoint(chosen).scores("OK", ["OK"]),
}
