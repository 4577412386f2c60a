"""Asking and searching the approved version (or a cycle's proposed one), without a conversation."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from kg.answer import Answer, Done, Event, Manner, Turn, answer
from kg.answer.manner import PLAIN
from kg.approved import ApprovedGraph
from kg.guard import visible
from kg.retrieve import TOKENS, Retrieved, retrieve
from portal import access, guards, language_models, proposals
from portal.access import Action, Actor
from portal.models import Rag
from portal.proposals import Proposal
from portal.wiring import Parts

MOST, MOST_HOPS, MOST_TOKENS, LONGEST_INSTRUCTIONS = 200, 4, 30_000, 1000
SPARQL = "sparql"  # the question as a query to the graph; where it is none, as "auto"


@dataclass(frozen=True, slots=True)
class Options:
    """How to ask; the defaults are right for most people."""

    mode: str = "auto"
    top_k: int = 8
    hops: int = 2  # how far the walk goes from what the question names
    documents: frozenset[str] | None = None  # document ids; None for all
    version: int | None = None  # as of; None for the approved one
    staged: int | None = None  # a cycle's number: ask what would be if it were approved
    budget: int = TOKENS  # tokens of all that is found, facts and passages together
    manner: Manner = PLAIN
    model: int | None = None  # one of those that administrators offer; None for the one that answers here


_OPTIONS = TypeAdapter(Options)


def bounded(options: Options) -> Options:
    """Within what one question may cost, whoever sends it."""
    manner = options.manner
    return replace(
        options,
        top_k=max(1, min(options.top_k, MOST)),
        hops=max(0, min(options.hops, MOST_HOPS)),
        budget=max(100, min(options.budget, MOST_TOKENS)),
        manner=replace(manner, instructions=visible(manner.instructions)[:LONGEST_INSTRUCTIONS]),
    )


def options_to_json(options: Options) -> dict[str, Any]:
    return dict(_OPTIONS.dump_python(options, mode="json"))


def options_from_json(kept: dict[str, Any]) -> Options:
    return _OPTIONS.validate_python(kept)


def events(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    question: str,
    options: Options = Options(),
    history: Sequence[Turn] = (),
) -> Iterator[Event]:
    """The answer as it is made; the last event is `Done`."""
    options = bounded(options)
    version = _version(parts, actor, rag_id, options)
    proposal = proposals.of(parts, rag_id, options.staged) if options.staged is not None else None
    found = _retrieve(parts, rag_id, version, question, options, [t.text for t in history], proposal)
    found = guards.retrieved(parts, actor, rag_id, found)
    with parts.session() as db:
        terms = guards.banned(db, rag_id)
    written = answer(
        question,
        found,
        version=version,
        embedder=parts.embedder(),
        chat=language_models.chat(parts, "chat", rag_id, user_id=actor.user_id, wanted=options.model),
        history=history,
        graph=_graph(parts, rag_id, version, options),
        manner=options.manner,
    )
    yield from guards.outgoing(parts, actor, rag_id, written, terms)


def ask(parts: Parts, actor: Actor, rag_id: int, question: str, options: Options = Options()) -> Answer:
    return whole(events(parts, actor, rag_id, question, options))


def asked(
    parts: Parts,
    actor: Actor,
    rag_id: int,
    question: str,
    options: Options = Options(),
    history: Sequence[Turn] = (),
) -> Iterator[Event]:
    """The same for a program's question: the guards let it in, or not, as they do a page's (`chats.ask`).

    Who asks on the command line has the machine: nothing limits them.
    """
    text = guards.admit(parts, actor, rag_id, question)
    yield from events(parts, actor, rag_id, text, options, history)


def whole(made: Iterable[Event]) -> Answer:
    for event in made:
        if isinstance(event, Done):
            return event.answer
    raise AssertionError("an answer ends with Done")


@dataclass(frozen=True, slots=True)
class Ranked:
    found: Retrieved
    milliseconds: float


def retrieve_each(
    parts: Parts, actor: Actor, rag_id: int, questions: Iterable[str], options: Options = Options()
) -> Iterator[Ranked]:
    """What each question finds, ranked, with the time it took."""
    version = _version(parts, actor, rag_id, options)
    for question in questions:
        began = time.perf_counter()
        found = _retrieve(parts, rag_id, version, question, options)
        yield Ranked(found, (time.perf_counter() - began) * 1000)


def search(
    parts: Parts, actor: Actor, rag_id: int, text: str, options: Options = Options(mode="mix", top_k=20)
) -> Retrieved:
    """Passages, entities and facts for a search page."""
    version = _version(parts, actor, rag_id, options)
    return _retrieve(parts, rag_id, version, text, options)


def _version(parts: Parts, actor: Actor, rag_id: int, options: Options) -> int:
    with parts.session() as db:
        access.check(db, actor, rag_id, Action.ask)
        current = db.get_one(Rag, rag_id).version
    return current if options.version is None else min(options.version, current)


def _graph(parts: Parts, rag_id: int, version: int, options: Options) -> ApprovedGraph | None:
    """The graph to put queries to; only what is approved now can be asked, and only as a whole."""
    if options.mode not in (SPARQL, "auto") or options.documents is not None or options.staged is not None:
        return None
    graph = ApprovedGraph(parts.store, parts.dataset(rag_id))
    return graph if version and graph.version() == version else None


def _retrieve(
    parts: Parts,
    rag_id: int,
    version: int,
    question: str,
    options: Options,
    history: Sequence[str] = (),
    proposal: Proposal | None = None,
) -> Retrieved:
    return retrieve(
        parts.index,
        parts.dataset(rag_id),
        version,
        question,
        mode="auto" if options.mode == SPARQL else options.mode,
        top_k=options.top_k,
        documents=options.documents,
        hops=options.hops,
        history=history,
        tokens=options.budget,
        reranker=language_models.reranker(parts),
        proposed=proposal.view if proposal else None,
    )
