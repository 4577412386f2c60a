"""What administrators say to everybody: a banner, and that the portal is under maintenance."""

import time
from dataclasses import dataclass
from typing import Literal

from kg.guard import visible
from portal import access, audit
from portal.access import Actor
from portal.errors import Invalid, PartDown
from portal.models import Choice, now
from portal.wiring import Parts

BANNER, MAINTENANCE = "banner", "maintenance"
LONGEST = 500
KEPT_SECONDS = 2.0  # how long a process may show what has just been changed

Tone = Literal["info", "warn"]


@dataclass(frozen=True, slots=True)
class Notices:
    """`banner` is shown on every page; under maintenance only administrators get in."""

    banner: str = ""
    tone: Tone = "info"
    maintenance: bool = False
    why: str = ""


NONE = Notices()
_kept: dict[str, tuple[float, Notices]] = {}  # by database: every request looks


def current(parts: Parts) -> Notices:
    """What holds now, at most KEPT_SECONDS old."""
    key = str(parts.engine.url)
    found = _kept.get(key)
    if found is None or time.monotonic() - found[0] > KEPT_SECONDS:
        found = (time.monotonic(), _read(parts))
        _kept[key] = found
    return found[1]


def closed_for(parts: Parts, actor: Actor) -> bool:
    """Is the portal under maintenance for this person?"""
    return current(parts).maintenance and not actor.is_admin


def set_banner(parts: Parts, actor: Actor, text: str, tone: Tone = "info") -> None:
    """Empty text takes it away."""
    _set(parts, actor, BANNER, {"text": _plain(text), "tone": tone if tone == "warn" else "info"})


def set_maintenance(parts: Parts, actor: Actor, on: bool, text: str = "") -> None:
    """Who is no administrator reads `text` instead of any page; workers go on."""
    _set(parts, actor, MAINTENANCE, {"on": bool(on), "text": _plain(text)})


def _set(parts: Parts, actor: Actor, name: str, value: dict[str, object]) -> None:
    access.check_admin(actor)
    with parts.session() as db:
        kept = db.get(Choice, name) or Choice(name=name)
        kept.value, kept.changed_by, kept.changed_at = value, actor.user_id, now()
        db.add(kept)
        audit.record(db, actor, f"{name}.change", subject=str(value.get("text", "")), on=value.get("on"))
        db.commit()
    _kept.pop(str(parts.engine.url), None)


def _plain(text: str) -> str:
    plain = " ".join(visible(text).split())
    if len(plain) > LONGEST:
        raise Invalid("text", "text-long", longest=LONGEST)
    return plain


def _read(parts: Parts) -> Notices:
    try:
        with parts.session() as db:
            banner, maintenance = db.get(Choice, BANNER), db.get(Choice, MAINTENANCE)
    except PartDown:
        return NONE  # the page says that the database is down
    said = banner.value if banner else {}
    shut = maintenance.value if maintenance else {}
    return Notices(
        banner=str(said.get("text", "")),
        tone="warn" if said.get("tone") == "warn" else "info",
        maintenance=bool(shut.get("on")),
        why=str(shut.get("text", "")),
    )
