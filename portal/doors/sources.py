"""The sources of an answer in OpenAI's forms: text below the answer, annotations, and a list of our own."""

import re
from urllib.parse import urlencode

from pydantic import BaseModel

from kg.answer import Answer, Citation
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
    said_by: str = ""  # a member who states it, where there is no document
    said_on: str = ""
    reason: str = ""


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
            url=_url(settings, rag_id, c),
            said_by=c.said_by,
            said_on=c.said_on,
            reason=c.reason,
        )
        for c in answer.citations
    ]


def _url(settings: Settings, rag_id: int, c: Citation) -> str:
    if not c.document_id:
        return f"{settings.address}/versions?{urlencode({'rag': rag_id})}"
    where = {"rag": rag_id, "revision": c.document_id, "start": c.start, "end": c.end}
    return f"{settings.address}/document?{urlencode(where)}"


def annotations(text: str, cited: list[Source]) -> list[Annotation]:
    """Each [n] of the text with where it leads."""
    of = {s.n: s for s in cited}
    return [
        Annotation(
            url_citation=UrlCitation(
                start_index=mark.start(),
                end_index=mark.end(),
                title=of[int(mark[1])].document or _place(of[int(mark[1])]),
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
    return RULE + "\n".join(f"[{s.n}] {_place(s)}: {_words(s)}  " for s in cited)


def without(text: str) -> str:
    """An earlier answer as it was before `below` was added."""
    return text.split(RULE, 1)[0]


def _words(source: Source) -> str:
    said = " ".join((source.quote or source.reason).split())
    return f"“{said}”" if source.quote else said


def _place(source: Source) -> str:
    if source.said_by and not source.document:
        return f"{source.said_by}, {source.said_on}"
    if source.page is None:
        return source.document
    return _("{document}, page {page}").format(document=source.document, page=source.page)
