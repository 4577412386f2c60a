"""Places at an endpoint: how many calls are in flight there at once, over all processes, and who is next.

Calls that somebody waits for (a question) go first: while one of them waits, no other takes a place that it
could have. The callers of one process take turns among themselves first, so that a place that is free again
is taken at once: only as many as there are places look at the server every few moments.
"""

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import lru_cache

import redis

from kg.llm.calls import Gate
from kg.llm.profile import ModelProfile
from kg.vocab import digest

LONGEST_SECONDS = 180.0  # at least; a place whose holder died is free again after this
STILL_SECONDS = 3.0  # who waits and was not heard of for this long waits no more
LOOK_SECONDS = 0.02

# KEYS: the places taken, by when each is free at the latest; those who wait and go first, by when they are
# forgotten. The server's clock counts, as several machines take part.
_TAKE = """
local t = redis.call('TIME')
local now = tonumber(t[1]) + tonumber(t[2]) / 1000000
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
local free = tonumber(ARGV[1]) - redis.call('ZCARD', KEYS[1])
if ARGV[4] == '1' then
  if free < 1 then
    redis.call('ZADD', KEYS[2], now + tonumber(ARGV[5]), ARGV[2])
    return 0
  end
  redis.call('ZREM', KEYS[2], ARGV[2])
elseif free <= redis.call('ZCARD', KEYS[2]) then
  return 0
end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[2])
return 1
"""


def gate(client: redis.Redis, chosen: ModelProfile, *, first: bool = False) -> Gate:
    """At most the profile's `in_flight` calls at its address at once; waits for a place."""
    name = f"ferag:places:{digest(chosen.base_url)}"
    taken, waiting = name, f"{name}:first"
    take = client.register_script(_TAKE)
    longest = max(LONGEST_SECONDS, chosen.timeout + 60)
    turn: AbstractContextManager[object] = nullcontext() if first else _turns(name, chosen.in_flight)

    @contextmanager
    def place() -> Iterator[None]:
        me = uuid.uuid4().hex
        asked: list[str | int | float] = [chosen.in_flight, me, longest, int(first), STILL_SECONDS]
        with turn:
            try:
                while not take(keys=[taken, waiting], args=asked):
                    time.sleep(LOOK_SECONDS if first else 2 * LOOK_SECONDS)
                yield
            finally:
                client.zrem(taken, me)
                if first:
                    client.zrem(waiting, me)

    return place


@lru_cache(maxsize=64)
def _turns(name: str, in_flight: int) -> threading.BoundedSemaphore:
    """This process's turns at an address."""
    return threading.BoundedSemaphore(max(1, in_flight))
