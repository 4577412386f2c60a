"""Approved versions: published in one atomic update, staged beside it, undone by their deltas.

The marker in the `meta` graph says which version is approved; every publication also leaves its
token there for ever, so that a publisher whose answer was lost can learn what became of it, however
many versions later. Each operation of the update is guarded by the version it was computed against,
so running it twice, or after somebody else's, changes nothing.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from rdflib import Literal, URIRef
from rdflib.namespace import RDF, RDFS, XSD

from kg.deltas import compose, effective, undoing
from kg.errors import StoreAway, StoreDown, StoreError, VersionMoved
from kg.model import Delta, Quad
from kg.queries import bind
from kg.store import GraphStore
from kg.store.terms import nt
from kg.store.turns import Flight, flight
from kg.vocab import FERAG, Dataset

__all__ = [
    "Marker",
    "compose",
    "effective",
    "marker",
    "publish",
    "published",
    "stage",
    "undoing",
    "unstage",
    "withdraw",
]

QUADS_PER_OPERATION = 5_000
# Oxigraph takes 128 MiB of update text; larger deltas travel as graphs of their own first
UPDATE_BYTES = 32 * 2**20
UPDATE_QUADS = 50_000  # more are not even written as an update
ASKED_AGAIN = (0.05, 0.2, 0.5, 1.0, 2.0)  # seconds between looks at the marker after a lost answer


@dataclass(frozen=True, slots=True)
class Marker:
    """The approved version and who published it; how much it holds."""

    version: int = 0
    token: str = ""
    entities: int = 0
    facts: int = 0


def marker(store: GraphStore, dataset: Dataset) -> Marker:
    """The approved version; version 0 if none ever was."""
    rows = store.select(dataset, bind("marker.rq", meta=dataset.meta, marker=_marker(dataset)))
    if len(rows) > 1:
        raise StoreError(f"{dataset.name} has {len(rows)} version markers")
    if not rows:
        return Marker()
    row = rows[0]
    return Marker(
        version=int(row["version"]),
        token=str(row["token"]),
        entities=int(row.get("entities", 0)),
        facts=int(row.get("facts", 0)),
    )


def published(store: GraphStore, dataset: Dataset, version: int, token: str) -> bool:
    """Whether this publisher's version was published, even if later ones were since."""
    return store.ask(
        dataset,
        bind(
            "published.rq",
            meta=dataset.meta,
            publication=_publication(dataset, version),
            token=Literal(token),
        ),
    )


def publish(store: GraphStore, dataset: Dataset, delta: Delta, base: int, new: int, token: str) -> None:
    """Make version `new` of version `base` and this delta: all of it or nothing, in one request.

    Does nothing if the same token published the same version already. VersionMoved: another version
    is approved, ours is not and never will be by this call. StoreDown: unknown; publish again with
    the same token, or `withdraw` it, to know. StoreError: nothing was written.
    """
    mine = flight(new, token, len(delta.add) + len(delta.remove))
    with store.turn(dataset, mine, lambda other: published(store, dataset, other.version, other.token)):
        _publish(store, dataset, delta, base, new, token)


def _publish(store: GraphStore, dataset: Dataset, delta: Delta, base: int, new: int, token: str) -> None:
    before = marker(store, dataset)
    if before.version != base:
        if published(store, dataset, new, token):
            return
        raise VersionMoved(base, before.version)
    guard = _guard(dataset, base, token)
    large = len(delta.add) + len(delta.remove) > UPDATE_QUADS
    text = "" if large else _update(dataset, delta, guard)
    if large or len(text) > UPDATE_BYTES:
        _ship(store, dataset, delta, token)
        text, large = _copy(dataset, delta, guard, token), True
    text += _mark(dataset, before, delta, new, token, guard)
    try:
        store.update(dataset, text)
    except StoreDown as lost:
        if not _settled(store, dataset, base, new, token):
            raise StoreDown(f"version {new} of {dataset.name} may or may not be published") from lost
        done = True
    else:
        done = published(store, dataset, new, token)
    if large:
        store.drop_graphs(dataset, _shipped(dataset, delta, token).values())
    if not done:
        raise _lost(store, dataset, base, new)


