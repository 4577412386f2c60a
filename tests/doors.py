"""The portal's doors on a real socket, before a small approved knowledge base."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from portal import publishing, rags, tokens, versions
from portal.access import Actor, Scope
from portal.asgi import make_app
from portal.models import Member, Role, User
from portal.wiring import Parts
from tests.installation import Installation, installed
from tests.servers import free_port
from tests.streamlit_socket import place_given_back

ALICE = "Alice Smith works at ACME Corporation. ACME Corporation was founded in 1999 in Boston."
BOB = "Bob Johnson works at TechCorp. TechCorp competes with ACME Corporation."
EVERYTHING = tuple(s for s in Scope if s is not Scope.metrics)


@dataclass(frozen=True)
class Doors:
    """`url` has no path; Ann owns the knowledge base `rag`, Eve has one of her own."""

    url: str
    installation: Installation
    eve: Actor
    eves: int

    @property
    def parts(self) -> Parts:
        return self.installation.parts

    @property
    def ann(self) -> Actor:
        return self.installation.actor

    @property
    def rag(self) -> int:
        return self.installation.rag

    @property
    def model(self) -> str:
        return f"ferag-{self.rag:05d}"

    def token(self, *scopes: Scope, actor: Actor | None = None) -> str:
        """A new token of Ann's, for everything unless told otherwise."""
        return tokens.create(self.parts, actor or self.ann, "test", scopes or EVERYTHING, 1)[1]

    @contextmanager
    def client(self, *scopes: Scope, actor: Actor | None = None) -> Iterator[httpx.Client]:
        """A client below /api/v1/ with a token for these scopes."""
        header = {"authorization": f"Bearer {self.token(*scopes, actor=actor)}"}
        with httpx.Client(base_url=f"{self.url}/api/v1/", headers=header, timeout=120) as client:
            yield client


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """An ASGI application on a socket of its own; its address."""
    port = free_port()
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_level="warning",
        ws="none",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


@contextmanager
def doors(run: Path, folder: Path, rag_id: int, *, approved: bool = True) -> Iterator[Doors]:
    """Two documents approved as version 1 (or nothing yet), and the portal before them."""
    with installed("embedded", run, folder, rag_id) as installation:
        parts = installation.parts
        eve = _person(parts, "eve")
        eves = rags.create(parts, eve, "Eve's").id or 0
        with place_given_back(), serving(make_app(parts)) as url:
            made = Doors(url, installation, eve, eves)
            if approved:
                approve(made, ("alice.txt", ALICE), ("bob.txt", BOB))
            yield made


def approve(made: Doors, *files: Sequence[str]) -> int:
    """Upload, read and publish; the cycle's number."""
    installation = made.installation
    receipt = installation.upload(**{name.replace(".", "_"): text for name, text in files})
    assert receipt.cycle is not None
    worker = installation.start()
    installation.wait(receipt.cycle, 400)
    installation.end(worker)
    versions.approve(made.parts, made.ann, made.rag, receipt.cycle, all_=True)
    assert publishing.run(made.parts, installation.view(receipt.cycle).id) is not None
    return receipt.cycle


def join(made: Doors, name: str, role: Role) -> Actor:
    """Somebody new in Ann's knowledge base."""
    actor = _person(made.parts, name)
    with made.parts.session() as db:
        db.add(Member(rag_id=made.rag, user_id=actor.user_id or 0, role=role))
        db.commit()
    return actor


def _person(parts: Parts, name: str) -> Actor:
    with parts.session() as db:
        user = User(email=f"{name}@example.org", name=name.title())
        db.add(user)
        db.commit()
        return Actor(user.id, user.email)
