"""Facts as rows of CSV, alone or with things and terms in a zip; safe to open in a spreadsheet.

UTF-8 with a byte order mark, without which Excel takes it for another encoding. A text that a spreadsheet
would compute gets an apostrophe before it, as OWASP says (CSV injection); numbers stay numbers.
"""

import csv
import re
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from io import TextIOWrapper
from typing import IO, BinaryIO, cast

from rdflib import URIRef

from kg.approved import ApprovedGraph
from kg.export.pages import everything, version_of
from kg.export.words import Words
from kg.model import Delta, Entity, Fact, Ontology
from kg.store import GraphStore
from kg.vocab import XSD, Dataset

FACTS = (
    *("subject", "property", "object", "start", "end", "qualifiers", "description", "confidence", "weight"),
    *("documents", "quote", "version", "cycle", "subject_iri", "property_iri", "object_iri", "datatype"),
    "language",
)
THINGS = ("label", "class", "aliases", "description", "language", "documents", "iri", "class_iri")
TERMS = ("label", "kind", "comment", "synonyms", "parents", "domain", "range", "inverse", "functional", "iri")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
_COMPUTED = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]")


def inert(text: str) -> str:
    """A cell that no spreadsheet computes.

    >>> inert("=1+1"), inert("-5"), inert("- five"), inert("Alice")
    ("'=1+1", '-5', "'- five", 'Alice')
    """
    return f"'{text}" if _COMPUTED.match(text) and not _NUMBER.fullmatch(text) else text


def write(store: GraphStore, dataset: Dataset, out: BinaryIO, undo: Delta, whole: bool) -> int:
    """facts.csv itself, or with `whole` a zip of facts.csv, things.csv and terms.csv; the number of facts."""
    graph = version_of(store, dataset, undo)
    ontology = graph.ontology()
    with ExitStack() as kept:
        files = {
            n: kept.enter_context(tempfile.TemporaryFile()) for n in (("things", "terms") if whole else ())
        }
        facts = kept.enter_context(tempfile.TemporaryFile()) if whole else out
        written = _rows(store, dataset, undo, graph, Words(ontology), facts, files.get("things"))
        if whole:
            _table(files["terms"], TERMS, _terms(ontology))
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, file in {"facts": facts, **files}.items():
                    file.seek(0)
                    with archive.open(f"{name}.csv", "w", force_zip64=True) as member:
                        while piece := file.read(2**16):
                            member.write(piece)
    return written


def _rows(
    store: GraphStore,
    dataset: Dataset,
    undo: Delta,
    graph: ApprovedGraph,
    words: Words,
    facts_file: IO[bytes],
    things_file: IO[bytes] | None,
) -> int:
    written = 0

    def things() -> Iterator[Sequence[str]]:
        for entities, _facts in everything(store, dataset, undo):
            yield from (_thing(e, words) for e in entities)

    def facts() -> Iterator[Sequence[str]]:
        nonlocal written
        for entities, page in everything(store, dataset, undo):
            names = {e.iri: e.label for e in entities}
            ends = {f.object for f in page if isinstance(f.object, URIRef)} - set(names)
            names |= {e.iri: e.label for e in graph.names(ends)}
            written += len(page)
            yield from (_fact(f, names, words) for f in page)

    _table(facts_file, FACTS, facts())
    if things_file is not None:
        _table(things_file, THINGS, things())
    return written


def _fact(f: Fact, names: dict[URIRef, str], words: Words) -> Sequence[str]:
    literal = None if isinstance(f.object, URIRef) else f.object
    dates = words.dates(f)
    return (
        names.get(f.subject, str(f.subject)),
        words.ontology.label(f.predicate),
        str(literal) if literal is not None else names.get(cast(URIRef, f.object), str(f.object)),
        dates["start"],
        dates["end"],
        words.qualifiers(f),
        f.description,
        repr(f.confidence),
        repr(f.weight),
        words.documents(f.evidence),
        f.evidence[0].quote if f.evidence else "",
        str(f.version),
        str(f.cycle),
        str(f.subject),
        str(f.predicate),
        "" if literal is not None else str(f.object),
        "" if literal is None else str(literal.datatype or XSD.string),
        (literal.language or "") if literal is not None else "",
    )


def _thing(e: Entity, words: Words) -> Sequence[str]:
    return (
        e.label,
        words.classes(e),
        words.joined(e.aliases),
        e.description,
        e.language,
        words.documents(e.evidence),
        str(e.iri),
        words.joined(map(str, e.types)),
    )


def _terms(ontology: Ontology) -> Iterator[Sequence[str]]:
    words = Words(ontology)
    for c in ontology.classes:
        parents = words.joined(map(ontology.label, c.parents))
        yield (c.label, "class", c.comment, words.joined(c.synonyms), parents, "", "", "", "", str(c.iri))
    for p in ontology.properties:
        yield (
            p.label,
            p.kind,
            p.comment,
            words.joined(p.synonyms),
            words.joined(map(ontology.label, p.parents)),
            ontology.label(p.domain) if p.domain else "",
            ontology.label(p.range) if p.range else "",
            ontology.label(p.inverse) if p.inverse else "",
            "true" if p.functional else "",
            str(p.iri),
        )


def _table(out: IO[bytes], columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    text = TextIOWrapper(cast(BinaryIO, out), "utf-8-sig", newline="", write_through=True)
    try:
        lines = csv.writer(text, quoting=csv.QUOTE_ALL)
        lines.writerow(columns)
        lines.writerows([inert(_one_line(cell)) for cell in row] for row in rows)
        text.flush()
    finally:
        text.detach()  # the file stays its owner's to close


def _one_line(text: str) -> str:
    """Without NUL, which readers of CSV stumble over."""
    return text.replace("\x00", "")
