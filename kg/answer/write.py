"""From what was retrieved to the answer, as a stream of events."""

import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace

from kg.answer.agent import Agent, by_steps
from kg.answer.agent.when import needs_steps
from kg.answer.cited import Turn
from kg.answer.exact import Way, exact
from kg.answer.extractive import sources
from kg.answer.graph import FromGraph
from kg.answer.manner import PLAIN, Manner
from kg.answer.model import Answer, Done, Event, Sources, Stage, Words
from kg.answer.prose import Prose, by_the_model, nearest, quoted, the_sources
from kg.approved import ApprovedGraph
from kg.embed import Embedder
from kg.llm.chat import Chat
from kg.retrieve import Retrieved
from kg.text.language import language


def answer(
    question: str,
    found: Retrieved,
    *,
    version: int,
    embedder: Embedder,
    chat: Chat | None = None,
    history: Sequence[Turn] = (),
    graph: ApprovedGraph | None = None,
    agent: Agent | None = None,
    way: Way = Way.auto,
    manner: Manner = PLAIN,
) -> Iterator[Event]:
    """Answer from what was found: by the model if there is one, else by quoting; the last event is Done.

    ModelDown and ModelRefused are the caller's. `Words` are shown while they come; only the text of
    `Done` has its citations checked. With `graph`, a question that is a query to it is answered from it; with
    `agent` and a model, one that needs steps is answered by them.
    """
    began = time.monotonic()
    yield Sources(found)
    steps = _looked(found)
    yield from steps
    work = _Work(question, found, embedder, chat, history, manner, way)
    for event in work.events(graph, agent):
        if isinstance(event, Stage):
            steps.append(event)
        if not isinstance(event, Done):
            yield event
            continue
        made = event.answer
        yield Done(
            replace(
                made,
                version=version,
                language=work.spoken,
                seconds=round(found.seconds + time.monotonic() - began, 3),
                tokens_in=sum(s.tokens_in for s in steps),
                tokens_out=sum(s.tokens_out for s in steps),
                steps=tuple(steps),
            )
        )


def _looked(found: Retrieved) -> list[Stage]:
    hints = found.hints
    if hints is None:
        return [Stage("retrieve", found.seconds)]
    told = ", ".join(hints.keywords)
    asked = Stage("hints", hints.seconds, told, len(hints.helpful), hints.tokens_in, hints.tokens_out)
    return [asked, Stage("retrieve", found.seconds - hints.seconds)]


class _Work:
    def __init__(
        self,
        question: str,
        found: Retrieved,
        embedder: Embedder,
        chat: Chat | None,
        history: Sequence[Turn],
        manner: Manner,
        way: Way,
    ) -> None:
        self.question, self.found, self.embedder, self.chat = question, found, embedder, chat
        self.history, self.manner = history, manner
        self.way = Way.auto if way is Way.steps and chat is None else way  # steps need a model
        self.spoken = "ru" if language(question) == "ru" else "en"

    def events(self, graph: ApprovedGraph | None, agent: Agent | None) -> Iterator[Event]:
        """The way to the answer; the last event is Done."""
        if self.manner.context_only:
            made = the_sources(self.found, self.spoken)
            yield Words(made.text)
            yield self._done(made, self.found.mode)
            return
        if graph is not None and self.way in (Way.auto, Way.query):
            given = yield from exact(self.question, graph, self.found, self.way, self.chat, self.history)
            if given is not None:
                yield Words(given.text)
                yield self._exactly(given)
                return
        if self.chat is None:
            yield from self._without_a_model()
        else:
            yield from self._with(self.chat, agent if self.way in (Way.auto, Way.steps) else None)

    def _without_a_model(self) -> Iterator[Event]:
        began = time.monotonic()
        made = quoted(self.question, self.found, self.embedder, self.spoken)
        yield Words(made.text)
        yield Stage("write", time.monotonic() - began)
        yield self._done(made, self.found.mode)

    def _with(self, chat: Chat, agent: Agent | None) -> Iterator[Event]:
        """One answer from what was found; or steps first, by how the question is put or as the model says."""
        if agent is not None and (self.way is Way.steps or needs_steps(self.question)):
            yield from self._by_steps(chat, agent)
            return
        made = yield from self._written(chat, self.found, may_look=agent is not None)
        if made.more and agent is not None:
            yield from self._by_steps(chat, agent)
        else:
            yield from self._said(made, self.found)

    def _by_steps(self, chat: Chat, agent: Agent) -> Iterator[Event]:
        began = time.monotonic()
        gathered = yield from by_steps(self.question, self.found, agent, chat, self.history)
        found = gathered.as_found(self.found, self.found.seconds + time.monotonic() - began)
        yield Sources(found)
        yield from self._said((yield from self._written(chat, found, tables=gathered.tables)), found)

    def _written(
        self, chat: Chat, found: Retrieved, *, may_look: bool = False, tables: Sequence[str] = ()
    ) -> Generator[Event, None, Prose]:
        began = time.monotonic()
        given = sources(found.passages, found.facts, whole=found is not self.found)
        made = yield from by_the_model(
            self.question, given, chat, self.history, self.manner, may_look=may_look, tables=tables
        )
        yield Stage("write", time.monotonic() - began, "", 0, *made.tokens)
        return made

    def _said(self, made: Prose, found: Retrieved) -> Iterator[Event]:
        """What the model wrote, or, where that is nothing, the nearest there is."""
        if not made.supported:
            instead = nearest(self.question, found, self.embedder, self.spoken)
            made = replace(made, text=instead.text, citations=instead.citations)
            if made.silent:
                yield Words(made.text)
        yield self._done(made, found.mode)

    def _exactly(self, given: FromGraph) -> Done:
        text = Answer(given.text, supported=True, citations=given.citations, mode="sparql", query=given.query)
        return Done(text)

    def _done(self, made: Prose, mode: str) -> Done:
        return Done(
            Answer(
                text=made.text,
                supported=made.supported,
                citations=made.citations,
                mode=mode,
                struck_links=made.struck[0],
                struck_citations=made.struck[1],
                unsupported=made.doubted,
            )
        )
