"""Minutes of long conversations: brought up to date after an answer, read before the next."""

import logging
from collections.abc import Sequence

from sqlalchemy import update
from sqlmodel import Session, col, select

from kg.answer import HISTORY, MINUTES, Turn, minutes
from kg.errors import ModelError
from portal import language_models
from portal.models import Chat, ChatMessage
from portal.wiring import Parts

log = logging.getLogger(__name__)


def history(db: Session, chat: Chat, before: int) -> list[Turn]:
    """The last turns before a message, the oldest first; at their head the minutes of all others."""
    said = db.exec(
        select(ChatMessage)
        .where(ChatMessage.chat_id == chat.id, col(ChatMessage.id) < before)
        .order_by(col(ChatMessage.id).desc())
        .limit(2 * HISTORY)
    ).all()
    kept = [m for m in reversed(said) if (m.id or 0) > chat.summarised]
    turns = [Turn(m.role, m.text) for m in kept or reversed(said[:1])]
    return [Turn(MINUTES, chat.summary), *turns] if chat.summary else turns


def keep(parts: Parts, message_id: int) -> None:
    """Write down what is about to leave the window of this message's conversation.

    Nothing without a model, or while it is down: the next answer tries again.
    """
    with parts.session() as db:
        message = db.get(ChatMessage, message_id)
        if message is None:  # the question was put differently meanwhile
            return
        chat_id = message.chat_id
        chat = db.get_one(Chat, chat_id)
        said = db.exec(
            select(ChatMessage)
            .where(ChatMessage.chat_id == chat_id, col(ChatMessage.id) > chat.summarised)
            .order_by(col(ChatMessage.id))
        ).all()
        before, rag_id, user_id = chat.summary, chat.rag_id, chat.user_id
        leaving: Sequence[ChatMessage] = said[:-HISTORY] if len(said) > 2 * HISTORY - 2 else ()
    model = language_models.chat(parts, "chat", rag_id, user_id=user_id) if leaving else None
    if model is None:
        return
    try:
        text = minutes(before, [Turn(m.role, m.text) for m in leaving], model)
    except ModelError as e:
        log.warning("the minutes of conversation %s wait: %s", chat_id, e)
        return
    with parts.session() as db:
        db.execute(
            update(Chat)
            .where(col(Chat.id) == chat_id, col(Chat.summary) == before)
            .values(summary=text, summarised=leaving[-1].id)
        )
        db.commit()
