"""Conversations: questions and their answers, written by a worker while people look on."""

from sqlalchemy import delete as sql_delete
from sqlalchemy import or_, update
from sqlmodel import Session, col, select

from portal import access, audit, guards, rates
from portal.access import Action, Actor
from portal.answering import write_answer
from portal.conversation_views import (
    BUSY,
    ChatView,
    MessageView,
    as_json,
    as_markdown,
    chat_view,
    message_view,
)
from portal.errors import Conflict, NotFound
from portal.guards import LONGEST_QUESTION
from portal.models import Chat, ChatMessage, MessageState, Rag, User, now
from portal.names import clean_name
from portal.options import Options, options_from_json, options_to_json
from portal.wiring import Parts
from portal.work_queue import ANSWER, enqueue

__all__ = [
    "LONGEST_QUESTION",
    "ChatView",
    "MessageView",
    "ask",
    "conversations",
    "delete",
    "edit",
    "export",
    "get",
    "rate",
    "rename",
    "retry",
    "share",
    "stop",
    "write_answer",
]


def conversations(
    parts: Parts, actor: Actor, rag_id: int, words: str = "", limit: int = 50
) -> tuple[ChatView, ...]:
    """The actor's own and those that members shared, the latest first; with `words`, those that hold them."""
    said = select(ChatMessage.chat_id).where(col(ChatMessage.text).icontains(words, autoescape=True))
    holds = or_(col(Chat.title).icontains(words, autoescape=True), col(Chat.id).in_(said))
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        found = db.exec(
            select(Chat, User)
            .join(User, col(Chat.user_id) == User.id)
            .where(Chat.rag_id == rag_id, col(Chat.deleted_at).is_(None))
            .where(or_(col(Chat.user_id) == actor.user_id, col(Chat.shared).is_(True)))
            .where(*([holds] if words else []))
            .order_by(col(Chat.updated_at).desc())
            .limit(limit)
        ).all()
        return tuple(chat_view(chat, user, actor) for chat, user in found)


def get(parts: Parts, actor: Actor, rag_id: int, chat_id: int) -> tuple[ChatView, tuple[MessageView, ...]]:
    """A conversation and its messages, the oldest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        chat = _readable(db, actor, rag_id, chat_id)
        user = db.get_one(User, chat.user_id)
        found = db.exec(
            select(ChatMessage).where(ChatMessage.chat_id == chat_id).order_by(col(ChatMessage.id))
        ).all()
        return chat_view(chat, user, actor), tuple(message_view(m) for m in found)


def ask(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    question: str,
    chat_id: int | None = None,
    options: Options = Options(),
) -> int:
    """Put a question; a worker writes the answer. Begins a conversation if none is given; its id."""
    text = guards.admit(parts, actor, rag_id, question)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        assert actor.user_id is not None
        if chat_id is None:
            chat = Chat(rag_id=rag_id, user_id=actor.user_id, title=clean_name(text))
            db.add(chat)
            db.flush()
        else:
            chat = _own(db, actor, rag_id, chat_id)
            if _busy(db, chat_id):
                raise Conflict("answer-first")
        assert chat.id is not None
        chat.updated_at = now()
        db.add(chat)
        db.add(ChatMessage(chat_id=chat.id, role="user", text=text))
        _wait_for_answer(db, rag_id, chat.id, options)
        audit.record(db, actor, "chat.ask", rag_id=rag_id, subject=f"chat {chat.id}")
        db.commit()
        return chat.id


def retry(parts: Parts, actor: Actor, rag_id: int, chat_id: int) -> None:
    """Answer the last question once more."""
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.ask)
    rates.limit(parts, actor, rates.QUESTIONS, role, rag_id)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        _own(db, actor, rag_id, chat_id)
        if _busy(db, chat_id):
            raise Conflict("answer-first")
        last = db.exec(
            select(ChatMessage).where(ChatMessage.chat_id == chat_id).order_by(col(ChatMessage.id).desc())
        ).first()
        if last is None or last.role != "assistant":
            raise NotFound("message")
        db.delete(last)
        db.flush()
        _wait_for_answer(db, rag_id, chat_id, options_from_json(last.options))
        db.commit()


def edit(
    parts: Parts, actor: Actor, rag_id: int, message_id: int, question: str, options: Options = Options()
) -> None:
    """Put a question differently: it is answered anew, and what was said after it is dropped."""
    text = guards.admit(parts, actor, rag_id, question)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        message = db.get(ChatMessage, message_id)
        if message is None or message.role != "user":
            raise NotFound("message")
        chat = _own(db, actor, rag_id, message.chat_id)
        if _busy(db, message.chat_id):
            raise Conflict("answer-first")
        db.execute(
            sql_delete(ChatMessage).where(
                col(ChatMessage.chat_id) == message.chat_id, col(ChatMessage.id) > message_id
            )
        )
        message.text, chat.updated_at = text, now()
        if message_id <= chat.summarised:  # the minutes tell of what is dropped
            chat.summary, chat.summarised = "", 0
        db.add(message)
        db.add(chat)
        _wait_for_answer(db, rag_id, message.chat_id, options)
        audit.record(db, actor, "chat.edit", rag_id=rag_id, subject=f"chat {chat.id}")
        db.commit()


def stop(parts: Parts, actor: Actor, rag_id: int, chat_id: int) -> None:
    """Keep what is written so far, and write no more."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        _own(db, actor, rag_id, chat_id)
        of_chat = (col(ChatMessage.chat_id) == chat_id, col(ChatMessage.role) == "assistant")
        db.execute(
            update(ChatMessage)
            .where(*of_chat, col(ChatMessage.state) == MessageState.waiting)
            .values(state=MessageState.stopped, attempt=ChatMessage.attempt + 1)
        )
        db.execute(
            update(ChatMessage)
            .where(*of_chat, col(ChatMessage.state) == MessageState.writing)
            .values(stop_requested=True)
        )
        db.commit()


