"""Programs and services that speak OpenAI's protocol, with the address at which each is usually found."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """`name` is its own and not translated; "" for any other."""

    name: str
    base_url: str
    needs_key: bool


PRESETS: Mapping[str, Preset] = {
    "openai": Preset("OpenAI", "https://api.openai.com/v1", needs_key=True),
    "gemini": Preset("Gemini", "https://generativelanguage.googleapis.com/v1beta/openai", needs_key=True),
    "ollama": Preset("Ollama", "http://localhost:11434/v1", needs_key=False),
    "lmstudio": Preset("LM Studio", "http://localhost:1234/v1", needs_key=False),
    "vllm": Preset("vLLM", "http://localhost:8000/v1", needs_key=False),
    "llamacpp": Preset("llama.cpp", "http://localhost:8080/v1", needs_key=False),
    "other": Preset("", "", needs_key=False),
}
