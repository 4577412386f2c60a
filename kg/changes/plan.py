"""Accepted changes as one delta of quads.

Changes are composed as values, not as quads: two changes of one thing (a new alias, another type, a
merge) make one thing, with one description, before it becomes quads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from rdflib import URIRef

from kg.contents import evidence_order
from kg.descriptions import joined
from kg.merge.things import gathered, substituted, united
from kg.model import Change, Content, Delta, Entity, Fact, Kind, OntologyClass, Property, Quad
from kg.rdf import Triple, quads
from kg.vocab import Dataset

Key = tuple[object, ...]
C = TypeVar("C", OntologyClass, Property, Entity, Fact)


@dataclass(frozen=True, slots=True)
class Plan:
    """A delta with the ids of the changes in it, and of accepted ones whose dependencies were not.

    `changed`: the terms, things and facts that are new or other, as they will be.
    """

    delta: Delta
    applied: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    changed: tuple[Content, ...] = ()


def delta(dataset: Dataset, accepted: Sequence[Change], version: int, approved: Iterable[Fact] = ()) -> Plan:
    """What approving these changes as `version` adds and removes.

    `approved` are facts beyond those of the changes which edits may meet (a property used instead).
    """
    applied, skipped = satisfied(accepted)
    names = _names(applied)
    old: dict[Key, Content] = {}
    new: dict[Key, Content | None] = {}
    known = {f.triple: f for f in approved}
    # what a merge makes of two things is what the other changes of either add to
    for change in sorted(applied, key=lambda c: c.kind is not Kind.merge_entities):
        before = {_key(c): c for c in change.before}
        old.update({k: old.get(k, c) for k, c in before.items()})
        for key in before:
            new.setdefault(key, old[key])
        after = [c for raw in change.after if (c := renamed(raw, names)) is not None]
        for content in after:
            key = _key(content)
            if isinstance(content, Fact) and key in known and key not in old:
                old[key] = known[content.triple]
                new.setdefault(key, old[key])
            base = before.get(key)
            current = new.get(key)
            new[key] = _applied(current, base, content)
        for key in set(before) - {_key(c) for c in after}:
            if new.get(key) == old[key]:
                new[key] = None
    results = {key: _stamped(c, version) for key, c in new.items() if c is not None}
    added = _all_quads(dataset, results.values())
    removed = _all_quads(dataset, old.values())
    return Plan(
        Delta(add=added - removed, remove=removed - added),
        tuple(c.id for c in applied),
        tuple(c.id for c in skipped),
        tuple(c for key, c in results.items() if c != old.get(key)),
    )


def said(accepted: Sequence[Change]) -> set[Triple]:
    """The facts that approving these changes would say: those among them that are approved already are what
    `delta` wants to know."""
    applied, _ = satisfied(accepted)
    names = _names(applied)
    after = (renamed(c, names) for change in applied for c in change.after if isinstance(c, Fact))
    return {fact.triple for fact in after if isinstance(fact, Fact)}


def satisfied(accepted: Sequence[Change]) -> tuple[list[Change], list[Change]]:
    """Those whose dependencies are accepted as well, all the way; and the others."""
    ids = {c.id for c in accepted}
    size = -1
    while size != len(ids):
        size = len(ids)
        ids = {c.id for c in accepted if c.id in ids and set(c.depends_on) <= ids}
    return [c for c in accepted if c.id in ids], [c for c in accepted if c.id not in ids]


def _names(changes: Iterable[Change]) -> dict[URIRef, URIRef]:
    """What each merged thing, or term for which another is used, becomes in the end."""
    direct: dict[URIRef, URIRef] = {}
    for change in changes:
        if change.merge:
            direct[change.merge.drop] = change.merge.keep
    names = {}
    for drop, keep in direct.items():
        end, seen = keep, {drop}
        while end in direct and end not in seen:
            seen.add(end)
            end = direct[end]
        # a ring of merges has no end of its own: its smallest IRI speaks for all
        names[drop] = min(seen) if end in seen else end
    return {drop: keep for drop, keep in names.items() if drop != keep}


def renamed(content: Content, names: Mapping[URIRef, URIRef]) -> Content | None:
    """The content with all that is merged or replaced by its new name; None if nothing is left of it."""
    if not names:
        return content

    def name(iri: URIRef) -> URIRef:
        return names.get(iri, iri)

    match content:
        case Fact():
            moved = substituted(content, dict(names))
            return replace(moved, predicate=name(moved.predicate)) if moved else None
        case Entity():
            return replace(
                content, iri=name(content.iri), types=tuple(dict.fromkeys(map(name, content.types)))
            )
        case OntologyClass():
            return replace(content, parents=tuple(dict.fromkeys(map(name, content.parents))))
        case Property():
            return replace(
                content,
                domain=name(content.domain) if content.domain else None,
                range=name(content.range) if content.range else None,
                parents=tuple(dict.fromkeys(map(name, content.parents))),
            )


def _key(content: Content) -> Key:
    return content.triple if isinstance(content, Fact) else (content.iri,)


def _applied(current: Content | None, base: Content | None, after: Content) -> Content:
    """`current` with what this change does: from `base` to `after`, or `after` joined to it."""
    if current is None or type(current) is not type(after):
        return after
    if base is None:
        if isinstance(current, Entity) and isinstance(after, Entity):
            return united(current, after)
        if isinstance(current, Fact) and isinstance(after, Fact):
            return gathered(current, after)
        return after
    if current == base:
        return after
    return _moved(cast(Any, current), cast(Any, base), cast(Any, after))


_SETS = ("types", "aliases", "evidence", "statements", "periods", "qualifiers", "parents", "synonyms")


def _moved(current: C, base: C, after: C) -> C:
    """Another change was made to the same: only what this one changes is changed on top."""
    made: dict[str, Any] = {}
    for name in type(current).__dataclass_fields__:
        mine, was, will = getattr(current, name), getattr(base, name), getattr(after, name)
        if will == was:
            continue
        if name in _SETS:
            kept = (set(mine) - (set(was) - set(will))) | (set(will) - set(was))
            made[name] = tuple(sorted(kept, key=evidence_order if name == "evidence" else None))
        elif name == "description":
            made[name] = will if mine == was else joined(mine, will)
        else:
            made[name] = will
    return replace(current, **made)


def _stamped(content: Content, version: int) -> Content:
    if isinstance(content, Fact) and not content.version:
        return replace(content, version=version)
    return content


def _all_quads(dataset: Dataset, contents: Iterable[Content]) -> frozenset[Quad]:
    return frozenset(q for c in contents for q in quads(dataset, c))
