"""`/metrics` for Prometheus: what an operator watches, read from the parts at each scrape.

Counts of the whole installation, so any web process gives the same numbers. It takes an administrator's
token of the scope *metrics*.
"""

from collections.abc import Callable, Iterator
from typing import Any

import redis
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from sqlalchemy import func
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from kg.errors import KgError
from portal import access, db, tokens, work_queue
from portal.doors.bearer import who
from portal.errors import BeyondScope, Forbidden, PartDown, PortalError, Unknown
from portal.models import ChatMessage, Cycle, Document, ModelCall, Outbox, Rag, Unit, User
from portal.routes.rendering import sentence, speak
from portal.wiring import Parts

PATH = "/metrics"


def routes(parts: Parts) -> list[Route]:
    async def metrics(request: Request) -> Response:
        return await run_in_threadpool(_answer, parts, request)

    return [Route(PATH, metrics)]


def _answer(parts: Parts, request: Request) -> Response:
    speak(request)
    try:
        actor = who(parts, request)
        try:
            access.check_metrics(actor)
        except BeyondScope as e:
            tokens.refused(parts, actor, e, f"{request.method} {PATH}")
            raise
    except PortalError as e:
        status = 401 if isinstance(e, Unknown) else 403 if isinstance(e, Forbidden) else 503
        headers = {401: {"WWW-Authenticate": "Bearer"}, 503: {"Retry-After": "5"}}.get(status)
        return PlainTextResponse(sentence(e) + "\n", status, headers)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures(parts))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class Figures:
    """The installation's numbers at this moment."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield self._parts_up()
        with self.parts.session() as opened:
            yield _by_state(opened, "ferag_cycles", "Cycles by state.", col(Cycle.state))
            yield _by_state(opened, "ferag_text_units", "Text units by state.", col(Unit.state))
            yield _by_state(
                opened, "ferag_messages", "Questions and answers by state.", col(ChatMessage.state)
            )
            yield from _totals(opened)
            yield from _model_calls(opened)
        yield from self._queues()

    def _parts_up(self) -> GaugeMetricFamily:
        made = GaugeMetricFamily("ferag_part_up", "1 if the part answers.", labels=["part"])
        looks: dict[str, Callable[[], object]] = {
            "database": lambda: db.ping(self.parts.engine),
            "store": self.parts.store.ping,
            "queue": self.parts.redis.ping,
        }
        for part, look in looks.items():
            try:
                look()
            except (PartDown, KgError, redis.RedisError):
                made.add_metric([part], 0)
            else:
                made.add_metric([part], 1)
        return made

    def _queues(self) -> Iterator[GaugeMetricFamily]:
        """Nothing while the queue is down: `ferag_part_up` says so."""
        workers = GaugeMetricFamily("ferag_workers", "Workers heard of lately.", labels=["queue"])
        jobs = GaugeMetricFamily("ferag_queue_jobs", "Jobs that wait for a worker.", labels=["queue"])
        try:
            here = [w.queue for w in work_queue.workers(self.parts.redis)]
            waiting = [work_queue.queue_of(task) for task, _ in work_queue.queued(self.parts.redis)]
        except redis.RedisError:
            return
        for queue in work_queue.QUEUES:
            workers.add_metric([queue], here.count(queue))
            jobs.add_metric([queue], waiting.count(queue))
        yield from (workers, jobs)


def _by_state(opened: Session, name: str, said: str, column: Mapped[Any]) -> GaugeMetricFamily:
    made = GaugeMetricFamily(name, said, labels=["state"])
    for state, number in opened.execute(select(column, func.count()).group_by(column)):
        made.add_metric([str(state)], number)
    return made


def _totals(opened: Session) -> Iterator[GaugeMetricFamily]:
    totals = {
        "ferag_users": ("Accounts that may log in.", User, col(User.disabled_at).is_(None)),
        "ferag_knowledge_bases": ("Knowledge bases.", Rag, col(Rag.deleted_at).is_(None)),
        "ferag_documents": ("Documents.", Document, col(Document.removed_at).is_(None)),
        "ferag_outbox_jobs": ("Jobs that the queue has not got yet.", Outbox, col(Outbox.sent_at).is_(None)),
    }
    for name, (said, table, condition) in totals.items():
        number = opened.execute(select(func.count()).select_from(table).where(condition)).scalar_one()
        yield GaugeMetricFamily(name, said, value=number)


def _model_calls(opened: Session) -> Iterator[GaugeMetricFamily]:
    calls = GaugeMetricFamily("ferag_model_calls", "Calls of models so far.", labels=["role", "cached"])
    used = GaugeMetricFamily("ferag_model_tokens", "Tokens of models so far.", labels=["role", "direction"])
    paid = ~col(ModelCall.cached)
    for role, cached, number in opened.execute(
        select(ModelCall.role, ModelCall.cached, func.count()).group_by(ModelCall.role, col(ModelCall.cached))
    ):
        calls.add_metric([role, str(bool(cached)).lower()], number)
    sums = select(ModelCall.role, func.sum(ModelCall.tokens_in), func.sum(ModelCall.tokens_out))
    for role, tokens_in, tokens_out in opened.execute(sums.where(paid).group_by(ModelCall.role)):
        used.add_metric([role, "in"], tokens_in or 0)
        used.add_metric([role, "out"], tokens_out or 0)
    yield from (calls, used)
