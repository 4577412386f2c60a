"""Taking files in: each is stored before its row, refused with a sentence, or known already.

One call is one cycle. A queue or a graph store that is down does not matter here: the files are kept,
and the work starts when a worker finds it.
"""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from kg.errors import Unreadable
from kg.text import read
from kg.vocab import digest
from portal import access, audit, cycles, rates
from portal.access import Action, Actor
from portal.errors import Invalid
from portal.messages import MESSAGES
from portal.models import OPEN_STATES, Cycle, CycleKind, Document, Rag, Revision
from portal.wiring import Parts

LOOKED_AT_ONCE = 2**20  # bytes: small files are tried at once, large ones by the worker
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Upload:
    name: str
    content: bytes | IO[bytes]


@dataclass(frozen=True, slots=True)
class Refused:
    """`code` is one of `portal.messages`, or "unreadable": then `why` says it."""

    name: str
    code: str
    why: str


@dataclass(frozen=True, slots=True)
class Receipt:
    cycle: int | None  # its number; None if nothing was accepted
    accepted: tuple[str, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class _Stored:
    name: str
    key: str
    sha256: str
    size: int


def original_key(rag_id: int, revision_key: str) -> str:
    return f"rags/{rag_id}/documents/{revision_key}/original"


def upload(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    files: Iterable[Upload],
    title: str = "",
    budget: int | None = None,
) -> Receipt:
    """Store the files, each before the next is asked for, and begin a cycle with those that are new.

    A file of a known name with other content is a new revision of that document. `budget` are the tokens
    that a model may use for the cycle (0: no limit), instead of the knowledge base's.
    """
    with parts.session() as db:
        role = access.check(db, actor, rag_id, Action.upload)
    rates.limit(parts, actor, rates.UPLOADS, role, rag_id)
    stored: list[_Stored] = []
    refused: list[Refused] = []
    for file in files:
        name = clean_name(file.name)
        taken = _store(parts, rag_id, name, file.content)
        (refused if isinstance(taken, Refused) else stored).append(taken)  # type: ignore[arg-type]
    if not stored and not refused:
        raise Invalid("files", "nothing-to-upload")
    with parts.session() as db:
        assert actor.user_id is not None
        db.exec(select(Rag.id).where(Rag.id == rag_id).with_for_update()).one()
        fresh = list(_fresh(db, rag_id, stored, refused))
        cycle = None
        if fresh:
            cycle = cycles.create(db, rag_id, CycleKind.upload, title or _title(fresh), actor.user_id)
            cycle.budget = cycle.budget if budget is None else max(0, budget)
            for file_ in fresh:
                key = _add_revision(db, cycle, actor.user_id, file_)
                parts.files.move(file_.key, original_key(rag_id, key))
            audit.record(
                db, actor, "document.upload", rag_id=rag_id, subject=f"cycle {cycle.number}", files=len(fresh)
            )
        db.commit()
    for file_ in stored:
        if file_ not in fresh:
            parts.files.delete(file_.key)
    return Receipt(cycle.number if cycle else None, tuple(f.name for f in fresh), tuple(refused))


def clean_name(name: str) -> str:
    """A file's name without folders, control and direction characters, in composed form."""
    plain = _CONTROL.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/")
    return PurePosixPath(plain).name.strip() or "unnamed"


def _store(parts: Parts, rag_id: int, name: str, content: bytes | IO[bytes]) -> _Stored | Refused:
    """The file under a key of its own, or why it is refused."""
    limit = parts.settings.max_upload_mb * 2**20
    if len(name) > 255:
        return _refused(name[:60] + "…", "name-too-long")
    stream = _Limited(BytesIO(content) if isinstance(content, bytes) else content, limit)
    key = f"rags/{rag_id}/incoming/{uuid.uuid4().hex}"
    size = parts.files.put(key, stream)  # type: ignore[arg-type]
    if stream.over:
        parts.files.delete(key)
        return _refused(name, "too-large", limit=parts.settings.max_upload_mb)
    if not size:
        parts.files.delete(key)
        return _refused(name, "empty-file")
    if size <= LOOKED_AT_ONCE:
        try:
            read.check(parts.files.get(key), name)
        except Unreadable as e:
            parts.files.delete(key)
            return Refused(name, "unreadable", str(e))
    return _Stored(name, key, stream.sha256.hexdigest(), size)


class _Limited:
    """A stream that ends one piece after the limit, and knows its digest."""

    def __init__(self, stream: IO[bytes], limit: int) -> None:
        self.stream, self.limit = stream, limit
        self.read_so_far = 0
        self.sha256 = hashlib.sha256()

    @property
    def over(self) -> bool:
        return self.read_so_far > self.limit

    def read(self, size: int = -1) -> bytes:
        if self.over:
            return b""
        piece = self.stream.read(size)
        self.read_so_far += len(piece)
        self.sha256.update(piece)
        return piece


def _fresh(db: Session, rag_id: int, stored: Sequence[_Stored], refused: list[Refused]) -> Iterator[_Stored]:
    seen: set[str] = set()
    for file in stored:
        if file.sha256 in seen:
            refused.append(_refused(file.name, "twice"))
        elif _known(db, rag_id, file.sha256):
            refused.append(_refused(file.name, "already-there"))
        else:
            seen.add(file.sha256)
            yield file


def _known(db: Session, rag_id: int, sha256: str) -> bool:
    """Is this content approved, or on its way?"""
    return (
        db.exec(
            select(Revision.id)
            .join(Cycle, col(Revision.cycle_id) == Cycle.id)
            .join(Document, col(Revision.document_id) == Document.id)
            .where(
                Revision.rag_id == rag_id,
                Revision.sha256 == sha256,
                Revision.error == "",
                col(Document.removed_at).is_(None),
                or_(col(Revision.current), col(Cycle.state).in_(OPEN_STATES)),
            )
            .limit(1)
        ).first()
        is not None
    )


def _add_revision(db: Session, cycle: Cycle, user_id: int, file: _Stored) -> str:
    """The row of a stored file; its key is the same whenever the same uploads are made in the same order."""
    document = db.exec(
        select(Document).where(
            Document.rag_id == cycle.rag_id, Document.name == file.name, col(Document.removed_at).is_(None)
        )
    ).first()
    if document is None:
        document = Document(rag_id=cycle.rag_id, name=file.name)
        db.add(document)
        db.flush()
    assert document.id is not None
    assert cycle.id is not None
    last = db.exec(select(func.max(Revision.number)).where(Revision.document_id == document.id)).one()
    number = (last or 0) + 1
    key = digest(cycle.rag_id, document.id, number, file.sha256, length=16)
    db.add(
        Revision(
            key=key,
            document_id=document.id,
            rag_id=cycle.rag_id,
            cycle_id=cycle.id,
            number=number,
            sha256=file.sha256,
            size=file.size,
            created_by=user_id,
        )
    )
    db.flush()
    return key


def _refused(name: str, code: str, **words: object) -> Refused:
    return Refused(name, code, MESSAGES[code].format(name=name, **words))


def _title(files: Sequence[_Stored]) -> str:
    names = ", ".join(f.name for f in files[:3])
    return names if len(files) <= 3 else f"{names} +{len(files) - 3}"
