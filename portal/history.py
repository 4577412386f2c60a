"""The approved versions: who made each, what lies between two of them, and where a fact comes from."""

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rdflib import RDFS, URIRef
from sqlalchemy import and_
from sqlmodel import col, select

from kg import rdf
from kg import versions as graph_versions
from kg.approved import ApprovedGraph
from kg.contents import by_subject, read_fact
from kg.model import Decision, Delta, Fact, Quad
from kg.rdf import NAMING
from kg.store.laid import Laid
from kg.vocab import Dataset
from portal import access, change_rows, graph_words
from portal.access import Action, Actor
from portal.errors import NotFound
from portal.graph_words import FactView
from portal.models import Change, Comment, Cycle, Rag, Touched, User, Version
from portal.wiring import Parts

TOLD = 500  # sentences of one kind


@dataclass(frozen=True, slots=True)
class VersionView:
    number: int
    cycle: int
    title: str
    rolled_back_to: int | None
    approved_by: str
    approved_at: datetime
    applied: int
    skipped: int
    added: int
    removed: int


@dataclass(frozen=True, slots=True)
class Between:
    """What turns one version into another, for people. `changed` facts have other dates, sources or words.

    Things, and kinds and relations, by name; `renamed` as (old, new). `left_out`: facts beyond the first.
    """

    added: tuple[FactView, ...] = ()
    removed: tuple[FactView, ...] = ()
    changed: tuple[FactView, ...] = ()
    things: tuple[str, ...] = ()
    things_gone: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    terms_gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """One step of a fact's way: the approved change that brought or changed it."""

    version: int
    cycle: int
    title: str
    change_id: str
    documents: tuple[str, ...]
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    reason: str
    approved_by: str
    approved_at: datetime
    comments: tuple[tuple[str, str], ...]  # who, text


def timeline(parts: Parts, actor: Actor, rag_id: int) -> tuple[VersionView, ...]:
    """All versions, newest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.exec(
            select(Version, Cycle, User)
            .join(Cycle, col(Version.cycle_id) == Cycle.id)
            .join(User, col(Version.approved_by) == User.id)
            .where(Version.rag_id == rag_id)
            .order_by(col(Version.number).desc())
        ).all()
        return tuple(
            VersionView(
                number=v.number,
                cycle=c.number,
                title=c.title,
                rolled_back_to=v.rolled_back_to,
                approved_by=u.name or u.email,
                approved_at=v.approved_at,
                applied=v.applied,
                skipped=v.skipped,
                added=v.added,
                removed=v.removed,
            )
            for v, c, u in found
        )


def difference(parts: Parts, rag_id: int, since: int, to: int) -> Delta:
    """What turns version `since` into version `to`, in either direction. Cost: the deltas between."""
    low, high = sorted((since, to))
    with parts.session() as db:
        keys = db.exec(
            select(Version.delta_key)
            .where(Version.rag_id == rag_id, Version.number > low, Version.number <= high)
            .order_by(col(Version.number))
        ).all()
    if len(keys) != high - low:
        raise NotFound("version", str(high))
    forward = graph_versions.compose([read_delta(parts, k) for k in keys])
    return forward if since <= to else forward.inverse()


def compare(parts: Parts, actor: Actor, rag_id: int, since: int, to: int) -> Delta:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
    return difference(parts, rag_id, since, to)


def between(parts: Parts, actor: Actor, rag_id: int, since: int, to: int) -> Between:
    """The same in words; names of today where a thing is still there, else those that it had."""
    delta = compare(parts, actor, rag_id, since, to)
    dataset = parts.dataset(rag_id)
    approved = ApprovedGraph(parts.store, dataset)
    added, removed = _facts(dataset, delta.add), _facts(dataset, delta.remove)
    whole = {rdf.assertion(dataset, *f.triple) for f in (*added, *removed)}
    changed = as_of(parts, rag_id, to).asserted(sorted(_assertions(dataset, delta) - whole)[:TOLD])
    now, before = _labels(delta.add), _labels(delta.remove)
    names = before | now

    def told(facts: Sequence[Fact]) -> tuple[FactView, ...]:
        return graph_words.views(approved, facts[:TOLD], names)

    return Between(
        added=told(added),
        removed=told(removed),
        changed=told(changed),
        things=_only(dataset, now, before, things=True),
        things_gone=_only(dataset, before, now, things=True),
        terms=_only(dataset, now, before, things=False),
        terms_gone=_only(dataset, before, now, things=False),
        renamed=tuple(sorted((before[i], now[i]) for i in now.keys() & before.keys() if now[i] != before[i])),
        left_out=max(0, len(added) - TOLD) + max(0, len(removed) - TOLD),
    )


def as_of(parts: Parts, rag_id: int, version: int) -> ApprovedGraph:
    """The graph as it was: what came since is taken back in memory."""
    with parts.session() as db:
        current = db.get_one(Rag, rag_id).version
    back = (
        Laid(parts.dataset(rag_id), difference(parts, rag_id, current, version))
        if version != current
        else None
    )
    return ApprovedGraph(parts.store, parts.dataset(rag_id), laid=back)


def origins(parts: Parts, actor: Actor, rag_id: int, fact: Fact) -> tuple[Origin, ...]:
    """Who proposed, decided and approved what is said in a fact, the latest first."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        found = db.exec(
            select(Change, Cycle, Version)
            .join(
                Touched,
                and_(col(Touched.cycle_id) == Change.cycle_id, col(Touched.change_id) == Change.change_id),
            )
            .join(Cycle, col(Cycle.id) == Change.cycle_id)
            .join(Version, col(Version.cycle_id) == Cycle.id)
            .where(
                Touched.what == change_rows.fact_key(fact),
                Cycle.rag_id == rag_id,
                col(Change.decision).in_([Decision.accepted, Decision.edited]),
            )
            .order_by(col(Version.number).desc())
            .limit(50)
        ).all()
        who = {i for ch, c, v in found for i in (ch.decided_by, c.created_by, v.approved_by)}
        said = db.exec(
            select(Comment)
            .where(
                col(Comment.cycle_id).in_({c.id for _, c, _ in found}),
                col(Comment.change_id).in_({c.change_id for c, _, _ in found}),
            )
            .order_by(col(Comment.id))
        ).all()
        name = {
            u.id: u.name or u.email
            for u in db.exec(select(User).where(col(User.id).in_(who | {c.by for c in said})))
        }
        return tuple(
            Origin(
                version=version.number,
                cycle=cycle.number,
                title=cycle.title,
                change_id=change.change_id,
                documents=tuple(d for d in change.documents.split("\n") if d),
                proposed_by=name[cycle.created_by],
                proposed_at=cycle.created_at,
                decided_by=name.get(change.decided_by, ""),
                reason=change.reason,
                approved_by=name[version.approved_by],
                approved_at=version.approved_at,
                comments=tuple(
                    (name[c.by], c.text)
                    for c in said
                    if (c.cycle_id, c.change_id) == (cycle.id, change.change_id)
                ),
            )
            for change, cycle, version in found
        )


