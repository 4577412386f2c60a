"""Which language model does what: an administrator's choice, else the settings', else what is built in.

Read anew wherever a model is used, so that a choice holds from the next call on, in every process.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from portal import sealing
from portal.models import ModelRole, StoredProfile
from portal.settings import Settings
from portal.wiring import Parts

ROLES = ("extract", "chat", "embed", "rerank")


class Source(StrEnum):
    """Who chose what serves a role."""

    page = "page"
    settings = "settings"
    built_in = "built-in"


@dataclass(frozen=True, slots=True)
class Profile:
    """A model behind an address; `id` is None for one of the settings, `key` "" for none that can be read."""

    id: int | None
    name: str
    base_url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 120.0
    in_flight: int = 8
    context_window: int = 8192
    max_tokens: int = 2048
    price_in: float = 0.0
    price_out: float = 0.0


@dataclass(frozen=True, slots=True)
class Served:
    """`profile` is None where the built-in way is used."""

    role: str
    source: Source
    profile: Profile | None


def served(parts: Parts, role: str) -> Served:
    """What does this now."""
    with parts.session() as db:
        return served_in(db, parts.settings, role)


def served_in(db: Session, settings: Settings, role: str) -> Served:
    chosen = db.exec(
        select(ModelRole, StoredProfile)
        .join(StoredProfile, col(ModelRole.profile_id) == StoredProfile.id, isouter=True)
        .where(ModelRole.role == role)
    ).first()
    if chosen is not None:
        stored = chosen[1]
        if stored is None:
            return Served(role, Source.page, None)
        return Served(role, Source.page, of_row(settings, stored))
    named = of_settings(settings, role)
    return Served(role, Source.settings if named else Source.built_in, named)


def reader(parts: Parts) -> Profile | None:
    """The model that reads documents; None where the extractor of this machine does."""
    return None if parts.settings.extractor == "offline" else served(parts, "extract").profile


def of_settings(settings: Settings, role: str) -> Profile | None:
    """What the settings name for a role; None if they do not."""
    model, url = getattr(settings, f"{role}_model"), getattr(settings, f"{role}_url")
    if not model or not url:
        return None
    return Profile(None, model, url, model, getattr(settings, f"{role}_key").get_secret_value())


def offered(parts: Parts, profile_id: int) -> Profile | None:
    """One that people may choose for their questions; None if it is none (any more)."""
    with parts.session() as db:
        found = db.get(StoredProfile, profile_id)
        return of_row(parts.settings, found) if found is not None and found.in_chat else None


def of_row(settings: Settings, row: StoredProfile) -> Profile:
    return Profile(
        id=row.id,
        name=row.name,
        base_url=row.base_url,
        model=row.model,
        key=key_of(settings, row) or "",
        timeout=row.timeout,
        in_flight=row.in_flight,
        context_window=row.context_window,
        max_tokens=row.max_tokens,
        price_in=row.price_in,
        price_out=row.price_out,
    )


def key_of(settings: Settings, row: StoredProfile) -> str | None:
    """Its key; None if it has none, or none that can be read here."""
    return sealing.opened(settings, row.key_sealed, origin(row.base_url)) if row.key_sealed else None


def origin(url: str) -> str:
    """Where a key may be sent: scheme, host and port.

    >>> origin("https://api.example.org/v1")
    'https://api.example.org:443'
    """
    split = urlsplit(url)
    port = split.port or (443 if split.scheme == "https" else 80)
    return f"{split.scheme}://{split.hostname}:{port}"
