"""The retrieval index: a projection of documents and approved graph that any version can be read from."""

from kg.index.index import Index
from kg.index.rows import FactRow, IndexDelta, UnitRow, fact_row

__all__ = ["FactRow", "Index", "IndexDelta", "UnitRow", "fact_row"]
