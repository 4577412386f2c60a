"""A question answered by a query that a model writes: checked, run, repaired once, told in our own words.

The model sees names of the graph, never a document, and says nothing but the query: what is answered is what
the graph gave, in sentences made here. So no text of a document can have a say in the answer.
"""

import time
from collections.abc import Generator, Sequence
from functools import partial

from pydantic import BaseModel, Field

from kg.answer.cited import HISTORY, MINUTES, Turn
from kg.answer.graph.found import FromGraph
from kg.answer.model import Event, Stage
from kg.answer.patience import patiently
from kg.answer.query.put import put
from kg.answer.query.vocabulary import told
from kg.answer.query.words import in_words
from kg.approved import ApprovedGraph
from kg.errors import ModelError, StoreDown, StoreError
from kg.guard import visible
from kg.llm.chat import Chat, Message
from kg.prompts import prompt
from kg.retrieve import Retrieved
from kg.text.language import language

TRIES = 2
REPAIR = "The query was refused: {why}. Write it again, corrected."


class Query(BaseModel):
    """A query to the graph."""

    query: str = Field(description="One SPARQL SELECT or ASK query; empty if none answers the question.")


def by_model(
    question: str, graph: ApprovedGraph, found: Retrieved, chat: Chat, history: Sequence[Turn] = ()
) -> Generator[Event, None, FromGraph | None]:
    """The answer, or None if the model or its queries fail or the graph has none. Raises StoreDown."""
    ontology = graph.ontology()
    spoken = "ru" if language(question) == "ru" else "en"
    earlier = [Message(t.role, visible(t.text)[:500]) for t in history if t.role != MINUTES][-HISTORY:]
    how = prompt("sparql", graph=told(question, found, ontology, graph.dataset))
    asked = [Message("system", how), *earlier]
    asked.append(Message("user", question))
    for _ in range(TRIES):
        began = time.monotonic()
        try:
            said, reply = yield from patiently(partial(chat.structured, asked, Query))
        except ModelError as e:
            yield Stage("refused", time.monotonic() - began, str(e))
            return None
        query = said.query.strip()
        tokens = (reply.tokens_in, reply.tokens_out)
        yield Stage("query", time.monotonic() - began, query, 0, *tokens)
        if not query:
            return None
        began = time.monotonic()
        try:
            rows = yield from patiently(partial(put, query, graph, ontology))
        except StoreDown:
            raise
        except StoreError as e:
            yield Stage("refused", time.monotonic() - began, str(e))
            repair = Message("user", REPAIR.format(why=str(e)[:500]))
            asked = [*asked, Message("assistant", query[:4000]), repair]
            continue
        many = len(rows.answered.rows) if rows.answered.truth is None else int(rows.answered.truth)
        yield Stage("graph", time.monotonic() - began, "", many)
        return None if rows.nothing else in_words(rows, graph, ontology, spoken)
    return None
