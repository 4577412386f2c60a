"""Questions as queries that a model writes: checked, bounded, told with the facts behind the rows."""

from kg.answer.query.by_model import by_model
from kg.answer.query.put import Rows, put
from kg.answer.query.words import table

__all__ = ["Rows", "by_model", "put", "table"]
