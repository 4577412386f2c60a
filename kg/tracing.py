"""Spans of OpenTelemetry: what took how long, for whoever set up a receiver; else they cost nothing."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.trace import Span, StatusCode

OURS = "ferag"


@contextmanager
def span(
    name: str, attributes: Mapping[str, str | int] | None = None, *, current: bool = True
) -> Iterator[Span]:
    """A piece of work; also a decorator.

    Of an error only the kind is kept: its words may be a document's. A generator that others step through
    takes `current=False`: between its steps another span may be theirs.
    """
    made = trace.get_tracer(OURS).start_span(name, attributes=attributes)
    try:
        if current:
            with trace.use_span(made, record_exception=False, set_status_on_exception=False):
                yield made
        else:
            yield made
    except Exception as e:
        made.set_status(StatusCode.ERROR, type(e).__name__)
        raise
    finally:
        made.end()
