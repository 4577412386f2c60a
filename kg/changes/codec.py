"""Changes as JSON and back, without loss; what is not a change is refused."""

from collections.abc import Mapping
from typing import Any

from kg import values
from kg.errors import BadInput
from kg.model import Change


def to_json(change: Change) -> dict[str, Any]:
    made: dict[str, Any] = values.to_json(change)
    return made


def from_json(data: Mapping[str, Any]) -> Change:
    """The change; BadInput if the data is none."""
    try:
        found: Change = values.from_json(Change, data)
    except (KeyError, ValueError, TypeError, AttributeError) as e:
        raise BadInput(f"not a change: {e}") from e
    return found
