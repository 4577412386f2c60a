"""A whole approved version at once: as pages of values, or as a file for people and other programs.

kg.export.pages      entities with their facts, page by page
kg.export.triples    trig, nquads, turtle, jsonld: all that the graphs say
kg.export.graphml    graphml: things and facts as a picture's nodes and edges
kg.export.tables     csv, csv-zip: facts (and things, and terms) as rows, safe to open in a spreadsheet
kg.export.graphrag   graphrag: the Parquet tables of MS GraphRAG in a zip
"""

from collections.abc import Callable
from typing import BinaryIO

from kg.errors import BadInput, VersionMoved
from kg.export import graphml, graphrag, tables, triples
from kg.export.graphrag import Texts
from kg.export.pages import NOTHING, everything, unmoved
from kg.model import Delta
from kg.store import GraphStore
from kg.versions import marker
from kg.vocab import Dataset

__all__ = ["FORMS", "NOTHING", "Texts", "everything", "export"]

FORMS = (*triples.FORMS, "graphml", "csv", "csv-zip", "graphrag")


def export(
    store: GraphStore,
    dataset: Dataset,
    out: BinaryIO,
    form: str = "trig",
    undo: Delta = NOTHING,
    *,
    at: int | None = None,
    texts: Callable[[], Texts] = Texts,
) -> int:
    """Write the approved version in one of `FORMS`, with `undo` applied (an earlier version).

    Returns the number of quads, or for the forms that are not RDF of facts. The memory used does not grow
    with the graph, except for graphrag, which groups all things into communities; `texts` is asked for that
    form only. VersionMoved if the approved version is not `at`, or another one was published meanwhile: what
    was written is of no version.
    """
    before = marker(store, dataset).version
    if at is not None and before != at:
        raise VersionMoved(at, before)
    if form in triples.FORMS:
        written = triples.write(store, dataset, out, form, undo)
    elif form == "graphml":
        written = graphml.write(store, dataset, out, undo)
    elif form in ("csv", "csv-zip"):
        written = tables.write(store, dataset, out, undo, whole=form == "csv-zip")
    elif form == "graphrag":
        written = graphrag.write(store, dataset, out, undo, texts())
    else:
        raise BadInput(f"export as one of {', '.join(FORMS)}, not {form!r}")
    unmoved(store, dataset, before)
    return written