# ---- deltas as they are kept


def write_delta(parts: Parts, rag_id: int, number: int, token: str, delta: Delta) -> str:
    key = f"rags/{rag_id}/versions/{number:06d}-{token}"
    for name, quads in (("add", delta.add), ("remove", delta.remove)):
        with tempfile.TemporaryFile() as lines:
            lines.writelines(rdf.nquads(quads))
            lines.seek(0)
            parts.files.put(f"{key}/{name}.nq", lines)
    return key


def read_delta(parts: Parts, key: str) -> Delta:
    with parts.files.open(f"{key}/add.nq") as add, parts.files.open(f"{key}/remove.nq") as remove:
        return Delta(add=rdf.from_nquads(add), remove=rdf.from_nquads(remove))


# ---- quads as what they say


def _facts(dataset: Dataset, quads: Iterable[Quad]) -> list[Fact]:
    """The facts whose triple is in these, with what is said of them there."""
    quads = tuple(quads)
    provenance = by_subject((s, p, o) for s, p, o, g in quads if g == dataset.provenance)
    said = sorted((s, p, o) for s, p, o, g in quads if g == dataset.facts and p not in NAMING)
    return [read_fact(dataset, triple, provenance) for triple in said]


def _assertions(dataset: Dataset, delta: Delta) -> set[URIRef]:
    root = f"{dataset.root}assertion/"
    return {s for s, *_ in _both(delta) if s.startswith(root)}


def _both(delta: Delta) -> Iterator[Quad]:
    yield from delta.add
    yield from delta.remove


def _labels(quads: Iterable[Quad]) -> dict[URIRef, str]:
    return {s: str(o) for s, p, o, _ in quads if p == RDFS.label}


def _only(
    dataset: Dataset, of: Mapping[URIRef, str], other: Mapping[URIRef, str], *, things: bool
) -> tuple[str, ...]:
    """Names that the other side does not have: of things, or of kinds and relations."""
    root = f"{dataset.root}entity/"
    found = (label for i, label in of.items() if i not in other and i.startswith(root) is things)
    return tuple(sorted(found, key=str.casefold)[:TOLD])
