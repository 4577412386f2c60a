"""From a question to the passages, entities and facts of one dataset at one version."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np
from rdflib import URIRef
from rdflib.util import from_n3

from kg.errors import BadInput
from kg.index import Index
from kg.index.view import View
from kg.index.words import row_id
from kg.model import Evidence, Period, Statement, Term
from kg.retrieve.flat import top
from kg.retrieve.hints import Guide
from kg.retrieve.model import FoundEntity, FoundFact, Mode, Passage, Retrieved
from kg.retrieve.modes import Scored, score
from kg.retrieve.path import WEIGHTS, Weights
from kg.retrieve.question import ask
from kg.retrieve.rerank import Reranker, reranked
from kg.retrieve.when import asked_time, by_time, now
from kg.vocab import Dataset

TOKENS = 6000  # of all that is returned, facts and entities included
_MOST = 200  # of each kind
RERANKED = 30  # passages that a reranking model looks at


def retrieve(
    index: Index,
    dataset: Dataset,
    version: int,
    question: str,
    mode: str = "auto",
    top_k: int = 8,
    documents: frozenset[str] | None = None,
    hops: int = 2,
    history: Sequence[str] = (),
    tokens: int = TOKENS,
    weights: Weights = WEIGHTS,
    reranker: Reranker | None = None,
    proposed: View | None = None,
    guide: Guide | None = None,
) -> Retrieved:
    """The best `top_k` of each kind, within `tokens` together; of `documents` only, if given; in `proposed`
    (see `Index.proposed`) instead of the version, if given. A `guide` is asked once, where the graph
    is used.

    BadInput for an unknown mode, IndexMissing for a version that the index does not have.
    """
    began = time.perf_counter()
    if mode not in list(Mode):
        raise BadInput(f"unknown mode {mode!r}: one of {', '.join(Mode)}")
    chosen = Mode(mode)
    view = None if chosen is Mode.bypass else proposed or index.view(dataset, version)
    if view is None or not question.strip() or top_k < 1:
        return Retrieved(mode=mode, version=version, seconds=time.perf_counter() - began)
    asked = ask(question, index.embedder if view.embedder == index.embedder.name else None, history)
    allowed = None
    if documents is not None:
        allowed = np.isin(view.unit_document, [row_id(d) for d in sorted(documents)])
    scored = score(view, asked, chosen, allowed, hops, weights, guide)
    scored = replace(scored, facts=by_time(view, scored.facts, asked_time(question)))
    passages, entities, facts = _fetch(view, scored, min(top_k, _MOST), RERANKED if reranker else 0)
    if documents is not None:  # a fact is shown by its quotes from these alone
        facts = [replace(f, evidence=_of(documents, f.evidence)) for f in facts]
    if reranker is not None:
        passages = reranked(reranker, question, passages)[:top_k]
    kept = _within(tokens, passages, entities, facts)
    return Retrieved(mode, *kept, time.perf_counter() - began, version, scored.communities, scored.hints)


def _fetch(
    view: View, scored: Scored, top_k: int, passages: int
) -> tuple[list[Passage], list[FoundEntity], list[FoundFact]]:
    today = now()
    holds = view.fact_times.hold(today.first, today.last, now=True)
    return (
        [
            _passage(view.units.told(i), float(scored.units[i]))
            for i in top(scored.units, max(top_k, passages))
        ],
        [_entity(view.entities.told(i), float(scored.entities[i])) for i in top(scored.entities, top_k)],
        [_fact(view.facts.told(i), float(scored.facts[i]), not holds[i]) for i in top(scored.facts, top_k)],
    )


def _passage(row: Mapping[str, Any], points: float) -> Passage:
    return Passage(
        unit_id=row["key"],
        document_id=row["document_id"],
        document=row["document"],
        start=row["start"],
        end=row["end"],
        text=row["text"],
        score=points,
        page=row["page"],
        heading=tuple(row["heading"] or ()),
        title=row["title"],
        language=row["language"],
        tokens=row["tokens"],
    )


def _entity(row: Mapping[str, Any], points: float) -> FoundEntity:
    return FoundEntity(URIRef(row["key"]), row["label"], points, row["description"] or "")


def _fact(row: Mapping[str, Any], points: float, over: bool) -> FoundFact:
    return FoundFact(
        iri=URIRef(row["key"]),
        sentence=row["sentence"],
        score=points,
        subject=URIRef(row["subject"]),
        predicate=URIRef(row["predicate"]),
        object=cast(Term, from_n3(row["object"])),
        evidence=tuple(Evidence(**e) for e in row["evidence"] or ()),
        statements=tuple(Statement(**s) for s in row["statements"] or ()),
        periods=tuple(Period(**p) for p in row["periods"] or ()),
        over=over,
    )


def _of(documents: frozenset[str], evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    return tuple(e for e in evidence if e.document_id in documents)


def _within(
    tokens: int, passages: Sequence[Passage], entities: Sequence[FoundEntity], facts: Sequence[FoundFact]
) -> tuple[tuple[Passage, ...], tuple[FoundEntity, ...], tuple[FoundFact, ...]]:
    """As much as fits, by rank: a rank's passage, fact and entity come before the next rank's."""
    kept: tuple[list[Passage], list[FoundEntity], list[FoundFact]] = ([], [], [])
    left = tokens
    for rank in range(max(len(passages), len(entities), len(facts))):
        if rank < len(passages):
            left -= passages[rank].tokens
            if left < 0 and kept[0]:
                break
            kept[0].append(passages[rank])
        if rank < len(facts):
            left -= _estimate(facts[rank].sentence)
            kept[2].append(facts[rank])
        if rank < len(entities):
            left -= _estimate(entities[rank].label)
            kept[1].append(entities[rank])
        if left <= 0:
            break
    return tuple(kept[0]), tuple(kept[1]), tuple(kept[2])


def _estimate(text: str) -> int:
    """Tokens, near enough for a sentence: counting exactly would cost more than it saves."""
    return len(text) // 3 + 1
