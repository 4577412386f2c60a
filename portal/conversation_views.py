"""Conversations and messages as they are shown and taken away."""

import json
from dataclasses import dataclass
from datetime import datetime

from kg.answer import Citation
from portal import seen
from portal.access import Actor
from portal.models import Chat, ChatMessage, MessageState, User
from portal.options import Options, options_from_json
from portal.seen import Seen

BUSY = (MessageState.waiting, MessageState.writing)


@dataclass(frozen=True, slots=True)
class ChatView:
    id: int
    title: str
    mine: bool
    who: str
    shared: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MessageView:
    id: int
    role: str  # user, assistant
    text: str
    state: MessageState
    mode: str
    version: int | None
    staged: int | None
    supported: bool | None
    citations: tuple[Citation, ...]
    seconds: float
    error: str  # a code of portal.messages
    rating: int | None
    reason: str  # of the rating
    seen: Seen
    options: Options

    @property
    def busy(self) -> bool:
        return self.state in BUSY


def chat_view(chat: Chat, user: User, actor: Actor) -> ChatView:
    return ChatView(
        id=chat.id or 0,
        title=chat.title,
        mine=chat.user_id == actor.user_id,
        who=user.name or user.email,
        shared=chat.shared,
        updated_at=chat.updated_at,
    )


def message_view(m: ChatMessage) -> MessageView:
    return MessageView(
        id=m.id or 0,
        role=m.role,
        text=m.text,
        state=m.state,
        mode=m.mode,
        version=m.version,
        staged=m.staged_cycle,
        supported=m.supported,
        citations=tuple(Citation(**c) for c in m.citations),
        seconds=m.seconds,
        error=m.error,
        rating=m.rating,
        reason=m.rating_reason,
        seen=seen.from_json(m.found),
        options=options_from_json(m.options),
    )


def as_json(chat: ChatView, messages: tuple[MessageView, ...]) -> str:
    return json.dumps(
        {
            "title": chat.title,
            "messages": [
                {
                    "role": m.role,
                    "text": m.text,
                    "version": m.version,
                    "citations": [
                        {
                            "n": c.n,
                            "document": c.document,
                            "page": c.page,
                            "quote": c.quote,
                            "said_by": c.said_by,
                            "said_on": c.said_on,
                            "reason": c.reason,
                        }
                        for c in m.citations
                    ],
                }
                for m in messages
            ],
        },
        ensure_ascii=False,
        indent=2,
    )


def as_markdown(chat: ChatView, messages: tuple[MessageView, ...]) -> str:
    lines = [f"# {chat.title}"]
    for m in messages:
        lines.append(f"**{m.text}**" if m.role == "user" else m.text)
        lines += [f"> [{c.n}] {' '.join(c.words.split())} — {c.source}" for c in m.citations]
    return "\n\n".join(lines) + "\n"
