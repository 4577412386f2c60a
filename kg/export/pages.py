"""All approved things with their facts, in pages of a few hundred: what rebuilds and tables are made of."""

from collections.abc import Iterator
from typing import cast

import pyoxigraph
from rdflib import URIRef

from kg.approved import ApprovedGraph
from kg.errors import VersionMoved
from kg.model import Delta, Entity, Fact
from kg.store import GraphStore
from kg.store.laid import Laid
from kg.store.lookup import BATCH, Lookup, batches
from kg.store.terms import read
from kg.versions import marker
from kg.vocab import RDFS, Dataset

NOTHING = Delta()


def everything(
    store: GraphStore, dataset: Dataset, undo: Delta = NOTHING
) -> Iterator[tuple[tuple[Entity, ...], tuple[Fact, ...]]]:
    """All entities with their facts, `undo` applied; VersionMoved at the end if a version came between."""
    graph, before = version_of(store, dataset, undo), marker(store, dataset).version
    for page in batches(_subjects(Lookup(store, dataset), undo), BATCH):
        yield graph.entities(page), graph.facts_of(page)
    unmoved(store, dataset, before)


def version_of(store: GraphStore, dataset: Dataset, undo: Delta) -> ApprovedGraph:
    """The approved graph with `undo` laid over it."""
    laid = Laid(dataset, undo) if undo.add or undo.remove else None
    return ApprovedGraph(store, dataset, laid=laid)


def unmoved(store: GraphStore, dataset: Dataset, before: int) -> None:
    """VersionMoved if another version than this one is approved."""
    after = marker(store, dataset).version
    if after != before:
        raise VersionMoved(before, after)


def _subjects(look: Lookup, undo: Delta) -> Iterator[URIRef]:
    """The entities of the facts graph, each once; both stores keep a subject's triples together."""
    last, label = None, pyoxigraph.NamedNode(RDFS.label)
    named = sorted({s for s, p, _, g in undo.add if p == RDFS.label and g == look.dataset.facts})
    later = frozenset(named)
    for triple in look.stream(look.dataset.facts):
        if triple.predicate == label and triple.subject != last:
            last = triple.subject
            iri = cast(URIRef, read(triple.subject))
            if iri not in later:
                yield iri
    yield from named
