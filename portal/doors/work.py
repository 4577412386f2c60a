"""Answers that are made in the web process: a few at a time, and none for a client that has gone."""

import asyncio
import contextvars
import time
from collections.abc import AsyncIterator, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import cast

from starlette.concurrency import run_in_threadpool

from kg.answer import Event, Turn
from portal import questions, tokens
from portal.access import Actor
from portal.errors import Unknown
from portal.options import Options
from portal.wiring import Parts

AT_ONCE = 4
LOOK_SECONDS = 0.5  # how often a token is looked at while an answer is made


class Watch:
    """Whether the token of a running stream is still good, looked up twice a second at most."""

    def __init__(self, parts: Parts, actor: Actor) -> None:
        self.parts, self.actor, self._looked = parts, actor, time.monotonic()

    async def look(self) -> None:
        """Raises Unknown when the token has ended."""
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        if not await run_in_threadpool(tokens.still_good, self.parts, self.actor):
            raise Unknown("token-revoked")
        self._looked = time.monotonic()


class Work:
    """A few threads of their own, so that answers do not take those that the other doors need."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")

    def answer(
        self,
        actor: Actor,
        rag_id: int,
        question: str,
        options: Options = Options(),
        history: Sequence[Turn] = (),
    ) -> AsyncIterator[Event]:
        """The answer's events. Closing this, or the end of the token, ends the work at its next event."""
        made = questions.asked(self.parts, actor, rag_id, question, options, history)
        return self._events(actor, cast(Generator[Event], made))

    async def _events(self, actor: Actor, made: Generator[Event]) -> AsyncIterator[Event]:
        watch = Watch(self.parts, actor)
        bound = contextvars.copy_context()  # the threads' log lines and spans are this request's

        def go_on() -> Event | None:
            return bound.run(next, made, None)

        step = self._threads.submit(go_on)
        try:
            while (event := await self._result(watch, step)) is not None:
                yield event
                step = self._threads.submit(go_on)
        finally:
            step.cancel()
            step.add_done_callback(lambda _: made.close())  # the step that runs now is the last

    async def _result(self, watch: "Watch", step: "Future[Event | None]") -> Event | None:
        waited = asyncio.wrap_future(step)
        try:
            while True:
                done, _ = await asyncio.wait({waited}, timeout=LOOK_SECONDS)
                await watch.look()
                if done:
                    return waited.result()
        finally:
            waited.cancel()
