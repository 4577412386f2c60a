"""Read-only SPARQL over one knowledge base's approved graphs, for people's own programs."""

from collections.abc import Sequence

from rdflib import URIRef

from kg.errors import QueryRefused
from kg.store import Scope
from kg.store import sparql as checking
from kg.store.sparql import Answered
from kg.vocab import Dataset
from portal import access
from portal.access import Action, Actor
from portal.wiring import Parts

ROWS = 10_000  # of an answer, where the query asks for no fewer
SECONDS = 10.0
BYTES = 32 * 2**20  # of the store's answer


def dataset(parts: Parts, actor: Actor, rag_id: int) -> Dataset:
    """Where the actor's knowledge base is; NotFound, Forbidden, BeyondScope."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.read)
    return parts.dataset(rag_id)


def query(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    text: str,
    default: Sequence[str] = (),
    named: Sequence[str] = (),
    limit: int = ROWS,
) -> Answered:
    """The answer; `default` and `named` are the protocol's graphs, which win over FROM.

    QueryRefused says why not. TooSlow, StoreDown and StoreError are the store's.
    """
    of = dataset(parts, actor, rag_id)
    allowed = checking.checked(text, of, limit=limit, scope=_scope(of, default, named))
    return checking.run(parts.store, of, allowed, timeout=SECONDS, limit_bytes=BYTES)


def _scope(of: Dataset, default: Sequence[str], named: Sequence[str]) -> Scope | None:
    if not default and not named:
        return None
    for graph in (*default, *named):
        if URIRef(graph) not in of.approved:
            raise QueryRefused(f"there is no graph {graph} here")
    nothing = (URIRef(f"{of.root}nothing"),)  # never an empty list: to a store that might mean every graph
    return Scope(tuple(map(URIRef, default)) or nothing, tuple(map(URIRef, named)) or nothing)
