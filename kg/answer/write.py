"""From what was retrieved to the answer, as a stream of events."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kg.answer.cited import NOTHING, Turn, checked, invented, written
from kg.answer.extractive import Candidate, best, sources
from kg.answer.graph import from_graph
from kg.answer.manner import PLAIN, Manner
from kg.answer.model import Answer, Citation, Done, Event, Sources, Stage, Words
from kg.answer.phrases import NEAREST, NOT_KNOWN
from kg.answer.unsupported import unsupported
from kg.approved import ApprovedGraph
from kg.embed import Embedder
from kg.guard import without_links
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
    manner: Manner = PLAIN,
) -> Iterator[Event]:
    """Answer from what was found: by the model if there is one, else by quoting; the last event is Done.

    ModelDown and ModelRefused are the caller's. `Words` are shown while they come; only the text of
    `Done` has its citations checked. With `graph`, a question that is a query to it is answered from it.
    """
    began = time.monotonic()
    yield Sources(found)
    yield Stage("retrieve", found.seconds)
    spoken = "ru" if language(question) == "ru" else "en"
    exact = None
    if graph is not None and not manner.context_only:
        exact = from_graph(question, graph, found.entities)
    if exact is not None:
        yield Stage("graph", time.monotonic() - began)
        yield Words(exact.text)
        seconds = round(found.seconds + time.monotonic() - began, 3)
        yield Done(
            Answer(
                exact.text,
                supported=True,
                citations=exact.citations,
                version=version,
                mode="sparql",
                language=spoken,
                seconds=seconds,
                query=exact.query,
            )
        )
        return
    doubted: tuple[str, ...] = ()
    if manner.context_only:
        picked = sources(found.passages, found.facts)
        text, citations = _quoted(picked, bool(picked), spoken, "\n\n")
        supported, tokens, struck = bool(picked), (0, 0), (0, 0)
        yield Words(text)
    elif chat is None:
        picked, supported = best(question, found.passages, found.facts, embedder)
        text, citations = _quoted(picked, supported, spoken)
        tokens = struck = (0, 0)
        yield Words(text)
    else:
        given = sources(found.passages, found.facts)
        stream = written(question, given, chat, history, manner)
        for piece in stream:
            yield Words(piece)
        assert stream.reply is not None  # set when the stream has ended
        tokens = (stream.reply.tokens_in, stream.reply.tokens_out)
        text, citations = checked(stream.reply.text, given)
        struck = (without_links(stream.reply.text)[1], invented(stream.reply.text, given))
        supported = bool(citations) and text.strip(" .") != NOTHING
        if supported:
            doubted = unsupported(text, citations)
        else:
            picked, _ = best(question, found.passages, found.facts, embedder)
            text, citations = _quoted(picked, False, spoken)
    yield Stage("write", time.monotonic() - began)
    yield Done(
        Answer(
            text=text,
            supported=supported,
            citations=citations,
            version=version,
            mode=found.mode,
            language=spoken,
            seconds=round(found.seconds + time.monotonic() - began, 3),
            tokens_in=tokens[0],
            tokens_out=tokens[1],
            struck_links=struck[0],
            struck_citations=struck[1],
            unsupported=doubted,
        )
    )


def _quoted(
    picked: Sequence[Candidate], supported: bool, spoken: str, between: str = " "
) -> tuple[str, tuple[Citation, ...]]:
    """Quotes with their numbers; introduced as the nearest there is when they do not answer."""
    citations = tuple(replace(c.citation, n=n) for n, c in enumerate(picked, 1))
    text = between.join(f"{_line(c)} [{n}]" for n, c in enumerate(picked, 1))
    if supported:
        return text, citations
    return NOT_KNOWN[spoken] + (f" {NEAREST[spoken]} {text}" if text else ""), citations


def _line(candidate: Candidate) -> str:
    quote = without_links(candidate.text, keep_addresses=True)[0]
    return f"{quote} ({candidate.dates})" if candidate.dates else quote
