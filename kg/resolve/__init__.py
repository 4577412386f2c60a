"""Entity resolution: what in the texts, and in the approved graph, is one thing."""

from kg.resolve.decided import Decided
from kg.resolve.resolution import resolve, wanted_keys

__all__ = ["Decided", "resolve", "wanted_keys"]
