"""Documents: listed, uploaded, read, taken away."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, File, Path, Response, UploadFile

from portal import document_list, documents
from portal.document_list import DocumentState, Listed
from portal.documents import Upload
from portal.doors.caller import BIGGEST, At, RagId, Shown
from portal.errors import Invalid
from portal.models import CycleState
from portal.routes.downloads import attachment

router = APIRouter(tags=["documents"])
Revision = Annotated[str, Path(pattern=r"^[0-9a-f]{8,40}$", description="As a document's `revision`.")]
BYTES: dict[int | str, dict[str, object]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class Document(Shown):
    id: int
    name: str
    revision: str
    number: int
    size: int
    characters: int
    units: int
    language: str
    approved: bool
    state: DocumentState
    cycle: int
    cycle_state: CycleState
    being_removed: bool
    error: str
    who: str
    created_at: datetime


class Refused(Shown):
    name: str
    code: str
    why: str


class Receipt(Shown):
    cycle: int
    accepted: list[str]
    refused: list[Refused]


class Began(Shown):
    cycle: int


class Removal(Shown):
    cycle: int | None


class DocumentText(Shown):
    name: str
    language: str
    text: str


@router.get("/rags/{rag}/documents", response_model=list[Document])
def list_documents(at: At, rag: RagId) -> Sequence[Listed]:
    """Scope: read."""
    return document_list.everything(at.parts, at.actor, rag)


@router.post("/rags/{rag}/documents", response_model=Receipt, status_code=202)
def upload_documents(
    at: At, rag: RagId, files: Annotated[list[UploadFile], File(min_length=1, max_length=200)]
) -> documents.Receipt:
    """Begin a cycle with these files; a known name with other content is a new revision. Scope: upload.

    What is refused is said with its reason; if nothing is accepted, 422.
    """
    sent = [Upload(file.filename or "", file.file) for file in files]
    receipt = documents.upload(at.parts, at.actor, rag, sent)
    if receipt.cycle is None:
        raise Invalid("files", "all-refused", why=" ".join(r.why for r in receipt.refused))
    return receipt


@router.delete("/rags/{rag}/documents/{document}", response_model=Removal, status_code=202)
def remove_a_document(
    at: At, rag: RagId, document: Annotated[int, Path(ge=1, le=BIGGEST)]
) -> dict[str, int | None]:
    """Begin a cycle that proposes to remove it and what only it says; none (null) is needed for a document
    that no version was made of. Scope: upload."""
    return {"cycle": documents.remove(at.parts, at.actor, rag, document)}


@router.get("/rags/{rag}/revisions/{revision}/text", response_model=DocumentText)
def read_a_document(at: At, rag: RagId, revision: Revision) -> object:
    """The text in which offsets count. Scope: read."""
    return documents.text(at.parts, at.actor, rag, revision)


@router.get("/rags/{rag}/revisions/{revision}/original", response_class=Response, responses=BYTES)
def download_a_document(at: At, rag: RagId, revision: Revision) -> Response:
    """The file as it was uploaded. Scope: read."""
    name, _kind, stream = documents.original(at.parts, at.actor, rag, revision)
    return attachment(name, "application/octet-stream", stream)
