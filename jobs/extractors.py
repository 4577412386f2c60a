"""Which extractor an installation has: the language model it names, else the local one."""

from contextlib import nullcontext
from functools import lru_cache

from kg.errors import ModelRefused
from kg.extract import Extractor
from kg.llm.calls import Gate
from portal import model_profiles
from portal.wiring import Parts


def extractor(parts: Parts, rag_id: int, cycle_id: int, around: Gate = nullcontext) -> Extractor:
    """For one cycle: a model's calls are remembered and billed under it, and made within `around`."""
    if by_model(parts):
        from kg.extract.llm import Llm  # noqa: PLC0415  # heavy, and only where it is wanted
        from portal import language_models  # noqa: PLC0415

        chat = language_models.chat(parts, "extract", rag_id, cycle_id, around=around)
        if chat is None:
            raise ModelRefused("FERAG_EXTRACTOR=llm needs a model: choose one on the page of administration")
        return Llm(chat)
    return offline()


def by_model(parts: Parts) -> bool:
    """Is it a language model that reads here?"""
    return parts.settings.extractor == "llm" or model_profiles.reader(parts) is not None


@lru_cache(maxsize=1)
def offline() -> Extractor:
    """Loaded once per process: it holds models of hundreds of megabytes."""
    from kg.extract.offline import Offline  # noqa: PLC0415  # heavy

    return Offline()
