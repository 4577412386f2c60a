"""The portal's own routes behind its gate on a real port, for clients that speak HTTP themselves.

Without Streamlit, which runs once in a process.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from portal import asgi
from portal.wiring import Parts
from tests.servers import free_port


@contextmanager
def served(parts: Parts) -> Iterator[str]:
    """Its address."""
    port = free_port()
    app = Starlette(routes=asgi.routes(parts), middleware=asgi.middleware(parts))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)
