"""A worker writes an answer into its message, piece by piece, under a lease; whoever looks sees it grow."""

import logging
import time
from collections.abc import Generator
from dataclasses import asdict
from datetime import timedelta

from sqlalchemy import or_, update
from sqlmodel import col, select

from kg.answer import Answer, Done, Event, Sources, Stage, Words
from kg.errors import KgError, ModelError, StoreError
from kg.retrieve import Retrieved
from portal import minutes, options, questions, seen
from portal.access import Actor
from portal.errors import PortalError
from portal.leases import beating
from portal.models import Chat, ChatMessage, MessageState, User, now
from portal.seen import Seen
from portal.wiring import Parts

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
SAVE_SECONDS = 0.4


class _Taken(Exception):
    """Another worker, or a stop, has this message now."""


def write_answer(parts: Parts, message_id: int) -> None:
    """Answer the question before this message; does nothing if that is done or being done."""
    attempt = _claim(parts, message_id)
    if attempt is None:
        return
    writing = _Writing(parts, message_id, attempt)
    try:
        with beating(writing.beat):  # what is looked for, and a model that is silent, may take long
            writing.run()
        minutes.keep(parts, message_id)
    except _Taken:
        log.info("message %s is another's now", message_id)
    except PortalError as e:
        writing.fail(e.code)
    except KgError as e:
        log.warning("the answer %s failed: %s", message_id, e)
        writing.fail(_code(e))


def _code(error: KgError) -> str:
    if isinstance(error, ModelError):
        return "model-down"
    return "store-down" if isinstance(error, StoreError) else "answer-failed"


def _claim(parts: Parts, message_id: int) -> int | None:
    """The fencing token, if nobody else holds the message."""
    with parts.session() as db:
        taken = db.execute(
            update(ChatMessage)
            .where(
                col(ChatMessage.id) == message_id,
                col(ChatMessage.state).in_([MessageState.waiting, MessageState.writing]),
                or_(col(ChatMessage.lease_until).is_(None), col(ChatMessage.lease_until) < now()),
            )
            .values(
                state=MessageState.writing,
                attempt=ChatMessage.attempt + 1,
                lease_until=now() + LEASE,
                text="",
                error="",
            )
        )
        db.commit()
        if not taken.rowcount:  # type: ignore[attr-defined]
            return None
        return db.exec(select(ChatMessage.attempt).where(ChatMessage.id == message_id)).one()


class _Writing:
    def __init__(self, parts: Parts, message_id: int, attempt: int) -> None:
        self.parts, self.message_id, self.attempt = parts, message_id, attempt
        self.text, self.saved = "", time.monotonic()
        self.found = seen.to_json(Seen())  # as far as it is made

    def run(self) -> None:
        """Each event is an occasion to stop: a step of an agent as well as a piece of the text."""
        began = time.monotonic()
        sources, stages = Sources(Retrieved("")), []
        events = self._events()
        for event in events:
            match event:
                case Sources():
                    sources = event
                case Stage():
                    stages.append(event)
                    self.found = seen.to_json(seen.seen(sources, tuple(stages)))
                case Words(text):
                    self.text += text
                case Done(answer):
                    self._finish(answer, seen.seen(sources, tuple(stages), answer))
                    return
            if time.monotonic() - self.saved > SAVE_SECONDS and self._save():
                events.close()
                self._set(state=MessageState.stopped, seconds=time.monotonic() - began)
                return

    def beat(self) -> None:
        """Extend the lease, as long as it is this worker's."""
        with self.parts.session() as db:
            db.execute(
                update(ChatMessage)
                .where(col(ChatMessage.id) == self.message_id, col(ChatMessage.attempt) == self.attempt)
                .where(col(ChatMessage.state) == MessageState.writing)
                .values(lease_until=now() + LEASE)
            )
            db.commit()

    def fail(self, code: str) -> None:
        try:
            self._set(state=MessageState.failed, error=code, text=self.text)
        except _Taken:
            log.info("message %s is another's now", self.message_id)

    def _events(self) -> Generator[Event]:
        """Asked in the name of the person who asks: who was removed meanwhile gets no answer."""
        with self.parts.session() as db:
            message = db.get_one(ChatMessage, self.message_id)
            chat = db.get_one(Chat, message.chat_id)
            user = db.get_one(User, chat.user_id)
            turns = minutes.history(db, chat, self.message_id)
        asked = options.options_from_json(message.options)
        actor = Actor(user.id, user.email, user.is_admin)
        yield from questions.events(self.parts, actor, chat.rag_id, turns[-1].text, asked, turns[:-1])

    def _save(self) -> bool:
        """Keep what is written so far; is it to stop?"""
        self.saved = time.monotonic()
        self._set(text=self.text, found=self.found)
        with self.parts.session() as db:
            return db.exec(select(ChatMessage.stop_requested).where(ChatMessage.id == self.message_id)).one()

    def _finish(self, answer: Answer, made_of: seen.Seen) -> None:
        self._set(
            state=MessageState.done,
            text=answer.text,
            supported=answer.supported,
            citations=[asdict(c) for c in answer.citations],
            version=answer.version,
            mode=answer.mode[:10],
            seconds=answer.seconds,
            found=seen.to_json(made_of),
        )

    def _set(self, **values: object) -> None:
        ended = values.get("state") is not None
        with self.parts.session() as db:
            kept = db.execute(
                update(ChatMessage)
                .where(col(ChatMessage.id) == self.message_id, col(ChatMessage.attempt) == self.attempt)
                .values(lease_until=None if ended else now() + LEASE, **values)
            )
            db.commit()
        if not kept.rowcount:  # type: ignore[attr-defined]
            raise _Taken
