"""Proposed terms named by the model that reads documents, where there is one; within the cycle's budget."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rdflib import URIRef

from jobs import allowance
from jobs.extractors import by_model
from jobs.work import Work
from kg import naming
from kg.errors import ModelRefused
from kg.model import Ontology
from kg.naming import Name
from kg.ontology import Induction

if TYPE_CHECKING:
    from kg.llm.chat import Chat

log = logging.getLogger(__name__)


def named(work: Work, induction: Induction, approved: Ontology) -> Induction:
    """The induction with the model's names for its new terms; as it is without a model."""
    terms = naming.asked(work.dataset, induction.ontology, approved)
    if not terms or not by_model(work.parts):
        return induction

    from portal import language_models  # noqa: PLC0415  # heavy, and only where there is a model

    @contextmanager
    def allowed() -> Iterator[None]:
        allowance.check(work.parts, work.rag_id, work.cycle_id)
        yield

    chat = language_models.chat(work.parts, "extract", work.rag_id, work.cycle_id, around=allowed)
    if chat is None:
        return induction
    return naming.named(work.dataset, induction, approved, _answers(work, chat, terms))


def _answers(work: Work, chat: "Chat", terms: tuple[naming.Asked, ...]) -> dict[URIRef, Name]:
    """What the model says, as far as it can be asked: the names of before can be used as well."""
    answers: dict[URIRef, Name] = {}
    at_once = chat.profile.in_flight
    with ThreadPoolExecutor(at_once) as pool:
        for i in range(0, len(terms), at_once):
            work.lease.check()
            some = terms[i : i + at_once]
            try:
                said = list(pool.map(lambda term: naming.ask(chat, term), some))
            except ModelRefused as e:
                log.warning("the model names no terms: %s", e)
                break
            answers |= {term.iri: name for term, name in zip(some, said, strict=True) if name}
    return answers
