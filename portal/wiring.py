"""The installation's parts, wired once from the settings and passed as an argument everywhere."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry
from sqlalchemy import Engine
from sqlmodel import Session

from kg.store import GraphStore
from kg.store.fuseki import Fuseki
from kg.store.oxigraph import Oxigraph
from kg.vocab import Dataset
from portal import db, work_queue
from portal.embedded import addresses
from portal.errors import CannotStart
from portal.files import Files
from portal.settings import Settings

if TYPE_CHECKING:  # heavy; most processes never use both
    from rdflib import URIRef

    from kg.embed import Embedder
    from kg.index import Index
    from portal.embedding import Embedding
    from portal.proposals import Proposal


@dataclass(frozen=True)
class Parts:
    settings: Settings
    engine: Engine
    store: GraphStore
    redis: redis.Redis
    files: Files

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A database session: commit it yourself; what is not committed is rolled back.

        Jobs that it asked for (`work_queue.enqueue`) are sent when it closes.
        """
        with db.session(self.engine) as opened:
            yield opened
            asked = work_queue.has_enqueued(opened)
        if asked:
            work_queue.send_pending(self.engine, self.redis)

    def dataset(self, rag_id: int) -> Dataset:
        return Dataset(self.settings.base_iri, rag_id)

    def embedder(self) -> "Embedder":
        """The model that turns text into vectors; loaded at its first use, then kept while it is chosen."""
        return self._embedding.embedder()

    @property
    def embedder_name(self) -> str:
        """The same model's name, without loading it."""
        return self._embedding.name()

    @property
    def index(self) -> "Index":
        """The retrieval index with the embedding model of now: take it once for one piece of work."""
        return self._embedding.index()

    @cached_property
    def _embedding(self) -> "Embedding":
        from portal.embedding import Embedding  # noqa: PLC0415  # it works with these parts

        return Embedding(self)

    @cached_property
    def proposed(self) -> "OrderedDict[str, Proposal]":
        """The proposals that were laid out last, see `portal.proposals`."""
        return OrderedDict()

    @cached_property
    def uses(self) -> "OrderedDict[tuple[int, int], dict[URIRef, int]]":
        """How often classes and properties are used, of a few versions, see `portal.explore.terms`."""
        return OrderedDict()

    def close(self) -> None:
        self.redis.close()
        self.engine.dispose()


def wire(settings: Settings, embedded: addresses.Addresses | None = None) -> Parts:
    """Connects lazily: a part that is down raises where it is used, not here.

    Embedded parts are where `embedded` says, else where the data folder's parts.json says.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise CannotStart("folder-unwritable", folder=settings.data_dir, why=e.strerror) from e
    found = embedded or addresses.read(settings.data_dir)
    return Parts(
        settings=settings,
        engine=db.make_engine(database_url(settings)),
        store=_store(settings, found),
        redis=redis.Redis.from_url(
            queue_url(settings, found),
            socket_connect_timeout=3,
            socket_timeout=30,
            health_check_interval=15,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 2),
        ),
        files=Files(storage_url(settings), tuple(_s3(settings, storage_url(settings)).items())),
    )


def queue_url(settings: Settings, found: addresses.Addresses | None) -> str:
    return settings.redis_url.get_secret_value() or (found.redis_url if found else "redis://127.0.0.1:1")


def database_url(settings: Settings) -> str:
    return settings.database_url.get_secret_value() or f"sqlite:///{settings.data_dir / 'ferag.sqlite'}"


def storage_url(settings: Settings) -> str:
    return settings.storage_url or (settings.data_dir / "files").as_uri()


def index_url(settings: Settings) -> str:
    return settings.index_url or str(settings.data_dir / "index")


def index_options(settings: Settings) -> dict[str, str] | None:
    """LanceDB's names for the storage credentials; None for a folder."""
    if not settings.index_url.startswith("s3://"):
        return None
    options = {
        "aws_access_key_id": settings.storage_key,
        "aws_secret_access_key": settings.storage_secret.get_secret_value(),
        "aws_endpoint": settings.storage_endpoint,
        "allow_http": "true" if settings.storage_endpoint.startswith("http://") else "",
    }
    return {name: value for name, value in options.items() if value}


def index_files(settings: Settings) -> Files:
    """The index as files: what a backup takes and gives back."""
    url = settings.index_url or (settings.data_dir / "index").as_uri()
    return Files(url, tuple(_s3(settings, url).items()))


def _s3(settings: Settings, url: str) -> dict[str, str]:
    if not url.startswith("s3://"):
        return {}
    options: dict[str, str] = {}
    if settings.storage_key:
        options |= {"key": settings.storage_key, "secret": settings.storage_secret.get_secret_value()}
    if settings.storage_endpoint:
        options["endpoint_url"] = settings.storage_endpoint
    return options


def _store(settings: Settings, found: addresses.Addresses | None) -> GraphStore:
    if settings.fuseki_url:
        return Fuseki(settings.fuseki_url, settings.fuseki_user, settings.fuseki_password.get_secret_value())
    return Oxigraph(found.store_url if found else "http://127.0.0.1:1", settings.data_dir / "turns")
