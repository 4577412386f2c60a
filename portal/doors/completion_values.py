"""OpenAI's chat completions, as far as a knowledge base has something to say in them."""

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portal.doors.sources import Annotation, Source

Content = Annotated[str, StringConstraints(max_length=200_000, pattern=r"^[^\x00]*$")]


class Given(BaseModel):
    """Clients send much that only they know: it is let through and not looked at."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(Given):
    type: Annotated[str, StringConstraints(max_length=40)]
    text: Content = ""


class Message(Given):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content | list[Part] | None = None


class StreamOptions(Given):
    include_usage: bool = False


class CompletionRequest(Given):
    model: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    n: Annotated[int, Field(ge=1, le=1)] | None = 1

    @property
    def include_usage(self) -> bool:
        return self.stream_options is not None and self.stream_options.include_usage


class Model(BaseModel):
    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = "ferag"
    name: str
    description: str
    version: int


class Models(BaseModel):
    object: Literal["list"] = "list"
    data: list[Model]


class Delta(BaseModel):
    role: Literal["assistant"] | None = None
    content: str | None = None
    annotations: list[Annotation] | None = None


class Choice(BaseModel):
    index: int = 0
    message: Delta | None = None  # of a whole answer
    delta: Delta | None = None  # of a piece
    finish_reason: str | None = None


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    system_fingerprint: str = Field(description="The approved version it rests on, as version-3.")
    choices: list[Choice]
    usage: Usage
    citations: list[Source]
    supported: bool


class Chunk(BaseModel):
    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[Choice]
    system_fingerprint: str | None = None
    usage: Usage | None = None
    citations: list[Source] | None = None
    supported: bool | None = None

    def written(self) -> str:
        """As JSON: what a chunk does not have is left out, what a source does not have is null."""
        value = self.model_dump(exclude_none=True)
        if self.citations is not None:
            value["citations"] = [c.model_dump() for c in self.citations]
        return json.dumps(value, ensure_ascii=False)
