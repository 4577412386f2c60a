"""Whether this process lives, and whether it can serve."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from portal import db
from portal.errors import PartDown
from portal.wiring import Parts


def routes(parts: Parts) -> list[Route]:
    async def alive(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> JSONResponse:
        """The database is what no page works without; the other parts are named on the admin page."""
        try:
            await run_in_threadpool(db.ping, parts.engine)
        except PartDown:
            return JSONResponse({"status": "down", "part": "database"}, 503)
        return JSONResponse({"status": "ok"})

    return [Route("/healthz", alive), Route("/readyz", ready)]
