"""Streamlit's own protocol spoken by hand: what a browser would send, and what somebody could forge."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime

from portal.asgi import make_app
from portal.wiring import Parts

HERE = "http://127.0.0.1:8501"
SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
TEXTS = ("text_input", "text_area")


@contextmanager
def place_given_back() -> Iterator[None]:
    """Streamlit lets a process have one runtime, and puts its script in the place of `__main__`, which a
    process spawned by a later test would run."""
    main = sys.modules["__main__"]
    try:
        yield
    finally:
        Runtime._instance = None
        sys.modules["__main__"] = main


@contextmanager
def served(parts: Parts) -> Iterator[TestClient]:
    """The web application."""
    with (
        place_given_back(),
        TestClient(make_app(parts), base_url=HERE, follow_redirects=False) as running,
    ):
        yield running


@dataclass
class Widget:
    id: str
    kind: str
    label: str
    options: tuple[str, ...] = ()


@dataclass
class Page:
    """A page that is open over a socket."""

    socket: WebSocketTestSession
    name: str
    query: str
    widgets: list[Widget] = field(default_factory=list)
    words: str = ""

    def run(self, states: Iterable[WidgetState] = ()) -> None:
        """Send what a browser sends when the page opens or a widget is used; wait until it is drawn."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.name
        for state in states:
            message.rerun_script.widget_states.widgets.append(state)
        self.socket.send_bytes(message.SerializeToString())
        self.widgets, drawn = [], []
        while True:
            told = ForwardMsg.FromString(self.socket.receive_bytes())
            if told.WhichOneof("type") == "delta":
                self._keep(told, drawn)
            if told.WhichOneof("type") == "script_finished":
                if told.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                break
        self.words = " ".join(drawn)

    def _keep(self, told: ForwardMsg, drawn: list[str]) -> None:
        element = told.delta.new_element
        kind = element.WhichOneof("type")
        if kind is None:
            return
        drawn.append(str(element))
        widget = getattr(element, kind)
        if kind in ("button", "selectbox", "checkbox", "chat_input", *TEXTS):
            self.widgets.append(
                Widget(widget.id, kind, widget.label if kind != "chat_input" else "", _options(widget))
            )


def _options(widget: object) -> tuple[str, ...]:
    return tuple(getattr(widget, "options", ()))


def used(widget: Widget) -> list[WidgetState]:
    """What the browser sends when somebody uses it: once for each choice."""
    state = WidgetState(id=widget.id)
    if widget.kind == "button":
        state.trigger_value = True
    elif widget.kind == "checkbox":
        state.bool_value = True
    elif widget.kind == "chat_input":
        state.chat_input_value.data = "a forged question"
    elif widget.kind == "selectbox":
        return [WidgetState(id=widget.id, string_value=option) for option in widget.options]
    else:
        state.string_value = "forged"
    return [state]


@contextmanager
def opened(web: TestClient, token: str, cookie: str, name: str, query: str) -> Iterator[Page]:
    """A page as the holder of this token opens it."""
    web.cookies.clear()
    if token:
        web.cookies.set(cookie, token)
    try:
        with web.websocket_connect(SOCKET, subprotocols=["streamlit"], headers={"origin": HERE}) as socket:
            page = Page(socket, name, query)
            page.run()
            yield page
    finally:
        web.cookies.clear()


__all__ = ["HERE", "Page", "WebSocketDisconnect", "Widget", "opened", "served", "used"]