def _lost(store: GraphStore, dataset: Dataset, base: int, new: int) -> StoreError:
    """Why the guard was false though the store did as told."""
    found = marker(store, dataset).version
    if found == base:
        return StoreError(f"version {new} of {dataset.name} was withdrawn by its publisher")
    return VersionMoved(base, found)


def withdraw(store: GraphStore, dataset: Dataset, version: int, token: str) -> bool:
    """Make sure that this publication, if it has not happened yet, never will; whether it has.

    Settles an unknown outcome even while the lost request may still be running in the store.
    """

    def landed(other: Flight) -> bool:
        return published(store, dataset, other.version, other.token)

    gone = f"{nt(_withdrawn(dataset))} {nt(FERAG.token)} {nt(Literal(token))}"
    with store.turn(dataset, flight(version, token, 0), landed):
        store.update(dataset, f"INSERT DATA {{ GRAPH {nt(dataset.meta)} {{ {gone} }} }}")
        return published(store, dataset, version, token)


def _settled(store: GraphStore, dataset: Dataset, base: int, new: int, token: str) -> bool:
    """Whether ours is published, as far as the marker tells soon; VersionMoved if it cannot be."""
    away: StoreAway | None = None
    for pause in ASKED_AGAIN:
        time.sleep(pause)
        try:
            if published(store, dataset, new, token):
                return True
            found = marker(store, dataset).version
        except StoreAway as e:
            away = e  # whatever was running there is not any more
            continue
        except StoreDown:
            continue
        if found != base:
            raise VersionMoved(base, found)
    if away:
        raise StoreAway(f"version {new} of {dataset.name} may or may not be published") from away
    return False


# ---- the update request


def _marker(dataset: Dataset) -> URIRef:
    return URIRef(f"{dataset.root}meta#marker")


def _publication(dataset: Dataset, version: int) -> URIRef:
    return URIRef(f"{dataset.root}version/{version}")


def _withdrawn(dataset: Dataset) -> URIRef:
    return URIRef(f"{dataset.root}meta#withdrawn")


def _guard(dataset: Dataset, base: int, token: str) -> str:
    return bind(
        "guard.rq",
        meta=dataset.meta,
        marker=_marker(dataset),
        base=base,
        withdrawn=_withdrawn(dataset),
        token=Literal(token),
    )


def _update(dataset: Dataset, delta: Delta, guard: str) -> str:
    """The delta as guarded operations with a semicolon after each."""
    made = []
    for verb, quads in (("DELETE", delta.remove), ("INSERT", delta.add)):
        for graph, mine in _by_graph(dataset, quads).items():
            for part in _parts(mine):
                made.append(f"{verb} {{ GRAPH {nt(graph)} {{\n{part}}} }} WHERE {{ {guard} }} ;\n")
    return "".join(made)


def _mark(dataset: Dataset, before: Marker, delta: Delta, new: int, token: str, guard: str) -> str:
    """The last operation: the marker moves, and with it every guard becomes false."""
    here = nt(_marker(dataset))
    after = {
        FERAG.version: _integer(new),
        FERAG.token: Literal(token),
        FERAG.entities: _integer(before.entities + _gained(delta, dataset.facts, RDFS.label)),
        FERAG.facts: _integer(before.facts + _gained(delta, dataset.provenance, RDF.predicate)),
    }
    said = "".join(f"{here} {nt(p)} {nt(o)} .\n" for p, o in after.items())
    kept = f"{nt(_publication(dataset, new))} {nt(FERAG.token)} {nt(Literal(token))} .\n"
    meta = nt(dataset.meta)
    return (
        f"DELETE {{ GRAPH {meta} {{ {here} ?p ?o }} }} INSERT {{ GRAPH {meta} {{\n{said}{kept}}} }}\n"
        f"WHERE {{ {guard} OPTIONAL {{ GRAPH {meta} {{ {here} ?p ?o }} }} }}\n"
    )


