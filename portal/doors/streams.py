"""How the OpenAPI document says that an answer is a stream of server-sent events."""

from typing import Any

_EVENT = {
    "type": "object",
    "required": ["data"],
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
}
# `itemSchema` is of OpenAPI 3.2, and FastAPI's own way to say it in 3.1
STREAM: dict[str, Any] = {"text/event-stream": {"itemSchema": _EVENT}}
