"""One knowledge base and everybody who could want something of it: what the access matrix walks over."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlmodel import SQLModel

from portal import (
    access_requests,
    accounts,
    chats,
    document_list,
    documents,
    invitations,
    logins,
    members,
    rags,
)
from portal.access import ANONYMOUS, Actor
from portal.documents import Upload
from portal.logins import Visitor
from portal.models import Cycle, CycleState, Member, Rag, Role, Step, StepName, StepState
from portal.wiring import Parts

PASSWORD = "a long enough secret"
MEMBERS = {"viewer": Role.viewer, "editor": Role.editor, "owner": Role.owner}
PEOPLE = ("anonymous", "viewer", "editor", "owner", "admin", "neighbour")
SEEN = frozenset({"login_session", "login_attempt", "audit_event", "outbox"})  # what looking alone changes


@dataclass
class World:
    parts: Parts
    tokens: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=lambda: {"anonymous": ANONYMOUS})
    rag: int = 0
    revision: str = ""
    chat: int = 0

    def token(self, who: str) -> str:
        return self.tokens.get(who, "")

    def role(self, who: str) -> Role | None:
        return MEMBERS.get(who)

    def make(self, who: str, role: Role | None) -> None:
        """Let somebody be this, or no member, whatever the services would say."""
        user_id = self.actors[who].user_id
        if user_id is None:
            return
        with self.parts.session() as opened:
            found = opened.get(Member, (self.rag, user_id))
            if role is None and found is not None:
                opened.delete(found)
            elif role is not None:
                found = found or Member(rag_id=self.rag, user_id=user_id, role=role)
                found.role = role
                opened.add(found)
            opened.commit()

    def digests(self, but: Iterable[str] = ()) -> dict[str, str]:
        """What each table holds, but those where change is nothing wrong."""
        out = SEEN | set(but)
        with self.parts.session() as opened:
            return {
                name: hashlib.sha256(
                    repr(opened.execute(text(f'SELECT * FROM "{name}" ORDER BY 1, 2')).all()).encode()
                ).hexdigest()
                for name in sorted(SQLModel.metadata.tables)
                if name not in out
            }


def build(parts: Parts) -> World:
    """The three members of the knowledge base, and three who are none."""
    world = World(parts)
    for who in ("admin", *(p for p in PEOPLE if p not in ("admin", "anonymous"))):
        token = accounts.register(parts, f"{who}@matrix.example", PASSWORD, Visitor(), name=who.title())
        signed = logins.who(parts, token)
        assert signed is not None
        world.tokens[who], world.actors[who] = token, signed.actor
    with parts.session() as opened:
        opened.execute(
            text("UPDATE user_account SET is_admin = :yes WHERE id = :id"),
            {"yes": True, "id": world.actors["admin"].user_id},
        )
        opened.commit()
    admin = logins.who(parts, world.tokens["admin"])
    assert admin is not None
    world.actors["admin"] = admin.actor
    owner = world.actors["owner"]
    world.rag = rags.create(parts, owner, "Matrix").id or 0
    rags.create(parts, world.actors["neighbour"], "Next door")
    for who in ("viewer", "editor"):
        members.add(parts, owner, world.rag, f"{who}@matrix.example", MEMBERS[who])
    documents.upload(parts, owner, world.rag, [Upload("a.txt", b"Alice Smith works at ACME.")])
    world.revision = document_list.everything(parts, owner, world.rag)[0].revision
    world.chat = chats.ask(parts, owner, world.rag, "Where does Alice Smith work?")
    chats.share(parts, owner, world.rag, world.chat, True)
    invitations.invite(parts, owner, world.rag, Role.viewer)
    outsider = accounts.register(parts, "outsider@matrix.example", PASSWORD)
    asks = logins.who(parts, outsider)
    assert asks is not None
    access_requests.ask(parts, asks.actor, world.rag)
    with parts.session() as opened:  # one that failed, to be tried again or cancelled
        cycle = Cycle(rag_id=world.rag, number=2, state=CycleState.failed, created_by=owner.user_id or 0)
        opened.add(cycle)
        opened.get_one(Rag, world.rag).cycles = 2
        opened.flush()
        opened.add(Step(cycle_id=cycle.id or 0, name=StepName.graphrag, position=0, state=StepState.failed))
        opened.commit()
    return world
