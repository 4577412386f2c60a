"""The embedding model in use and the retrieval index with it; others when another is chosen."""

import threading
from typing import TYPE_CHECKING

from kg.embed import LOCAL, endpoint_name
from portal import model_profiles, wiring
from portal.model_profiles import Profile
from portal.wiring import Parts

if TYPE_CHECKING:  # heavy; most processes never use both
    from kg.embed import Embedder
    from kg.index import Index


class Embedding:
    """Thread-safe; who works with what was chosen before may go on with it."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = threading.Lock()
        self._chosen: Profile | None = None
        self._embedder: Embedder | None = None
        self._index: Index | None = None

    def name(self) -> str:
        chosen = self._served()
        return endpoint_name(chosen.model, chosen.base_url) if chosen else LOCAL

    def embedder(self) -> "Embedder":
        chosen = self._served()
        with self._lock:
            return self._current(chosen)

    def index(self) -> "Index":
        from kg.index import Index  # noqa: PLC0415

        chosen, settings = self._served(), self._parts.settings
        with self._lock:
            embedder = self._current(chosen)
            if self._index is None:
                options = wiring.index_options(settings)
                self._index = Index(wiring.index_url(settings), embedder, storage_options=options)
            return self._index

    def _served(self) -> Profile | None:
        return model_profiles.served(self._parts, "embed").profile

    def _current(self, chosen: Profile | None) -> "Embedder":
        """The lock is held."""
        if self._embedder is None or chosen != self._chosen:
            self._embedder, self._chosen, self._index = self._made(chosen), chosen, None
        return self._embedder

    def _made(self, chosen: Profile | None) -> "Embedder":
        if chosen is not None:
            from portal import language_models  # noqa: PLC0415

            return language_models.embedder(self._parts, chosen)
        from kg.embed import local  # noqa: PLC0415

        return local.load(self._parts.settings.models_dir)
