"""Logs: one line per event on standard error; what a request or job is about is bound to its lines."""

import logging
import sys
from typing import Any

import structlog

_OURS = ("portal", "jobs", "kg", "pages")


def configure(level: str = "info") -> None:
    """For this process; call it once, from its entry point."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)  # libraries speak when something is wrong
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())
