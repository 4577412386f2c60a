"""Passages, things and facts for a question or for words, approved or as a cycle proposes them."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kg.retrieve import Guide, Retrieved, retrieve
from portal import access, language_models, proposals
from portal.access import Action, Actor
from portal.models import Rag
from portal.options import Options
from portal.proposals import Proposal
from portal.wiring import Parts


@dataclass(frozen=True, slots=True)
class Ranked:
    found: Retrieved
    milliseconds: float


def retrieve_each(
    parts: Parts, actor: Actor, rag_id: int, questions: Iterable[str], options: Options = Options()
) -> Iterator[Ranked]:
    """What each question finds, ranked, with the time it took."""
    version = version_of(parts, actor, rag_id, options)
    for question in questions:
        began = time.perf_counter()
        found = found_by(parts, rag_id, version, question, options)
        yield Ranked(found, (time.perf_counter() - began) * 1000)


def search(
    parts: Parts, actor: Actor, rag_id: int, text: str, options: Options = Options(mode="mix", top_k=20)
) -> Retrieved:
    """Passages, entities and facts for a search page."""
    version = version_of(parts, actor, rag_id, options)
    proposal = None
    if options.staged is not None:
        proposal = proposals.of(parts, rag_id, options.staged, proposals.about_question(text))
    return found_by(parts, rag_id, version, text, options, (), proposal)


def version_of(parts: Parts, actor: Actor, rag_id: int, options: Options) -> int:
    """The version that is asked, if the actor may ask."""
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        current = db.get_one(Rag, rag_id).version
    return current if options.version is None else min(options.version, current)


def found_by(
    parts: Parts,
    rag_id: int,
    version: int,
    question: str,
    options: Options,
    history: Sequence[str] = (),
    proposal: Proposal | None = None,
    guide: Guide | None = None,
) -> Retrieved:
    """The caller has checked who asks."""
    return retrieve(
        parts.index,
        parts.dataset(rag_id),
        version,
        question,
        mode=options.retrieval,
        top_k=options.top_k,
        documents=options.documents,
        hops=options.hops,
        history=history,
        tokens=options.budget,
        reranker=language_models.reranker(parts),
        proposed=proposal.view if proposal else None,
        guide=guide,
    )