def _gained(delta: Delta, graph: URIRef, predicate: URIRef) -> int:
    """How many subjects gain this predicate, less those that lose it."""

    def subjects(quads: Iterable[Quad]) -> set[URIRef]:
        return {s for s, p, _, g in quads if p == predicate and g == graph}

    return len(subjects(delta.add)) - len(subjects(delta.remove))


def _integer(value: int) -> Literal:
    return Literal(str(value), datatype=XSD.integer)


def _by_graph(dataset: Dataset, quads: Iterable[Quad]) -> dict[URIRef, list[Quad]]:
    """In the graphs' own order; StoreError for a foreign graph."""
    found: dict[URIRef, list[Quad]] = defaultdict(list)
    for quad in quads:
        found[quad[3]].append(quad)
    foreign = set(found) - set(dataset.approved)
    if foreign:
        raise StoreError(f"a delta of {dataset.name} names other graphs: {sorted(foreign)}")
    return {g: found[g] for g in dataset.approved if g in found}


def _parts(quads: Iterable[Quad]) -> Iterator[str]:
    """N-Triples lines, those of one operation at a time: all of a library's would take hundreds of MB."""
    rest = iter(quads)
    while part := list(islice(rest, QUADS_PER_OPERATION)):
        yield "".join(sorted(f"{nt(s)} {nt(p)} {nt(o)} .\n" for s, p, o, _ in part))


# ---- large deltas: shipped as graphs, then copied inside the store


def _shipped(dataset: Dataset, delta: Delta, token: str) -> dict[tuple[str, URIRef], URIRef]:
    return {
        (verb, g): URIRef(f"{dataset.root}publish/{_word(token)}/{verb.lower()}/{g.rsplit('/', 1)[1]}")
        for verb, quads in (("DELETE", delta.remove), ("INSERT", delta.add))
        for g in _graphs(quads)
    }


def _graphs(quads: Iterable[Quad]) -> list[URIRef]:
    return sorted({g for *_, g in quads})


def _word(token: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}" for c in token)


def _ship(store: GraphStore, dataset: Dataset, delta: Delta, token: str) -> None:
    shipped = _shipped(dataset, delta, token)
    store.drop_graphs(dataset, shipped.values())
    for verb, quads in (("DELETE", delta.remove), ("INSERT", delta.add)):
        for graph, mine in _by_graph(dataset, quads).items():
            store.load(dataset, shipped[verb, graph], _bytes(mine))


def _copy(dataset: Dataset, delta: Delta, guard: str, token: str) -> str:
    return "".join(
        f"{verb} {{ GRAPH {nt(g)} {{ ?s ?q ?x }} }} WHERE {{ {guard} GRAPH {nt(there)} {{ ?s ?q ?x }} }} ;\n"
        for (verb, g), there in _shipped(dataset, delta, token).items()
    )


def _bytes(quads: Iterable[Quad]) -> Iterator[bytes]:
    for part in _parts(quads):
        yield part.encode()


# ---- staging


def stage(store: GraphStore, dataset: Dataset, cycle: int, delta: Delta) -> None:
    """Replace a cycle's staged graphs by this delta; run again after a failure."""
    unstage(store, dataset, cycle)
    for change, quads in (("add", delta.add), ("remove", delta.remove)):
        for graph, mine in _by_graph(dataset, quads).items():
            store.load(dataset, dataset.staged(cycle, change, graph), _bytes(mine))


def unstage(store: GraphStore, dataset: Dataset, cycle: int) -> None:
    """Remove a cycle's staged graphs."""
    store.drop_graphs(
        dataset, [dataset.staged(cycle, c, g) for c in ("add", "remove") for g in dataset.approved]
    )
