"""The benchmark's corpus as the portal would have it: documents, text units, what was read in them."""

import json
import os
import pickle
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain
from multiprocessing import get_context
from pathlib import Path

from rdflib import Literal, URIRef

from kg.extract import Context
from kg.extract.offline import Offline
from kg.extract.tables import read_tables
from kg.index import FactRow, IndexDelta, UnitRow, fact_row
from kg.index.words import name_key
from kg.model import Entity, Evidence, Extraction, Fact, Mention, Term, TextUnit
from kg.text.read import read
from kg.text.units import split
from kg.vocab import Dataset

Read = tuple[TextUnit, str, Extraction]  # with its document's title


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: str
    text: str

    @property
    def whole(self) -> str:
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    gold: frozenset[str]


def pages(folder: Path) -> list[Page]:
    return [Page(d["id"], d["title"], d["text"]) for d in _lines(folder / "corpus.jsonl")]


def questions(file: Path) -> list[Asked]:
    return [Asked(q["question"], frozenset(q["gold"])) for q in _lines(file)]


def offline(corpus: Sequence[Page]) -> list[Read]:
    """By the offline extractor, in as many processes as there are cores: an installation's workers."""
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as processes:
        return list(chain.from_iterable(processes.map(_offline, corpus, chunksize=20)))


def _offline(page: Page) -> list[Read]:
    reader = Offline()
    document = read(page.whole.encode(), f"{page.id}.txt", page.id)
    return [(u, page.title, reader.extract(u, Context(title=document.name))) for u in split(document, 300)]


def recorded(corpus: Sequence[Page], folder: Path) -> list[Read]:
    """The same from the recorded MS GraphRAG tables; documents there are named by their title."""
    tables = read_tables(folder)
    ids: dict[str, list[str]] = defaultdict(list)
    for page in corpus:
        ids[page.text[:60]].append(page.id)
    titles = {page.id: page.title for page in corpus}
    found = []
    for unit, extraction in zip(tables.units, tables.extractions, strict=True):
        page_id = next((i for key, i in ids.items() if key in unit.text), [unit.document_id])[0]
        found.append((_renamed(unit, page_id), titles.get(page_id, ""), extraction))
    return found


def read_or_kept(graph: str, corpus: Sequence[Page], folder: Path, cache: Path | None) -> list[Read]:
    """Read offline or from the recorded tables; kept in `cache`, if there is one."""
    kept = cache / f"{graph}-{len(corpus)}.pickle" if cache else None
    if kept and kept.exists():
        return list(pickle.loads(kept.read_bytes()))
    read_ = offline(corpus) if graph == "offline" else recorded(corpus, folder / "graphrag/output")
    if kept:
        kept.write_bytes(pickle.dumps(read_))
    return read_


def index_delta(dataset: Dataset, read_: Iterable[Read]) -> IndexDelta:
    """Units with their names; things and facts as if all were approved, one thing for each name."""
    units: list[UnitRow] = []
    labels: dict[URIRef, str] = {}
    evidence: dict[URIRef, set[Evidence]] = defaultdict(set)
    facts: dict[tuple[URIRef, URIRef, Term], set[Evidence]] = defaultdict(set)

    def thing(name: str) -> URIRef:
        iri = dataset.entity(" ".join(name_key(name)) or name)
        labels.setdefault(iri, name)
        return iri

    for unit, title, extraction in read_:
        named = [
            Mention(e.name, q.start, q.end, e.type)
            for e in extraction.entities
            for q in e.evidence
            if q.end - q.start <= 2 * len(e.name) + 10
        ]
        units.append(UnitRow(unit, title, (*extraction.mentions, *named)))
        for e in extraction.entities:
            evidence[thing(e.name)].update(e.evidence)
        for r in extraction.relations:
            verb = dataset.property_(r.predicate)
            labels.setdefault(verb, r.predicate)
            object_: Term = r.value if isinstance(r.value, Literal) else thing(r.object)
            facts[thing(r.subject), verb, object_].update(r.evidence)
    entities = [Entity(i, labels[i], evidence=tuple(sorted(e))) for i, e in sorted(evidence.items())]
    rows: list[FactRow] = []
    for (s, p, o), e in facts.items():
        rows.append(
            fact_row(dataset.assertion(s, p, o.n3()), Fact(s, p, o, evidence=tuple(sorted(e))), labels)
        )
    return IndexDelta(tuple(units), tuple(entities), tuple(rows))


def _renamed(unit: TextUnit, page_id: str) -> TextUnit:
    return TextUnit(
        unit.id, page_id, f"{page_id}.txt", unit.number, unit.start, unit.end, unit.text, unit.tokens,
        unit.heading, unit.page, unit.language,
    )  # fmt: skip


def _lines(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
