"""What a whole portal writes down: each line, request, step and call; no secret, no document's text."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from portal import tokens, wiring
from portal.access import Actor
from portal.settings import Settings
from tests.doors import EVERYTHING
from tests.installation import wait_until
from tests.integration.test_embedded_up import start
from tests.integration.test_reading_by_model import reading
from tests.otlp_receiver import Received, Receiver, receiver
from tests.scripted_model import Say, scripted
from tests.servers import free_port

TEXT = "Person7 Smith works at Company7 Ltd. The vault of Quillfeather is opened by the word Zanzibar."
QUESTION = "Who works at Company7 Ltd, says Wolpertinger?"
KEY, PASSWORD, WRONG = "sk-model-key-4711", "the-right-horse-battery", "the-wrong-horse-battery"
LINK = "one-time-link-0123456789abcdef"
FORBIDDEN = ("Quillfeather", "Zanzibar", "Wolpertinger", KEY, PASSWORD, WRONG, LINK)
OURS = "web.log", "ferag-1.log", "ferag-quick-1.log"


@dataclass(frozen=True)
class Seen:
    """What was left behind when the portal had ended."""

    logs: dict[str, str]  # by file
    spans: list[Received]
    raw: bytes
    upload: str  # id of the request that uploaded
    token: str
    cycle: int

    def lines(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs[name].splitlines()]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """A cycle whose model first refuses, saying back what it was told; then it reads, and is asked."""
    broken = [True]

    def script(body: dict[str, Any]) -> Say:
        said = body["messages"][-1]["content"]
        if broken[0]:
            return Say(f"cannot read: {said} (key {KEY})", status=422)
        return reading(body) if "response_format" in body else Say("Person7 Smith works there [1].")

    folder = tmp_path_factory.mktemp("logs") / "data"
    with receiver() as traces, scripted(script) as model, up(folder, traces, model.url) as web:
        settings = Settings(data_dir=folder)
        parts = wiring.wire(settings)
        try:
            ann = {"email": "ann@example.org", "name": "Ann", "password": PASSWORD, "again": PASSWORD}
            assert sent_form(web, "/auth/register", ann).status_code == 303
            web.cookies.clear()
            assert sent_form(web, "/auth/login", {**ann, "password": WRONG}).status_code == 400
            web.get(f"/auth/new-password/{LINK}")
            token = tokens.create(parts, Actor(1, "ann@example.org"), "t", EVERYTHING, 1)[1]
            headers = {"authorization": f"Bearer {token}"}
            rag = web.post("/api/v1/rags", json={"name": "Logs"}, headers=headers).json()["id"]
            at = f"/api/v1/rags/{rag}"
            sent = web.post(f"{at}/documents", files=[("files", ("v.txt", TEXT))], headers=headers)
            number = sent.json()["cycle"]
            cycle = f"{at}/cycles/{number}"

            def state() -> str:
                return str(web.get(cycle, headers=headers).json()["state"])

            wait_until(lambda: state() == "failed", 60, state)
            broken[0] = False
            web.post(f"{cycle}/retry", headers=headers)
            wait_until(lambda: state() == "review", 60, state)
            web.post(f"{at}/ask", json={"question": QUESTION}, headers=headers)
            web.get(f"{at}/search", params={"q": QUESTION}, headers=headers)
        finally:
            parts.close()
    logs = {p.name: p.read_text("utf-8") for p in (folder / "logs").iterdir()}
    return Seen(logs, traces.spans, b"".join(traces.raw), sent.headers["x-request-id"], token, number)


@contextmanager
def up(folder: Path, traces: Receiver, model: str) -> Iterator[httpx.Client]:
    port = free_port()
    process = start(
        folder,
        port,
        FERAG_LOG_FORMAT="json",
        FERAG_LOG_LEVEL="debug",
        FERAG_OTLP_ENDPOINT=traces.url,
        FERAG_EXTRACT_MODEL="scripted",
        FERAG_EXTRACT_URL=model,
        FERAG_EXTRACT_KEY=KEY,
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as web:
            wait_until(lambda: _open(web), 90, (folder.parent / "said").read_text)
            yield web
        process.terminate()  # what the spans' senders still hold is sent at the end
        process.wait(60)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def sent_form(web: httpx.Client, path: str, fields: dict[str, str]) -> httpx.Response:
    found = re.search(r'name="form" value="([^"]+)"', web.get(path).text)
    assert found
    return web.post(path, data={"form": found[1], **fields})


def _open(web: httpx.Client) -> bool:
    try:
        return web.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_every_line_is_one_json_object(seen: Seen) -> None:
    for name in OURS:
        for line in seen.lines(name):
            assert {"event", "level", "timestamp", "logger"} <= set(line), line


def test_a_request_is_told_with_its_id_and_who_asked(seen: Seen) -> None:
    told = [line for line in seen.lines("web.log") if line.get("request") == seen.upload]
    assert [(t["event"], t["actor"], t["status"], t["route"]) for t in told] == [
        ("request", 1, 202, "/api/v1/rags/{rag}/documents")
    ]
    routes = {line["route"] for line in seen.lines("web.log") if line["event"] == "request"}
    assert "/auth/new-password/{token}" in routes


def test_a_step_is_told_with_its_cycle_step_and_the_request_that_began_it(seen: Seen) -> None:
    begun = [line for line in seen.lines("ferag-1.log") if line["event"] == "graphrag begins"]
    assert begun[0]["request"] == seen.upload
    assert len(begun) == 2
    assert all(isinstance(line["cycle"], int) and isinstance(line["step"], int) for line in begun)
    assert begun[0]["trace"] != begun[1]["trace"]
    refused = next(line for line in seen.lines("ferag-1.log") if line["event"].startswith("graphrag failed"))
    assert "the model refuses (422) (ModelRefused, UnprocessableEntityError" in refused["event"]
    assert refused["cycle"] == begun[0]["cycle"]


def test_no_secret_and_no_text_is_in_any_log_or_span(seen: Seen) -> None:
    written = "\n".join(seen.logs.values()) + seen.raw.decode("utf-8", "replace")
    assert len(written) > 5000
    for secret in (*FORBIDDEN, seen.token, seen.token[-20:]):
        assert secret not in written, secret


def test_one_trace_goes_from_the_request_to_the_step_and_its_calls(seen: Seen) -> None:
    upload = next(s for s in seen.spans if s.attributes.get("ferag.request") == seen.upload)
    assert (upload.process, upload.name) == ("ferag-web", "POST /api/v1/rags/{rag}/documents")
    mine = [s for s in seen.spans if s.trace == upload.trace]
    job = next(s for s in mine if s.name == "job cycle")
    assert (job.process, job.parent) == ("ferag-worker", upload.id)
    step = next(s for s in mine if s.name == "step graphrag")
    assert step.parent == job.id
    call = next(s for s in mine if s.name == "model call")
    assert (call.attributes["gen_ai.request.model"], call.attributes["ferag.role"]) == ("scripted", "extract")
    names = {s.name for s in seen.spans if s.process == "ferag-worker"}
    assert {"step schema", "step merge_onto", "step merge_triples", "step staging"} <= names
    steps = {s.id for s in seen.spans if s.name.startswith("step ")}
    assert any(s.name.startswith("store ") and s.parent in steps for s in seen.spans)