def rate(parts: Parts, actor: Actor, rag_id: int, message_id: int, rating: int, reason: str = "") -> None:
    """1 for good, 0 for bad, with a reason that owners read."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        message = db.get(ChatMessage, message_id)
        if message is None or message.role != "assistant":
            raise NotFound("message")
        _readable(db, actor, rag_id, message.chat_id)
        message.rating, message.rating_reason = (1 if rating else 0), reason.strip()[:1000]
        db.add(message)
        audit.record(db, actor, "chat.rate", rag_id=rag_id, subject=f"message {message_id}", rating=rating)
        db.commit()


def rename(parts: Parts, actor: Actor, rag_id: int, chat_id: int, title: str) -> None:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        chat = _own(db, actor, rag_id, chat_id)
        chat.title = clean_name(title) or chat.title
        db.add(chat)
        db.commit()


def share(parts: Parts, actor: Actor, rag_id: int, chat_id: int, shared: bool) -> None:
    """Let all members read it, or only the one who began it."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        chat = _own(db, actor, rag_id, chat_id)
        chat.shared = shared
        db.add(chat)
        audit.record(db, actor, "chat.share", rag_id=rag_id, subject=f"chat {chat_id}", shared=shared)
        db.commit()


def delete(parts: Parts, actor: Actor, rag_id: int, chat_id: int) -> None:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        chat = _own(db, actor, rag_id, chat_id)
        chat.deleted_at = now()
        db.add(chat)
        db.commit()


def export(parts: Parts, actor: Actor, rag_id: int, chat_id: int, form: str) -> str:
    """The conversation as Markdown ("md") or JSON ("json")."""
    chat, messages = get(parts, actor, rag_id, chat_id)
    return as_json(chat, messages) if form == "json" else as_markdown(chat, messages)


# ---- inside


def _wait_for_answer(db: Session, rag_id: int, chat_id: int, options: Options) -> None:
    message = ChatMessage(
        chat_id=chat_id,
        role="assistant",
        state=MessageState.waiting,
        mode=options.mode[:10],
        version=db.get_one(Rag, rag_id).version,
        staged_cycle=options.staged,
        options=options_to_json(options),
    )
    db.add(message)
    db.flush()
    enqueue(db, ANSWER, message.id)


def _readable(db: Session, actor: Actor, rag_id: int, chat_id: int) -> Chat:
    chat = db.get(Chat, chat_id)
    if chat is None or chat.rag_id != rag_id or chat.deleted_at:
        raise NotFound("chat", str(chat_id))
    if chat.user_id != actor.user_id and not chat.shared:
        raise NotFound("chat", str(chat_id))
    return chat


def _own(db: Session, actor: Actor, rag_id: int, chat_id: int) -> Chat:
    chat = _readable(db, actor, rag_id, chat_id)
    if chat.user_id != actor.user_id:
        raise NotFound("chat", str(chat_id))
    return chat


def _busy(db: Session, chat_id: int) -> bool:
    found = select(ChatMessage.id).where(ChatMessage.chat_id == chat_id, col(ChatMessage.state).in_(BUSY))
    return db.exec(found.limit(1)).first() is not None
