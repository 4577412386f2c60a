"""What is looked at: the approved version, an older one, or a cycle's proposal; as arrays and as a graph."""

import numpy as np
from rdflib import URIRef

from kg.approved import ApprovedGraph
from kg.index.view import View
from kg.index.words import thing_id
from portal import access, history, proposals
from portal.access import Action, Actor
from portal.errors import NotFound
from portal.excerpts import About
from portal.models import Rag
from portal.wiring import Parts


def check(parts: Parts, actor: Actor, rag_id: int) -> int:
    """The approved version, if this person may look at it."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
        return db.get_one(Rag, rag_id).version


def view(parts: Parts, rag_id: int, version: int) -> View | None:
    """The index as of a version; None before there is any. IndexMissing while it is made anew."""
    return parts.index.view(parts.dataset(rag_id), version) if version else None


def graph(
    parts: Parts,
    rag_id: int,
    current: int,
    version: int | None = None,
    staged: int | None = None,
    about: About | None = None,
) -> ApprovedGraph:
    """The graph as it is approved, as it was at `version`, or as the proposal of a cycle would make it (of a
    large one what is asked `about`)."""
    if staged is not None:
        return proposals.of(parts, rag_id, staged, about).graph
    if version is not None and version != current:
        if not 0 < version < current:
            raise NotFound("version", str(version))
        return history.as_of(parts, rag_id, version)
    return ApprovedGraph(parts.store, parts.dataset(rag_id))


def positions(seen: View, iris: list[str]) -> np.ndarray:
    """Where these things stand among the view's entities, of those that it has; in their order."""
    alive = np.flatnonzero(seen.entities.alive)
    keys = seen.entities.key[alive]
    order = np.argsort(keys, kind="stable")
    wanted = np.array([thing_id(i) for i in iris], np.int64)
    if not len(keys) or not len(wanted):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = alive[order[at]]
    return found[seen.entities.key[found] == wanted]


def property_ids(iris: list[str]) -> np.ndarray:
    return np.array([thing_id(str(URIRef(i))) for i in iris], np.int64)
