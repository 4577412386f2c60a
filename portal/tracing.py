"""Traces for an OpenTelemetry receiver, if there is one; they go along from the web to the workers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import structlog
from opentelemetry import context, propagate, trace

from kg.tracing import OURS, span
from portal.settings import Settings

REQUEST = "request"  # the name under which a request's id is bound to log lines


def configure(settings: Settings, process: str) -> None:
    """For this process (`web`, `worker`, `cli`); call it once, from its entry point."""
    if not settings.otlp_endpoint:
        return
    # heavy, and most installations have no receiver
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    class Ours(BatchSpanProcessor):
        def on_end(self, ended: ReadableSpan) -> None:
            """Libraries' own spans stay here: they have addresses with their queries, and errors' words."""
            if ended.instrumentation_scope and ended.instrumentation_scope.name == OURS:
                super().on_end(ended)

    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint}/v1/traces", timeout=5)
    provider = TracerProvider(resource=Resource.create({"service.name": f"ferag-{process}"}))
    provider.add_span_processor(Ours(exporter, schedule_delay_millis=1000))
    trace.set_tracer_provider(provider)  # what is left is sent when the process ends


def carrier() -> dict[str, str]:
    """What a job takes along of the request that asked for it: the request's id, and the trace."""
    found: dict[str, str] = {}
    propagate.inject(found)
    request = structlog.contextvars.get_contextvars().get(REQUEST)
    return found | ({REQUEST: str(request)} if request else {})


@contextmanager
def doing(name: str, along: Mapping[str, str] | None = None, **ids: str | int) -> Iterator[None]:
    """A piece of work: a span, and its ids on every log line in it.

    `along` is the `carrier` of whoever asked for it: the span is of their trace, the lines of their request.
    """
    bound = ids | ({REQUEST: along[REQUEST]} if along and REQUEST in along else {})
    token = context.attach(propagate.extract(along)) if along else None
    try:
        with (
            structlog.contextvars.bound_contextvars(**bound),
            span(name, {f"ferag.{key}": value for key, value in bound.items()}),
        ):
            yield
    finally:
        if token:
            context.detach(token)
