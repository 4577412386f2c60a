"""Language models behind any OpenAI-compatible address; `kg.llm.chat` speaks to them through LlamaIndex.

That one takes seconds to load, so it is imported by its own name, and only where a model is spoken to.
"""

from kg.llm.calls import Calls, Gate, Reply
from kg.llm.profile import ModelProfile

__all__ = ["Calls", "Gate", "ModelProfile", "Reply"]
