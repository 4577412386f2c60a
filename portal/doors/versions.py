"""Approved versions: what there is, the way back, and the graph to take away."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Header, Query, Response
from pydantic import Field

from portal import cycles, exports, history, versions
from portal.doors import feeds
from portal.doors.caller import BIGGEST, SHOWS, Asked, At, RagId, Shown
from portal.doors.cycles import Cycle as CycleShown
from portal.models import Cycle
from portal.routes.downloads import attachment

router = APIRouter(tags=["versions"])
FORM = Literal["trig", "turtle", "nquads", "jsonld", "graphml", "csv", "csv-zip", "graphrag"]
MEDIA = {f.media_type: {"schema": {"type": "string"}} for f in exports.FORMS.values()}


class Version(Shown):
    number: int
    cycle: int
    title: str
    rolled_back_to: int | None
    approved_by: str
    approved_at: datetime
    applied: int
    skipped: int
    added: int = Field(description="Quads.")
    removed: int = Field(description="Quads.")


class Rollback(Asked):
    to: Annotated[int, Field(ge=0, le=BIGGEST)]


@router.get("/rags/{rag}/versions", response_model=list[Version])
def list_versions(at: At, rag: RagId) -> object:
    """Newest first. Scope: read."""
    return history.timeline(at.parts, at.actor, rag)


@router.post("/rags/{rag}/rollback", dependencies=[SHOWS], response_model=CycleShown, status_code=202)
def roll_back(at: At, rag: RagId, wanted: Rollback) -> object:
    """Publish a new version whose content is that of an older one. Scopes: approve, read."""
    cycle_id = versions.rollback(at.parts, at.actor, rag, wanted.to)
    with at.parts.session() as db:
        number = db.get_one(Cycle, cycle_id).number
    return cycles.get(at.parts, at.actor, rag, number)


@router.get(
    "/rags/{rag}/export",
    response_class=Response,
    responses={200: {"content": MEDIA}},
)
def export_the_graph(
    at: At,
    rag: RagId,
    form: Annotated[FORM, Query(alias="format")] = "trig",
    version: Annotated[int | None, Query(ge=0, le=BIGGEST)] = None,
) -> Response:
    """The approved graph, or that of an older version: as RDF; as GraphML; facts as CSV, or all tables as CSV
    in a zip; or the Parquet tables of MS GraphRAG in a zip. Scope: export."""
    known = exports.FORMS[form]
    made = exports.written(at.parts, at.actor, rag, form, version)
    return attachment(f"knowledge-base-{rag}.{known.ending}", known.media_type, made.file)


@router.get(
    "/rags/{rag}/feed",
    response_class=Response,
    responses={
        200: {"content": {feeds.MEDIA: {"schema": {"type": "string"}}}},
        304: {"description": "As in If-None-Match."},
    },
)
def feed_of_changes(
    at: At, rag: RagId, known: Annotated[str | None, Header(alias="If-None-Match", max_length=200)] = None
) -> Response:
    """What changed, as an Atom feed: an entry for each of the latest versions. Scope: read."""
    itself = f"{at.parts.settings.address}/api/v1/rags/{rag}/feed"
    return feeds.answer(at.parts, at.actor, rag, itself, known or "")
