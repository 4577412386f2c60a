"""The web application: Streamlit's pages behind our gate, and our own routes beside them, in one process."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from streamlit.web.bootstrap import load_config_options

from portal import db, logs, process, tracing
from portal.arrivals import Arrivals
from portal.doors import app as doors
from portal.doors import data, feeds, mcp, metrics, sparql
from portal.errors import PartDown
from portal.gate import USER_HEADER, Gate, Headers
from portal.routes import downloads, health, links, people, sso, vendored
from portal.settings import Settings
from portal.ui import theme, words
from portal.wiring import Parts

log = logging.getLogger(__name__)

SCRIPT = Path(__file__).parent / "app.py"


def make_app(parts: Parts | None = None) -> streamlit.App:
    """The ASGI application; uvicorn calls this (`--factory portal.asgi:make_app`)."""
    if parts is None:
        parts = process.parts()
        logs.configure(parts.settings.log_level, parts.settings.log_format)
        tracing.configure(parts.settings, "web")
    load_config_options(options(parts.settings))
    app = streamlit.App(
        SCRIPT,
        lifespan=_lifespan(parts),
        routes=routes(parts),
        on_script_error=_explain,
        middleware=middleware(parts),
    )
    logs.take_over()  # its loggers came with handlers of their own
    return app


def routes(parts: Parts) -> list[BaseRoute]:
    """What is not Streamlit's."""
    return [
        *health.routes(parts),
        *people.routes(parts),
        *links.routes(parts),
        *sso.routes(parts),
        *downloads.routes(parts),
        *vendored.routes(parts),
        *doors.routes(parts),
        *sparql.routes(parts),
        *data.routes(parts),
        *feeds.routes(parts),
        *mcp.routes(parts),
        *metrics.routes(parts),
        Route("/auth/icon.svg", _icon),
    ]


def middleware(parts: Parts) -> list[Middleware]:
    return [Middleware(Arrivals), Middleware(Headers, parts=parts), Middleware(Gate, parts=parts)]


def options(settings: Settings) -> dict[str, object]:
    """Streamlit's options: nothing is sent anywhere, nothing internal is shown, uploads are bounded."""
    public = urlsplit(settings.address)
    return {
        "browser_gatherUsageStats": False,
        "browser_serverAddress": public.hostname,
        "client_showErrorDetails": "none",
        "client_toolbarMode": "minimal",
        "client_showSidebarNavigation": False,
        "global_developmentMode": False,
        "logger_hideWelcomeMessage": True,
        "runner_magicEnabled": False,
        "runner_postScriptGC": False,  # a full collection after every run costs more than the run
        "server_address": settings.host,  # else it asks an outside host for its own address
        "server_port": settings.port,
        "server_headless": True,
        "server_fileWatcherType": "none",
        "server_runOnSave": False,
        "server_allowRunOnSave": False,
        "server_enableStaticServing": False,
        "server_maxUploadSize": settings.max_upload_mb,
        "server_corsAllowedOrigins": [f"{public.scheme}://{public.netloc}"],
        "server_trustedUserHeaders": {USER_HEADER: "id"},
        **theme.OPTIONS,
    }


def _lifespan(parts: Parts):  # type: ignore[no-untyped-def]  # Streamlit's own type is private
    @asynccontextmanager
    async def lifespan(_app: streamlit.App) -> AsyncIterator[dict[str, object] | None]:
        logs.take_over()
        try:
            await run_in_threadpool(db.upgrade, parts.engine)
        except PartDown as e:
            log.warning("%s Pages say so until it does.", e)
        yield None

    return lifespan


def _explain(error: Exception) -> bool:
    """What no page expected: the log has it all, the reader a sentence and nothing internal."""
    log.error("a page failed", exc_info=error)
    streamlit.error(words.sentence(error), icon=":material/error:")
    return True


async def _icon(_request: Request) -> Response:
    return Response(files("portal").joinpath("templates/icon.svg").read_bytes(), media_type="image/svg+xml")
