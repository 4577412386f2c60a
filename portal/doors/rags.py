"""Knowledge bases."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from portal import rags
from portal.doors.caller import SHOWS, Asked, At, RagId, Shown, Text
from portal.models import Role

router = APIRouter(tags=["knowledge bases"])


class Rag(Shown):
    id: int
    name: str
    description: str
    role: Role
    version: int
    documents: int
    in_review: int
    at_work: int
    created_at: datetime


class NewRag(Asked):
    name: Annotated[
        str,
        StringConstraints(min_length=1, max_length=rags.LONGEST_NAME, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$"),
    ]
    description: Text = ""


@router.get("/rags", response_model=list[Rag])
def list_knowledge_bases(at: At) -> object:
    """Those that the token's maker is a member of, by name. Scope: read."""
    return rags.mine(at.parts, at.actor)


@router.post("/rags", dependencies=[SHOWS], response_model=Rag, status_code=201)
def make_a_knowledge_base(at: At, wanted: NewRag) -> object:
    """The token's maker owns it. Scopes: manage, read."""
    made = rags.create(at.parts, at.actor, wanted.name, wanted.description)
    return rags.get(at.parts, at.actor, made.id or 0)


@router.get("/rags/{rag}", response_model=Rag)
def get_a_knowledge_base(at: At, rag: RagId) -> object:
    """Scope: read."""
    return rags.get(at.parts, at.actor, rag)
