"""Proposed terms as a language model names them by standard usage: asked one by one, each answer checked."""

from kg.naming.ask import Asked, Name, ask, asked
from kg.naming.check import named

__all__ = ["Asked", "Name", "ask", "asked", "named"]
