"""Logs: one line per event on standard error, for people or as JSON, bound to the request or job it is about.

No secret and no text of a document gets in: of an error only our own words and its kinds are written, of
a traceback the places (docs/operation.md).
"""

import logging
import sys
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Literal

import structlog
from opentelemetry import trace
from structlog.typing import EventDict, Processor

from kg.errors import BadInput, KgError, Unreadable
from portal.errors import PortalError

Form = Literal["text", "json"]
_OURS = ("portal", "jobs", "kg", "pages")
_OTHERS = ("uvicorn", "streamlit", "websockets", "rq")  # have handlers of their own


def configure(level: str = "info", form: Form = "text") -> None:
    """For this process; call it once, from its entry point."""
    json = form == "json"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso" if json else "%Y-%m-%d %H:%M:%S", utc=True),
        _trace,
        _places,
    ]
    if json:
        shared.insert(0, structlog.stdlib.add_logger_name)
    written: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler()
    handler.addFilter(_plain)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, written],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)  # libraries speak when something is wrong
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
    sys.excepthook = _last_words
    take_over()


def take_over() -> None:
    """What servers and Streamlit say goes the same way; again once they have made all their loggers."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".", 1)[0] in _OTHERS:
            logger = logging.getLogger(name)
            logger.handlers, logger.propagate = [], True
            logger.setLevel(logging.WARNING)


def said(error: BaseException) -> str:
    """Our own words of an error, then its kinds. What a server, a file or a person wrote comes after a colon.

    >>> from kg.errors import ModelRefused
    >>> said(ModelRefused("the model refuses (400): 'Dear Anna, ...' is too long"))
    'the model refuses (400) (ModelRefused)'
    >>> said(ValueError("invalid literal: 'Dear Anna'"))
    'ValueError'
    """
    kinds = ", ".join(type(e).__name__ for e in _chain(error))
    if isinstance(error, PortalError):
        return f"{error.code} ({kinds})"
    if isinstance(error, KgError) and not isinstance(error, BadInput | Unreadable):
        return f"{str(error).partition(': ')[0]} ({kinds})"
    return kinds


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _ in range(10):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)


def _plain(record: logging.LogRecord) -> bool:
    """Errors among a line's arguments are written as `said`."""
    if isinstance(record.args, tuple):
        record.args = tuple(said(a) if isinstance(a, BaseException) else a for a in record.args)
    return True


def _places(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """A traceback without the errors' words and the variables' values."""
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = "\n".join(
            "".join(traceback.format_list(traceback.extract_tb(e.__traceback__))) + said(e)
            for e in reversed(list(_chain(error)))
        )
    return event


def _trace(_logger: Any, _method: str, event: EventDict) -> EventDict:
    context = trace.get_current_span().get_span_context()
    if context.is_valid:
        event["trace"] = trace.format_trace_id(context.trace_id)
    return event


def _last_words(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("portal").critical("this process ends", exc_info=(kind, error, where))
