"""What stands between people's texts, documents and a model: plain rules that need no model themselves."""

from kg.guard.banned import BannedTerms
from kg.guard.invisible import visible
from kg.guard.links import without_links
from kg.guard.screen import injection

__all__ = ["BannedTerms", "injection", "visible", "without_links"]
