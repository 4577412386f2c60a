"""Asking the approved version (or a cycle's proposed one), without a conversation."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from kg.answer import Answer, Done, Event, ModelGuide, Turn, Way, answer, patiently
from kg.approved import ApprovedGraph
from portal import guards, language_models, proposals, tools
from portal.access import Actor
from portal.errors import Conflict
from portal.finding import found_by, version_of
from portal.options import AskMode, Options, bounded
from portal.wiring import Parts

HINT_SECONDS = 20.0  # that a search waits for a model's hints


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
    version = version_of(parts, actor, rag_id, options)
    approved = _graph(parts, rag_id, version, options)
    proposal = None
    if options.staged is not None:
        proposal = proposals.of(parts, rag_id, options.staged, proposals.about_question(question))
    model = partial(language_models.chat, parts, "chat", rag_id, user_id=actor.user_id, wanted=options.model)
    chat, guide = model(), model(once=HINT_SECONDS) if options.way is Way.prose else None
    hints = ModelGuide(guide) if guide else None
    earlier = [t.text for t in history]
    look = partial(found_by, parts, rag_id, version, question, options, earlier, proposal, hints)
    found = (yield from patiently(look)) if hints else look()
    found = guards.retrieved(parts, actor, rag_id, found)
    with parts.session() as db:
        terms = guards.banned(db, rag_id)
    steps = chat is not None and options.mode in (AskMode.auto, AskMode.agent)
    written = answer(
        question,
        found,
        version=version,
        embedder=parts.embedder(),
        chat=chat,
        history=history,
        graph=approved,
        agent=tools.agent(parts, actor, rag_id, question, found, options, approved) if steps else None,
        way=options.way,
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


def _graph(parts: Parts, rag_id: int, version: int, options: Options) -> ApprovedGraph | None:
    """The graph to put queries to; only what is approved now can be asked, and only as a whole.

    Conflict where a query to anything else is asked for.
    """
    if options.mode not in (AskMode.auto, AskMode.sparql, AskMode.agent):
        return None
    graph = ApprovedGraph(parts.store, parts.dataset(rag_id))
    part = options.documents is not None or options.staged is not None
    if not part and (options.version is None or graph.version() == version):
        return graph if version and graph.version() == version else None
    if options.mode == AskMode.sparql:
        raise Conflict("query-approved-only")
    return None
