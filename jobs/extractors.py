"""Which extractor an installation has: the language model it names, else the local one."""

from functools import lru_cache

from kg.extract import Extractor
from portal.settings import Settings


@lru_cache(maxsize=1)
def extractor(settings: Settings) -> Extractor:
    """Loaded once per process: it may hold models of hundreds of megabytes."""
    wanted = settings.extractor
    if wanted == "llm" or (wanted == "auto" and settings.extract_url):
        from kg.extract.llm import Llm  # noqa: PLC0415  # only where it is wanted

        raise NotImplementedError(Llm)
    from kg.extract.offline import Offline  # noqa: PLC0415  # heavy

    return Offline()
