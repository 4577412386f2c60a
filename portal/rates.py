"""How often a person may ask, upload or try to log in, counted in Redis over all processes.

A queue that is down limits nobody: what is asked then waits anyway, and guessing passwords is slowed down
in the database too (`portal.throttling`).
"""

import logging
import time
from collections.abc import Sequence

import redis
from limits import RateLimitItem, parse_many
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter

from portal import audit
from portal.access import Actor
from portal.errors import Throttled
from portal.wiring import Parts

log = logging.getLogger(__name__)

QUESTIONS, UPLOADS, LOGINS = "questions", "uploads", "logins"


def limits_of(text: str, role: str = "") -> tuple[RateLimitItem, ...]:
    """The limits for a role, the shortest window first. ValueError if they cannot be read.

    >>> limits_of("30/minute; viewer=10/minute", "viewer"), limits_of("30/minute; viewer=10/minute", "owner")
    ((10 per 1 minute,), (30 per 1 minute,))
    """
    entries = [e.strip() for e in text.split(";") if e.strip()]
    own = [e.partition("=")[2] for e in entries if e.partition("=")[0].strip() == role and "=" in e]
    chosen = own or [e for e in entries if "=" not in e]
    found = [item for entry in chosen if entry.strip() != "off" for item in parse_many(entry)]
    return tuple(sorted(found, key=lambda item: item.get_expiry()))


def limit(parts: Parts, actor: Actor, what: str, role: str = "", rag_id: int | None = None) -> None:
    """Count one more of what this person (or address) does. Raises Throttled, which says when it ends.

    The first refusal in a while is recorded: a flood fills no record.
    """
    limits = limits_of(getattr(parts.settings, f"rate_{what}"), role)
    who = str(actor.user_id or actor.address)
    if not limits or not who:
        return
    try:
        seconds = _full(parts.redis, limits, what, who)
        fresh = seconds and parts.redis.set(f"ferag:refused:{what}:{who}", 1, nx=True, ex=seconds)
    except redis.RedisError as e:
        log.warning("%s are not counted, the queue does not answer: %s", what, e)
        return
    if fresh:
        with parts.session() as db:
            audit.record(db, actor, "guard.rate", rag_id=rag_id, subject=what, seconds=seconds)
            db.commit()
    if seconds:
        raise Throttled(seconds, f"throttled-{what}")


def _full(client: redis.Redis, limits: Sequence[RateLimitItem], what: str, who: str) -> int:
    """Seconds until one more is let in; 0 if it is, and is counted."""
    storage = RedisStorage("redis://", connection_pool=client.connection_pool, key_prefix="ferag:rate")
    windows = MovingWindowRateLimiter(storage)
    for limit in limits:
        if not windows.hit(limit, what, who):
            ends = windows.get_window_stats(limit, what, who).reset_time
            return max(1, round(ends - time.time()))
    return 0
