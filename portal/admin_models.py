"""What administrators do with language models: add, change, delete, choose, and give them their keys.

A key goes in and never comes out, see `portal.model_listing`.
"""

import math
from typing import Any

from sqlmodel import Session, select

from kg.llm.presets import PRESETS
from portal import access, audit, db, model_addresses, model_profiles, sealing
from portal.access import Actor
from portal.errors import Conflict, Invalid, NotFound
from portal.model_listing import Draft
from portal.model_profiles import ROLES, Profile
from portal.models import ModelRole, StoredProfile, now
from portal.wiring import Parts

LONGEST_KEY = 4000
# the least and the most of each number
BOUNDS = {
    "timeout": (1.0, 3600.0),
    "in_flight": (1, 256),
    "context_window": (512, 10_000_000),
    "max_tokens": (16, 1_000_000),
    "price_in": (0.0, 10_000.0),
    "price_out": (0.0, 10_000.0),
}


def add(parts: Parts, actor: Actor, draft: Draft, key: str = "") -> int:
    """A new model, which does nothing until it is chosen for something; its number."""
    access.check_admin(actor)
    draft = _checked(draft)
    with parts.session() as opened:
        db.lock_writers(opened)
        _check_name(opened, draft.name, None)
        row = StoredProfile(**_fields(draft))
        row.changed_by = actor.user_id
        if key.strip():
            _set_key(parts, actor, row, key)
        opened.add(row)
        opened.flush()
        audit.record(opened, actor, "model.add", subject=draft.name, **_told(row))
        opened.commit()
        assert row.id is not None
        return row.id


def change(parts: Parts, actor: Actor, profile_id: int, draft: Draft) -> bool:
    """Holds from the next call on. Was its key removed? No other server is sent it than it was set for."""
    access.check_admin(actor)
    draft = _checked(draft)
    with parts.session() as opened:
        row = _row(opened, profile_id)
        key = model_profiles.key_of(parts.settings, row) or ""
        embeds = _serves(opened, profile_id, "embed")
        moved = model_profiles.origin(draft.base_url) != model_profiles.origin(row.base_url)
        other = (draft.base_url, draft.model) != (row.base_url, row.model)
    if embeds and other:
        model_addresses.check_embeds(_profile(draft, "" if moved else key))
    with parts.session() as opened:
        row = _row(opened, profile_id, lock=True)
        _check_name(opened, draft.name, profile_id)
        lost = bool(row.key_sealed) and moved
        for name, value in _fields(draft).items():
            setattr(row, name, value)
        if lost:
            row.key_sealed = row.key_set_by = row.key_set_at = None
        row.changed_by, row.changed_at = actor.user_id, now()
        opened.add(row)
        audit.record(opened, actor, "model.change", subject=draft.name, **_told(row))
        opened.commit()
    return lost


def set_key(parts: Parts, actor: Actor, profile_id: int, key: str) -> None:
    """Replaces the one before."""
    access.check_admin(actor)
    with parts.session() as opened:
        row = _row(opened, profile_id)
        _set_key(parts, actor, row, key)
        opened.add(row)
        audit.record(opened, actor, "model.key", subject=row.name)
        opened.commit()


def remove_key(parts: Parts, actor: Actor, profile_id: int) -> None:
    access.check_admin(actor)
    with parts.session() as opened:
        row = _row(opened, profile_id)
        row.key_sealed = row.key_set_by = row.key_set_at = None
        opened.add(row)
        audit.record(opened, actor, "model.key-removed", subject=row.name)
        opened.commit()


def delete(parts: Parts, actor: Actor, profile_id: int) -> None:
    """Conflict while it does something."""
    access.check_admin(actor)
    with parts.session() as opened:
        row = _row(opened, profile_id, lock=True)
        if opened.exec(select(ModelRole.role).where(ModelRole.profile_id == profile_id)).first():
            raise Conflict("model-in-use", name=row.name)
        opened.delete(row)
        audit.record(opened, actor, "model.delete", subject=row.name)
        opened.commit()


