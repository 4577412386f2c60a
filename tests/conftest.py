"""What every test may ask for: real stores, databases and queues, a clean environment, tiny worlds.

A part that this machine lacks skips the test and says how to get it; with FERAG_REQUIRE_ALL=1 it fails.
"""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis as redis_client
from filelock import FileLock
from sqlalchemy import text

from kg.store import GraphStore
from kg.store.fuseki import Fuseki
from kg.store.oxigraph import Oxigraph
from kg.vocab import Dataset
from portal import db, i18n, wiring
from portal.embedded import addresses
from portal.settings import Settings
from portal.wiring import Parts
from tests import servers

REQUIRE_ALL = os.environ.get("FERAG_REQUIRE_ALL") == "1"
# settings of the tests themselves; every other FERAG_ variable is the developer's and stays outside
KEPT = frozenset({"FERAG_SHARED", "FERAG_REQUIRE_ALL", "FERAG_FUSEKI_JAR", "FERAG_KILLS"})


def absent(why: object) -> None:
    """Skip the test, or fail it where everything must be there."""
    if REQUIRE_ALL:
        pytest.fail(f"missing: {why}", pytrace=False)
    pytest.skip(str(why))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    i18n.use(i18n.DEFAULT)  # a test before this one may have spoken another
    for name in list(os.environ):
        if name.startswith("FERAG_") and name not in KEPT:
            monkeypatch.delenv(name)


def _run_folder(config: pytest.Config) -> Path:
    """One folder for all workers of this run."""
    base: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return (base.parent if hasattr(config, "workerinput") else base) / "servers"


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        servers.end_all(_run_folder(session.config))


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest) -> Path:
    return _run_folder(request.config)


def _server(run: Path, name: str) -> servers.Server:
    try:
        return servers.shared(run, name)
    except servers.Missing as e:
        absent(e)
        raise


@pytest.fixture
def oxigraph_server(run_folder: Path) -> servers.Server:
    return _server(run_folder, "oxigraph")


@pytest.fixture
def fuseki_server(run_folder: Path) -> servers.Server:
    return _server(run_folder, "fuseki")


@pytest.fixture
def dataset(run_folder: Path) -> Dataset:
    """A RAG that no other test of this run has."""
    return Dataset("https://portal.example/", _next_rag(run_folder))


def _next_rag(run_folder: Path) -> int:
    """Far apart, so that an installation may make some of its own after it."""
    run_folder.mkdir(parents=True, exist_ok=True)
    counter = run_folder / "rag_id"
    with FileLock(run_folder / "rag_id.lock"):
        number = int(counter.read_text()) + 20 if counter.exists() else 1
        counter.write_text(str(number))
    return number


@pytest.fixture(params=["oxigraph", "fuseki"])
def graph_store(request: pytest.FixtureRequest, run_folder: Path, dataset: Dataset) -> Iterator[GraphStore]:
    """Both stores, one after the other, with `dataset` made in it."""
    server = _server(run_folder, request.param)
    store: GraphStore = (
        Oxigraph(server.url)
        if request.param == "oxigraph"
        else Fuseki(server.url, server.user, server.password)
    )
    store.create(dataset)
    yield store
    store.destroy(dataset)


@pytest.fixture(params=["sqlite", "postgresql"])
def sql_url(request: pytest.FixtureRequest, run_folder: Path, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind, for SQLAlchemy."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'ferag.db'}"
        return
    server = _server(run_folder, "postgresql")
    name = f"ferag_{secrets.token_hex(6)}"
    admin = server.url.replace("+psycopg", "")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    yield server.url.replace("/postgres", f"/{name}")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture(params=["valkey", "redis"])
def redis_url(request: pytest.FixtureRequest, run_folder: Path) -> Iterator[str]:
    """An empty queue of each kind: a database of its own for each test worker."""
    server = _server(run_folder, request.param)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    url = server.url.replace("/0", f"/{worker}")
    with redis_client.Redis.from_url(url) as client:
        client.flushdb()
    yield url
    with redis_client.Redis.from_url(url) as client:
        client.flushdb()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The corpora that stand beside the project: FERAG_SHARED, default ../shared."""
    folder = Path(os.environ.get("FERAG_SHARED", Path(__file__).parents[2] / "shared"))
    if not folder.is_dir():
        absent(f"the shared corpora: set FERAG_SHARED, {folder} is no folder")
    return folder


@pytest.fixture(params=["embedded", "servers"])
def parts(request: pytest.FixtureRequest, run_folder: Path, tmp_path: Path) -> Iterator[Parts]:
    """A whole installation over real parts: Oxigraph, SQLite, Valkey; or Fuseki, PostgreSQL, Redis."""
    # IRIs of its own: the store is shared by all tests of the run
    with whole(request.param, run_folder, tmp_path, f"https://{secrets.token_hex(6)}.example/") as made:
        yield made


@contextmanager
def whole(kind: str, run_folder: Path, folder: Path, base_iri: str) -> Iterator[Parts]:
    """An installation of this kind, "embedded" or "servers", that nobody has used."""
    embedded = kind == "embedded"
    store = _server(run_folder, "oxigraph" if embedded else "fuseki")
    # a database of the queue for each test worker: some tests empty theirs
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    queue = _server(run_folder, "valkey" if embedded else "redis").url.replace("/0", f"/{200 + worker}")
    database = f"ferag_{secrets.token_hex(6)}"
    options: dict[str, Any] = {
        "data_dir": folder / "data",
        "redis_url": queue,
        "base_iri": base_iri,
    }
    if not embedded:
        server = _server(run_folder, "postgresql")
        admin = server.url.replace("+psycopg", "")
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}".encode())
        options["database_url"] = server.url.replace("/postgres", f"/{database}")
        options |= {"fuseki_url": store.url, "fuseki_user": store.user, "fuseki_password": store.password}
    made = wiring.wire(
        Settings(_env_file=None, **options),
        addresses.mine(queue, store.url),
    )
    db.upgrade(made.engine)
    if not embedded:  # Fuseki names a dataset by the RAG's id alone
        with made.session() as opened:
            opened.execute(text("SELECT setval('rag_id_seq', :n)"), {"n": _next_rag(run_folder)})
            opened.commit()
    yield made
    made.close()
    if not embedded:
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {database} WITH (FORCE)".encode())
