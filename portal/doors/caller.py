"""What every door works with: the parts, who asks, and numbers and texts that are what they say."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, StringConstraints

from portal.access import Action, Actor, check_scope
from portal.doors.work import Work
from portal.wiring import Parts

BIGGEST = 2**31 - 1  # of a database's integer

RagId = Annotated[int, Path(ge=1, le=BIGGEST, description="The knowledge base's number.")]
CycleNumber = Annotated[int, Path(ge=1, le=BIGGEST)]
# PostgreSQL keeps no NUL in a text
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class Shown(BaseModel):
    """A value of an answer, read from the service's value of the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Asked(BaseModel):
    """A value of a request: what is not known is refused, so that a slip shows."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Caller:
    parts: Parts
    actor: Actor
    work: Work


_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="An access token: ferag_…")


def caller(
    request: Request, _shown: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    """Who came through `Entry`; the header itself is for the OpenAPI document."""
    state = request.app.state
    return Caller(state.parts, request.state.actor, state.work)


At = Annotated[Caller, Depends(caller)]


def _may_read(at: At) -> None:
    check_scope(at.actor, Action.read)


SHOWS = Depends(_may_read)
"""For a route that shows what it has done: its token must be made for reading, before anything is done."""
