"""Which extractor an installation has: the language model it names, else the local one."""

from functools import lru_cache

from kg.errors import ModelRefused
from kg.extract import Extractor
from portal.wiring import Parts


def extractor(parts: Parts, rag_id: int, cycle_id: int) -> Extractor:
    """For one cycle: a model's calls are remembered and billed under it."""
    settings = parts.settings
    wanted = settings.extractor
    if wanted == "llm" or (wanted == "auto" and settings.extract_url):
        from kg.extract.llm import Llm  # noqa: PLC0415  # heavy, and only where it is wanted
        from portal import language_models  # noqa: PLC0415

        chat = language_models.chat(parts, "extract", rag_id, cycle_id)
        if chat is None:
            raise ModelRefused("FERAG_EXTRACTOR=llm needs FERAG_EXTRACT_MODEL and FERAG_EXTRACT_URL")
        return Llm(chat)
    return offline()


@lru_cache(maxsize=1)
def offline() -> Extractor:
    """Loaded once per process: it holds models of hundreds of megabytes."""
    from kg.extract.offline import Offline  # noqa: PLC0415  # heavy

    return Offline()
