"""Corrections of things, as people type them."""

import uuid
from collections.abc import Iterable, Sequence

from rdflib import URIRef

from kg.edits import Merged, NewThing, RemovedThing, Renamed, Retyped, Split
from kg.edits.things import language
from kg.model import Entity, Fact
from kg.ontology.class_index import THING
from portal import edits
from portal.access import Actor
from portal.edits import Why
from portal.errors import Invalid, NotFound
from portal.wiring import Parts

LONGEST_NAME, LONGEST_TEXT, MOST_NAMES = 200, 4000, 24


def new_thing(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    label: str,
    kind: str,
    why: Why,
    aliases: Sequence[str] = (),
    description: str = "",
) -> str:
    """`kind` is the IRI of a class, "" for none. Returns the IRI that it would have."""
    edits.allowed(parts, actor, rag_id)
    thing = _thing(parts, actor, rag_id, label, kind, aliases, description)
    edits.keep(parts, actor, rag_id, NewThing(thing), why)
    return str(thing.iri)


def remove_thing(parts: Parts, actor: Actor, rag_id: int, iri: str, why: Why) -> int:
    """With every fact about it."""
    edits.allowed(parts, actor, rag_id)
    return edits.keep(parts, actor, rag_id, RemovedThing(URIRef(iri)), why)


def rename(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    iri: str,
    label: str,
    aliases: Sequence[str],
    description: str,
    why: Why,
) -> int:
    edits.allowed(parts, actor, rag_id)
    renamed = Renamed(URIRef(iri), name(label), _names(aliases), _text(description))
    return edits.keep(parts, actor, rag_id, renamed, why)


def retype(parts: Parts, actor: Actor, rag_id: int, iri: str, kinds: Sequence[str], why: Why) -> int:
    edits.allowed(parts, actor, rag_id)
    types = tuple(_kind(parts, actor, rag_id, k) for k in kinds) or (THING,)
    return edits.keep(parts, actor, rag_id, Retyped(URIRef(iri), types), why)


def merge(parts: Parts, actor: Actor, rag_id: int, keep: str, drop: str, why: Why) -> int:
    """Two things are one, called as `keep` is."""
    edits.allowed(parts, actor, rag_id)
    if keep == drop:
        raise Invalid("drop", "edit-itself")
    return edits.keep(parts, actor, rag_id, Merged(URIRef(keep), URIRef(drop)), why)


def split(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    iri: str,
    label: str,
    kind: str,
    facts: Iterable[Fact],
    why: Why,
    aliases: Sequence[str] = (),
) -> int:
    """One thing is two: a new one of this name takes these facts, and these of its names."""
    edits.allowed(parts, actor, rag_id)
    moved = tuple(f.triple for f in facts if URIRef(iri) in (f.subject, f.object))
    if not moved:
        raise Invalid("facts", "edit-split")
    new = _thing(parts, actor, rag_id, label, kind, aliases, "")
    return edits.keep(parts, actor, rag_id, Split(URIRef(iri), new, moved), why)


def name(text: str) -> str:
    """A name as people type it. Invalid if it is empty or too long."""
    plain = " ".join(text.split())
    if not plain:
        raise Invalid("label", "edit-name")
    if len(plain) > LONGEST_NAME:
        raise Invalid("label", "text-long", longest=LONGEST_NAME)
    return plain


def _thing(
    parts: Parts, actor: Actor, rag_id: int, label: str, kind: str, aliases: Sequence[str], description: str
) -> Entity:
    called = name(label)
    type_ = _kind(parts, actor, rag_id, kind) if kind else THING
    iri = parts.dataset(rag_id).entity(called, "by a person", uuid.uuid4().hex)
    others = tuple(a for a in _names(aliases) if a != called)
    return Entity(iri, called, language(called), (type_,), others, _text(description))


def _kind(parts: Parts, actor: Actor, rag_id: int, iri: str) -> URIRef:
    known = edits.terms(parts, actor, rag_id).class_by_iri.get(URIRef(iri))
    if known is None:
        raise NotFound("kind", iri[:80])
    return known.iri


def _names(aliases: Sequence[str]) -> tuple[str, ...]:
    names = {name(a) for a in aliases if a.strip()}
    if len(names) > MOST_NAMES:
        raise Invalid("aliases", "edit-names", most=MOST_NAMES)
    return tuple(sorted(names))


def _text(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise Invalid("description", "text-long", longest=LONGEST_TEXT)
    return text.strip()
