"""The sources of an answer in OpenAI's forms: text below the answer, annotations, and a list of our own."""

import re
from urllib.parse import urlencode

from pydantic import BaseModel

from kg.answer import Answer
from portal.doors.caller import Shown
from portal.i18n import gettext as _
from portal.settings import Settings

RULE = "\n\n---\n"  # what is below it in an answer that a client sends back is not part of it
_MARK = re.compile(r"\[(\d{1,3})\]")


class Source(Shown):
    n: int
    document: str
    page: int | None
    start: int
    end: int
    quote: str
    fact: str | None
    url: str  # the place in the portal


class UrlCitation(BaseModel):
    start_index: int  # of the [n] in the message's text
    end_index: int
    title: str
    url: str


class Annotation(BaseModel):
    type: str = "url_citation"
    url_citation: UrlCitation


def sources(settings: Settings, rag_id: int, answer: Answer) -> list[Source]:
    return [
        Source(
            n=c.n,
            document=c.document,
            page=c.page,
            start=c.start,
            end=c.end,
            quote=c.quote,
            fact=c.fact,
            url=f"{settings.address}/document?"
            + urlencode({"rag": rag_id, "revision": c.document_id, "start": c.start, "end": c.end}),
        )
        for c in answer.citations
    ]


def annotations(text: str, cited: list[Source]) -> list[Annotation]:
    """Each [n] of the text with where it leads."""
    of = {s.n: s for s in cited}
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=mark.start(),
                end_index=mark.end(),
                title=of[int(mark[1])].document,
                url=of[int(mark[1])].url,
            )
        )
        for mark in _MARK.finditer(text)
        if int(mark[1]) in of
    ]


def below(cited: list[Source]) -> str:
    """The sources as lines of text, for clients that show nothing but text; "" if there are none."""
    if not cited:
        return ""
    return RULE + "\n".join(f"[{s.n}] {_place(s)}: “{' '.join(s.quote.split())}”  " for s in cited)


def without(text: str) -> str:
    """An earlier answer as it was before `below` was added."""
    return text.split(RULE, 1)[0]


def _place(source: Source) -> str:
    if source.page is None:
        return source.document
    return _("{document}, page {page}").format(document=source.document, page=source.page)