def serve(parts: Parts, actor: Actor, role: str, profile_id: int) -> None:
    """This model does this from now on, in every process.

    Conflict if it is to embed and gives no vectors: the indexes would be made anew with it.
    """
    access.check_admin(actor)
    _check_role(role)
    with parts.session() as opened:
        chosen = model_profiles.of_row(parts.settings, _row(opened, profile_id))
    if role == "embed":
        model_addresses.check_embeds(chosen)
    _choose(parts, actor, role, profile_id, chosen.name)


def serve_without(parts: Parts, actor: Actor, role: str) -> None:
    """The built-in way, whatever the settings say."""
    access.check_admin(actor)
    _check_role(role)
    _choose(parts, actor, role, None, "built in")


def serve_by_settings(parts: Parts, actor: Actor, role: str) -> None:
    """What the settings say, as long as nobody chooses otherwise."""
    access.check_admin(actor)
    _check_role(role)
    with parts.session() as opened:
        kept = opened.get(ModelRole, role)
        if kept is not None:
            opened.delete(kept)
        audit.record(opened, actor, "model.role", subject=role, model="by the settings")
        opened.commit()


# ---- inside


def _choose(parts: Parts, actor: Actor, role: str, profile_id: int | None, name: str) -> None:
    with parts.session() as opened:
        if profile_id is not None:
            _row(opened, profile_id, lock=True)
        kept = opened.get(ModelRole, role) or ModelRole(role=role)
        kept.profile_id, kept.changed_by, kept.changed_at = profile_id, actor.user_id, now()
        opened.add(kept)
        audit.record(opened, actor, "model.role", subject=role, model=name)
        opened.commit()


def _row(opened: Session, profile_id: int, *, lock: bool = False) -> StoredProfile:
    """`lock`: as long as the transaction lasts, nobody else changes it or chooses it."""
    if lock:
        db.lock_writers(opened)
    row = opened.get(StoredProfile, profile_id, with_for_update=lock)
    if row is None:
        raise NotFound("model-profile", str(profile_id))
    return row


def _serves(opened: Session, profile_id: int, role: str) -> bool:
    kept = opened.get(ModelRole, role)
    return kept is not None and kept.profile_id == profile_id


def _set_key(parts: Parts, actor: Actor, row: StoredProfile, key: str) -> None:
    key = key.strip()
    if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable() or " " in key:
        raise Invalid("key", "model-key-bad")
    row.key_sealed = sealing.sealed(parts.settings, key, model_profiles.origin(row.base_url))
    row.key_set_by, row.key_set_at = actor.user_id, now()


def _checked(draft: Draft) -> Draft:
    """Invalid says which field does not fit."""
    name, model = " ".join(draft.name.split()), draft.model.strip()
    if not name or len(name) > 60 or not name.isprintable():
        raise Invalid("name", "model-name")
    if not model or len(model) > 120 or not model.isprintable():
        raise Invalid("model", "model-model")
    if draft.preset not in PRESETS:
        raise Invalid("preset", "model-numbers")
    for field, (least, most) in BOUNDS.items():
        value = getattr(draft, field)
        if not math.isfinite(value) or not least <= value <= most:
            raise Invalid(field, "model-numbers")
    numbers = {field: getattr(draft, field) for field in BOUNDS}
    address = model_addresses.checked(draft.base_url)
    return Draft(name, draft.preset, address, model, **numbers, in_chat=draft.in_chat)


def _check_name(opened: Session, name: str, own: int | None) -> None:
    taken = opened.exec(select(StoredProfile.id, StoredProfile.name)).all()
    if any(n.casefold() == name.casefold() and i != own for i, n in taken):
        raise Invalid("name", "model-name-taken", name=name)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise NotFound("model", role)


def _fields(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in draft.__slots__}


def _profile(draft: Draft, key: str) -> Profile:
    return Profile(None, draft.name, draft.base_url, draft.model, key, timeout=draft.timeout)


def _told(row: StoredProfile) -> dict[str, Any]:
    return {
        "model": row.model,
        "address": row.base_url,
        "key": row.key_sealed is not None,
        "chat": row.in_chat,
    }
