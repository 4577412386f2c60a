"""Which model answers in a role, where, and at what price."""

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class ModelProfile:
    """`api_key` never shows in a repr. Prices are per million tokens, in the installation's currency."""

    role: str  # extract, chat, embed, rerank
    model: str
    base_url: str  # with its "/v1"
    api_key: str = field(default="none", repr=False)
    context_window: int = 8192  # tokens
    max_tokens: int = 2048  # of an answer
    temperature: float = 0.0
    top_p: float = 1.0
    timeout: float = 120.0  # seconds, of one try
    tries: int = 5
    in_flight: int = 8  # calls at once
    price_in: float = 0.0
    price_out: float = 0.0
    gleanings: int = 1  # extraction: further looks at the same text

    def once(self, timeout: float) -> "ModelProfile":
        """The same, tried once for so many seconds: somebody waits."""
        return replace(self, tries=1, timeout=timeout)

    @property
    def traced(self) -> dict[str, str | int]:
        """What a span says of a call: never what was said."""
        return {"gen_ai.request.model": self.model, "ferag.role": self.role}

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """
        >>> ModelProfile("chat", "m", "http://localhost/v1", price_in=1, price_out=2).cost(500_000, 250_000)
        1.0
        """
        return (tokens_in * self.price_in + tokens_out * self.price_out) / 1_000_000
