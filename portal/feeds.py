"""What changed, for feed readers: one Atom entry for each approved version, and addresses with a secret.

A feed reader can neither log in nor send a header, so a member makes an address whose secret part lets it
in: to this feed only, for as long as its maker may read the knowledge base and has not revoked it.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from portal import access, atom, audit, history, rags
from portal.access import Action, Actor
from portal.atom import Entry, Feed
from portal.errors import Conflict, Forbidden, NotFound, Unknown
from portal.history import Between, VersionView
from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import FeedAddress, User, now
from portal.wiring import Parts

LATEST = 15  # versions in a feed
SAID = 40  # sentences of one version
MOST = 20  # addresses of one person for one knowledge base
NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class AddressView:
    """An address as its maker sees it: the secret part was shown once."""

    id: int
    hint: str
    created_at: datetime
    used_at: datetime | None


def make(parts: Parts, actor: Actor, rag_id: int) -> str:
    """A new address; it can be told once only. Only a person makes one, not a token."""
    access.check_person(actor)
    secret = secrets.token_urlsafe(32)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        if actor.user_id is None:
            raise Forbidden("feed")
        mine = (FeedAddress.user_id == actor.user_id, FeedAddress.rag_id == rag_id)
        good = (*mine, col(FeedAddress.revoked_at).is_(None))
        if db.exec(select(func.count()).select_from(FeedAddress).where(*good)).one() >= MOST:
            raise Conflict("feeds-many", most=MOST)
        db.add(FeedAddress(user_id=actor.user_id, rag_id=rag_id, hint=secret[:4], token_hash=_digest(secret)))
        audit.record(db, actor, "feed.create", rag_id=rag_id)
        db.commit()
    return f"{parts.settings.address}/feeds/{secret}.atom"


def mine(parts: Parts, actor: Actor, rag_id: int) -> tuple[AddressView, ...]:
    """The actor's addresses for this knowledge base, the newest first."""
    access.check_person(actor)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.exec(
            select(FeedAddress)
            .where(FeedAddress.user_id == actor.user_id, FeedAddress.rag_id == rag_id)
            .where(col(FeedAddress.revoked_at).is_(None))
            .order_by(col(FeedAddress.id).desc())
        ).all()
        return tuple(AddressView(f.id or 0, f.hint, f.created_at, f.used_at) for f in found)


def revoke(parts: Parts, actor: Actor, rag_id: int, feed_id: int) -> None:
    """End one of the actor's own addresses: the next look at it finds nothing."""
    access.check_person(actor)
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.get(FeedAddress, feed_id)
        if found is None or found.revoked_at or (found.user_id, found.rag_id) != (actor.user_id, rag_id):
            raise NotFound("feed", str(feed_id))
        found.revoked_at = now()
        db.add(found)
        audit.record(db, actor, "feed.revoke", rag_id=rag_id)
        db.commit()


def whose(parts: Parts, secret: str) -> tuple[Actor, int]:
    """Who made this address, and of which knowledge base it is; Unknown if it is none (any more)."""
    with parts.session() as db:
        row = db.exec(
            select(FeedAddress, User)
            .join(User, col(FeedAddress.user_id) == User.id)
            .where(FeedAddress.token_hash == _digest(secret), col(FeedAddress.revoked_at).is_(None))
            .where(col(User.disabled_at).is_(None))
        ).first()
        if row is None:
            raise Unknown("token-unknown")
        found, user = row
        if found.used_at is None or now() - found.used_at > NOTED_EVERY:
            found.used_at = now()
            db.add(found)
            db.commit()
        scopes = frozenset({Action.read.value})  # an address does nothing but read
        return Actor(user.id, user.email, False, "", scopes), found.rag_id


def stamp(parts: Parts, actor: Actor, rag_id: int) -> str:
    """Changes when the feed does: for a reader that has it already."""
    rag = rags.get(parts, actor, rag_id)
    return hashlib.sha256(f"{rag_id} {rag.version} {rag.name}".encode()).hexdigest()[:16]


def changes(parts: Parts, actor: Actor, rag_id: int, itself: str) -> bytes:
    """The latest versions as an Atom feed (RFC 4287) in the language in use; `itself` is its address."""
    rag, dataset = rags.get(parts, actor, rag_id), parts.dataset(rag_id)
    latest = history.timeline(parts, actor, rag_id)[:LATEST]
    page = f"{parts.settings.address}/versions?rag={rag_id}"
    feed = Feed(
        id=f"{dataset.root}versions",
        title=_("{name}: what changed").format(name=rag.name),
        updated=latest[0].approved_at if latest else rag.created_at,
        itself=itself,
        page=page,
        author=rag.name,
        entries=tuple(
            Entry(
                id=f"{dataset.root}version/{v.number}",
                title=_title(v),
                updated=v.approved_at,
                author=v.approved_by,
                page=page,
                lines=_lines(history.between(parts, actor, rag_id, v.number - 1, v.number)),
            )
            for v in latest
        ),
    )
    return atom.written(feed)


def _title(v: VersionView) -> str:
    if v.rolled_back_to is not None:
        return _("Version {n}: a return to version {old}").format(n=v.number, old=v.rolled_back_to)
    text = ngettext("Version {v}: {n} change", "Version {v}: {n} changes", v.applied)
    return text.format(v=v.number, n=v.applied)


def _lines(found: Between) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What a version changed: headings with sentences, at most `SAID` of each."""
    facts = [
        (title, tuple(f"{f.subject} {f.predicate} {f.object}" for f in some))
        for title, some in (
            (_("New facts"), found.added),
            (_("Facts that are gone"), found.removed),
            (_("Facts with other dates, sources or words"), found.changed),
        )
    ]
    names = [
        (_("New things"), found.things),
        (_("Things that are gone"), found.things_gone),
        (_("New kinds and relations"), found.terms),
        (_("Kinds and relations that are gone"), found.terms_gone),
        (_("Other names"), tuple(f"{old} → {new}" for old, new in found.renamed)),
    ]
    return tuple((title, _some(lines)) for title, lines in (*facts, *names) if lines)


def _some(lines: tuple[str, ...]) -> tuple[str, ...]:
    more = len(lines) - SAID
    return (*lines[:SAID], _("and {n} more").format(n=more)) if more > 0 else lines


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
