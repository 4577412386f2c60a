"""Which language models there are and which does what, for administrators and for who asks.

A key is never told: only whether there is one, who set it and when.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select

from portal import access, model_profiles
from portal.access import Action, Actor
from portal.model_profiles import ROLES, Profile, Served
from portal.models import Rag, RagIndex, StoredProfile, User
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Draft:
    """What an administrator says of a model; prices are per million tokens."""

    name: str
    preset: str
    base_url: str
    model: str
    timeout: float = 120.0
    in_flight: int = 8
    context_window: int = 8192
    max_tokens: int = 2048
    price_in: float = 0.0
    price_out: float = 0.0
    in_chat: bool = False


@dataclass(frozen=True, slots=True)
class KeyView:
    """`readable` is False where it was encrypted by an installation with another key."""

    readable: bool
    by: str  # the address of who set it; "" for the settings
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ProfileView:
    """`id` is None for what the settings name for the role `named_for`, which no page changes."""

    id: int | None
    draft: Draft
    key: KeyView | None
    serves: tuple[str, ...]
    named_for: str = ""


@dataclass(frozen=True, slots=True)
class RoleView:
    """What serves a role now, and what the settings name for it ("" for nothing)."""

    served: Served
    by_settings: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What a question can be answered by: `usual` is "" where answers are quoted sentences."""

    usual: str
    others: tuple[tuple[int, str], ...]  # number and name


def profiles(parts: Parts, actor: Actor) -> tuple[ProfileView, ...]:
    """Those of the settings first, then by name."""
    access.check_admin(actor)
    with parts.session() as opened:
        chosen = {role: model_profiles.served_in(opened, parts.settings, role) for role in ROLES}
        rows = opened.exec(
            select(StoredProfile, User.email)
            .join(User, col(StoredProfile.key_set_by) == User.id, isouter=True)
            .order_by(StoredProfile.name)
        ).all()
        named = {role: model_profiles.of_settings(parts.settings, role) for role in ROLES}
        return (
            *(_of_settings(role, p, chosen[role]) for role, p in named.items() if p is not None),
            *(_of_row(parts, row, email or "", chosen) for row, email in rows),
        )


def roles(parts: Parts, actor: Actor) -> tuple[RoleView, ...]:
    access.check_admin(actor)
    found = []
    for role in ROLES:
        named = model_profiles.of_settings(parts.settings, role)
        found.append(RoleView(model_profiles.served(parts, role), named.model if named else ""))
    return tuple(found)


def choice(parts: Parts, actor: Actor, rag_id: int) -> Choice:
    """The models that administrators offer for questions."""
    with parts.session() as opened:
        access.check(opened, actor, rag_id, Action.ask)
        usual = model_profiles.served_in(opened, parts.settings, "chat").profile
        rows = opened.exec(
            select(StoredProfile).where(col(StoredProfile.in_chat)).order_by(StoredProfile.name)
        ).all()
    own = usual.id if usual else None
    others = tuple((r.id or 0, r.name) for r in rows if own is None or r.id != own)
    return Choice(usual.name if usual else "", others)


@dataclass(frozen=True, slots=True)
class Behind:
    """Knowledge bases whose index is not of the chosen embedding model, of how many; the last error."""

    waiting: int
    total: int
    error: str


def behind(parts: Parts, actor: Actor) -> Behind:
    """How far the indexes are made anew; they serve meanwhile."""
    access.check_admin(actor)
    name = parts.embedder_name
    with parts.session() as opened:
        rows = opened.exec(
            select(RagIndex.embedder, RagIndex.error)
            .join(Rag, col(Rag.id) == RagIndex.rag_id)
            .where(col(Rag.deleted_at).is_(None), Rag.version > 0)
        ).all()
    waiting = [error for embedder, error in rows if embedder not in ("", name)]
    return Behind(len(waiting), len(rows), next(filter(None, waiting), ""))


# ---- inside


def _of_settings(role: str, found: Profile, now_serves: Served) -> ProfileView:
    draft = Draft(found.model, "other", found.base_url, found.model)
    key = KeyView(True, "", None) if found.key else None
    return ProfileView(None, draft, key, (role,) if now_serves.profile == found else (), role)


def _of_row(parts: Parts, row: StoredProfile, email: str, chosen: dict[str, Served]) -> ProfileView:
    draft = Draft(**{name: getattr(row, name) for name in Draft.__slots__})
    key = None
    if row.key_sealed:
        key = KeyView(model_profiles.key_of(parts.settings, row) is not None, email, row.key_set_at)
    serves = tuple(role for role, s in chosen.items() if s.profile is not None and s.profile.id == row.id)
    return ProfileView(row.id, draft, key, serves)
