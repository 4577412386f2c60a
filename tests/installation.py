"""A whole installation for a test: real parts, real workers, one user, one knowledge base.

`embedded` is Oxigraph, SQLite and Valkey; `servers` is Fuseki, PostgreSQL, Redis and S3.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis
import s3fs
from sqlalchemy import text

from kg.vocab import Dataset
from portal import cycles, db, documents, settings, wiring
from portal.access import Actor
from portal.cycle_views import CycleView
from portal.documents import Receipt, Upload
from portal.embedded import addresses
from portal.models import CycleState, Member, Rag, Role, User
from portal.wiring import Parts
from tests import servers

BASE = "https://portal.example/"
DONE = (CycleState.review, CycleState.failed, CycleState.cancelled, CycleState.approved)


@dataclass
class Installation:
    folder: Path
    environment: Mapping[str, str]
    parts: Parts
    actor: Actor
    rag: int
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def dataset(self) -> Dataset:
        return self.parts.dataset(self.rag)

    def start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        """A worker (or another program that is one) as a process of its own."""
        log = (self.folder / "worker.log").open("ab")
        with log:
            child = subprocess.Popen(
                [sys.executable, *(command or ("-m", "jobs.worker"))],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=Path(__file__).parents[1],
                env={**os.environ, "OMP_NUM_THREADS": "1", **self.environment, **environment},
            )
        self.workers.append(child)
        return child

    def end(self, child: subprocess.Popen[bytes], how: int = signal.SIGKILL) -> None:
        if child.poll() is None:
            child.send_signal(how)
        child.wait(30)

    def end_workers(self) -> None:
        for child in self.workers:
            self.end(child)
        self.workers.clear()

    def upload(self, **files: str | bytes) -> Receipt:
        """Files by name; `a_txt="…"` is a.txt."""
        given = [
            Upload(name.replace("_", "."), text.encode() if isinstance(text, str) else text)
            for name, text in files.items()
        ]
        return documents.upload(self.parts, self.actor, self.rag, given)

    def view(self, number: int) -> CycleView:
        return cycles.get(self.parts, self.actor, self.rag, number)

    def wait(self, number: int, seconds: float = 120, until: tuple[CycleState, ...] = DONE) -> CycleView:
        """The cycle when it is in one of these states."""

        def there() -> bool:
            return self.view(number).state in until

        wait_until(there, seconds, lambda: f"{self.view(number)}\n{self.log()}")
        return self.view(number)

    def log(self) -> str:
        path = self.folder / "worker.log"
        return path.read_text(errors="replace")[-4000:] if path.exists() else ""


def wait_until(there: Callable[[], bool], seconds: float, why: Callable[[], str] = lambda: "") -> None:
    until = time.monotonic() + seconds
    while not there():
        if time.monotonic() > until:
            pytest.fail(f"not within {seconds} s: {why()}")
        time.sleep(0.05)


@contextmanager
def installed(kind: str, run: Path, folder: Path, rag_id: int) -> Iterator[Installation]:
    """An installation of this kind on the run's shared servers, with an empty database and queue."""
    folder.mkdir(parents=True, exist_ok=True)
    made = _embedded(run, folder) if kind == "embedded" else _servers(run)
    with made as addressed, pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)  # no .env of the developer's
        environment = {
            **addressed,
            "FERAG_DATA_DIR": str(folder / "data"),
            "FERAG_BASE_IRI": BASE,
            "FERAG_UNIT_TOKENS": "50",
        }
        for name, value in environment.items():
            patch.setenv(name, value)
        parts = wiring.wire(settings.read())
        db.upgrade(parts.engine)
        actor = _people(parts, rag_id)
        parts.store.create(parts.dataset(rag_id))
        ready = Installation(folder, environment, parts, actor, rag_id)
        try:
            yield ready
        finally:
            ready.end_workers()
            parts.store.destroy(parts.dataset(rag_id))
            parts.close()


def _people(parts: Parts, rag_id: int) -> Actor:
    with parts.session() as session:
        user = User(email="ann@example.org", name="Ann", is_admin=True)
        session.add(user)
        session.flush()
        assert user.id is not None
        session.add(Rag(id=rag_id, name="Tiny", created_by=user.id))
        session.flush()
        session.add(Member(rag_id=rag_id, user_id=user.id, role=Role.owner))
        if parts.engine.dialect.name == "postgresql":  # those made after it are numbered after it
            session.execute(text("SELECT setval('rag_id_seq', :n)"), {"n": rag_id})
        session.commit()
        return Actor(user.id, user.email, is_admin=True)


@contextmanager
def _embedded(run: Path, folder: Path) -> Iterator[dict[str, str]]:
    graph, queue = servers.shared(run, "oxigraph"), servers.shared(run, "valkey")
    url = _queue_of_this_worker(queue)
    data = folder / "data"
    data.mkdir(exist_ok=True)
    addresses.write(data, addresses.mine(url, graph.url))
    yield {"FERAG_REDIS_URL": url}


@contextmanager
def _servers(run: Path) -> Iterator[dict[str, str]]:
    graph, queue = servers.shared(run, "fuseki"), servers.shared(run, "redis")
    database, files = servers.shared(run, "postgresql"), storage(servers.shared(run, "s3"))
    name = f"ferag_{os.urandom(6).hex()}"
    admin = database.url.replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    try:
        yield {
            "FERAG_REDIS_URL": _queue_of_this_worker(queue),
            "FERAG_FUSEKI_URL": graph.url,
            "FERAG_FUSEKI_USER": graph.user,
            "FERAG_FUSEKI_PASSWORD": graph.password,
            **{f"FERAG_{name.upper()}": value for name, value in files.items()},
            "FERAG_DATABASE_URL": admin.replace("/postgres", f"/{name}"),
        }
    finally:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def storage(server: servers.Server) -> dict[str, str]:
    """Settings for files and index in a bucket of their own."""
    name = f"ferag-{os.urandom(6).hex()}"
    s3fs.S3FileSystem(key=server.user, secret=server.password, endpoint_url=server.url).mkdir(name)
    return {
        "storage_url": f"s3://{name}/files",
        "storage_endpoint": server.url,
        "storage_key": server.user,
        "storage_secret": server.password,
        "index_url": f"s3://{name}/index",
    }


def _queue_of_this_worker(server: servers.Server) -> str:
    """Databases from 100 on: those below are the queue tests' own."""
    number = 100 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    url = server.url.replace("/0", f"/{number}")
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    return url
