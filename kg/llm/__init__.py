"""Language models behind any OpenAI-compatible address, through LlamaIndex."""

from kg.llm.calls import Calls, Gate, Reply
from kg.llm.chat import Chat, Message, Stream
from kg.llm.profile import ModelProfile

__all__ = ["Calls", "Chat", "Gate", "Message", "ModelProfile", "Reply", "Stream"]
