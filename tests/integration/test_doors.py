"""The HTTP doors over a real socket: the whole way, who may what, and what is sent wrongly."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import select

from portal import cycles, publishing, rags, tokens
from portal.access import Scope
from portal.doors import cycles as followed
from portal.doors.entry import MOST_JSON
from portal.models import AuditEvent, Role
from tests.conftest import _next_rag, absent
from tests.doors import ALICE, Doors, doors, join
from tests.installation import wait_until
from tests.servers import Missing

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module")
def made(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    try:
        with doors(run_folder, tmp_path_factory.mktemp("doors"), _next_rag(run_folder)) as ready:
            yield ready
    except Missing as e:
        absent(e)


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, object]:
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM), answer.text
    told: dict[str, object] = answer.json()
    assert (told["status"], told["code"]) == (status, code)
    return told


def recorded(made: Doors, action: str) -> list[AuditEvent]:
    with made.parts.session() as db:
        return list(db.exec(select(AuditEvent).where(AuditEvent.action == action)))


def events(answer: httpx.Response) -> Iterator[tuple[str, dict[str, object]]]:
    """(event, data) as they come."""
    name = ""
    for line in answer.iter_lines():
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


# ---- the whole way


def test_from_a_document_to_an_answer_by_http_alone(made: Doors) -> None:
    with made.client() as web:
        rag = web.post("rags", json={"name": "By HTTP", "description": "Made from outside"}).json()
        assert (rag["name"], rag["role"], rag["version"]) == ("By HTTP", "owner", 0)
        assert rag["id"] in [r["id"] for r in web.get("rags").json()]
        at = f"rags/{rag['id']}"

        sent = web.post(f"{at}/documents", files=[("files", ("al.txt", ALICE)), ("files", ("no.txt", b""))])
        assert (sent.status_code, sent.json()["accepted"]) == (202, ["al.txt"])
        assert [(r["name"], r["code"]) for r in sent.json()["refused"]] == [("no.txt", "empty-file")]
        cycle = sent.json()["cycle"]

        worker = made.installation.start()
        with web.stream("GET", f"{at}/cycles/{cycle}/events") as following:
            assert following.headers["content-type"].startswith("text/event-stream")
            told = list(events(following))
        made.installation.end(worker)
        assert {name for name, _ in told[:-1]} == {"progress"}
        assert len(told) > 2  # it was told while it happened, not once at the end
        assert (told[-1][0], told[-1][1]["state"]) == ("end", "review")

        changes = web.get(f"{at}/cycles/{cycle}/changes", params={"size": 200}).json()
        assert changes["total"] == len(changes["rows"]) > 3
        fact = next(c for c in changes["rows"] if c["kind"] == "new_fact")
        for e in fact["evidence"]:
            assert ALICE[e["start"] : e["end"]] == e["quote"]
        assert web.get(f"{at}/cycles/{cycle}/changes/{fact['id']}").json() == fact
        decided = web.post(
            f"{at}/cycles/{cycle}/decisions",
            json={"ids": [fact["id"]], "decision": "rejected", "reason": "no"},
        )
        assert decided.json()["changed"] >= 1
        rejected = web.get(f"{at}/cycles/{cycle}/changes", params={"decision": "rejected"}).json()
        assert fact["id"] in [c["id"] for c in rejected["rows"]]

        claimed = web.post(f"{at}/cycles/{cycle}/approve", json={"all": True})
        assert (claimed.status_code, claimed.json()["state"]) == (202, "publishing")
        publishing.run(made.parts, _cycle_id(made, rag["id"], cycle))
        assert web.get(f"{at}/cycles/{cycle}").json()["state"] == "approved"
        (version,) = web.get(f"{at}/versions").json()
        assert (version["number"], version["cycle"]) == (1, cycle)

        answer = web.post(f"{at}/ask", json={"question": "Where does Alice Smith work?"}).json()
        assert (answer["supported"], answer["version"]) == (True, 1)
        for c in answer["citations"]:
            assert ALICE[c["start"] : c["end"]] == c["quote"]
        found = web.get(f"{at}/search", params={"q": "ACME"}).json()
        assert found["passages"]
        assert found["entities"]

        (document,) = web.get(f"{at}/documents").json()
        assert document["approved"]
        revision = f"{at}/revisions/{document['revision']}"
        assert web.get(f"{revision}/text").json()["text"] == ALICE
        original = web.get(f"{revision}/original")
        assert (original.content, original.headers["content-disposition"][:10]) == (
            ALICE.encode(),
            "attachment",
        )
        exported = web.get(f"{at}/export", params={"format": "nquads"})
        assert exported.headers["content-type"].startswith("application/n-quads")
        assert exported.text.count(" .\n") > 20

        removal = web.delete(f"{at}/documents/{document['id']}").json()["cycle"]
        assert web.post(f"{at}/cycles/{removal}/cancel").json()["state"] == "cancelled"
        assert web.post(f"{at}/cycles/{removal}/retry").json()["state"] == "waiting"
        assert [c["number"] for c in web.get(f"{at}/cycles").json()] == [removal, cycle]
        back = web.post(f"{at}/rollback", json={"to": 0}).json()
        publishing.run(made.parts, _cycle_id(made, rag["id"], back["number"]))
        assert [v["rolled_back_to"] for v in web.get(f"{at}/versions").json()] == [0, None]


def _cycle_id(made: Doors, rag: int, number: int) -> int:
    from portal import cycles

    return cycles.get(made.parts, made.ann, rag, number).id


# ---- who may what


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "token-missing"),
        ({"authorization": "Basic YTpi"}, "token-missing"),
        ({"authorization": "Bearer ferag_invented"}, "token-unknown"),
        ({"cookie": "ferag_session=invented"}, "token-missing"),
    ],
)
def test_nobody_gets_in_without_a_token(made: Doors, header: dict[str, str], code: str) -> None:
    for path in ("rags", f"rags/{made.rag}/documents", "nothing/of/ours"):
        answer = httpx.get(f"{made.url}/api/v1/{path}", headers=header)
        problem(answer, 401, code)
        assert answer.headers["www-authenticate"] == "Bearer"


DOORS = [
    (Scope.read, "GET", "", None),
    (Scope.read, "GET", "/documents", None),
    (Scope.read, "GET", "/cycles", None),
    (Scope.read, "GET", "/cycles/1", None),
    (Scope.read, "GET", "/cycles/1/events", None),
    (Scope.read, "GET", "/cycles/1/changes", None),
    (Scope.read, "GET", "/versions", None),
    (Scope.upload, "POST", "/cycles/1/cancel", None),
    (Scope.upload, "POST", "/cycles/1/retry", None),
    (Scope.upload, "DELETE", "/documents/1", None),
    (Scope.decide, "POST", "/cycles/1/reject", {}),
    (Scope.decide, "POST", "/cycles/1/decisions", {"ids": ["x"], "decision": "accepted"}),
    (Scope.edit, "GET", "/edits", None),
    (Scope.edit, "POST", "/edits", {"do": "remove_thing", "thing": "x:y", "reason": "I know."}),
    (Scope.edit, "DELETE", "/edits/1", None),
    (Scope.edit, "POST", "/edits/send", None),
    (Scope.approve, "POST", "/cycles/1/approve", {}),
    (Scope.approve, "POST", "/rollback", {"to": 0}),
    (Scope.export, "GET", "/export", None),
    (Scope.ask, "POST", "/ask", {"question": "Who?"}),
    (Scope.ask, "GET", "/search?q=ACME", None),
]


def test_beyond_its_scopes_a_token_gets_403_and_it_is_written_down(made: Doors) -> None:
    before = len(recorded(made, "token.beyond-scope"))
    for needed, method, path, body in DOORS:
        others = [s for s in Scope if s not in (needed, Scope.metrics)]
        with made.client(*others) as web:
            told = problem(web.request(method, f"rags/{made.rag}{path}", json=body), 403, "beyond-scope")
            assert needed in str(told["detail"])
    written = recorded(made, "token.beyond-scope")[before:]
    assert [e.subject.split()[0] for e in written] == [method for _, method, _, _ in DOORS]
    assert written[0].subject == f"GET /api/v1/rags/{made.rag}"
    assert all(e.user_id == made.ann.user_id and e.detail["token"] for e in written)


def test_a_token_may_no_more_than_its_maker(made: Doors) -> None:
    viewer = join(made, "viewer", Role.viewer)
    with made.client(actor=viewer) as web:
        assert web.get(f"rags/{made.rag}").json()["role"] == "viewer"
        problem(web.post(f"rags/{made.rag}/rollback", json={"to": 0}), 403, "forbidden")
        sent = web.post(f"rags/{made.rag}/documents", files={"files": ("x.txt", b"Some text.")})
        problem(sent, 403, "forbidden")
    with made.client(actor=made.eve) as web:  # a stranger: it does not exist
        for _, method, path, body in DOORS:
            problem(web.request(method, f"rags/{made.rag}{path}", json=body), 404, "no-rag")
        assert [r["id"] for r in web.get("rags").json()] == [made.eves]


def test_a_revoked_token_stops_at_the_next_request_and_within_a_second_on_a_stream(made: Doors) -> None:
    rag = rags.create(made.parts, made.ann, "Waiting").id or 0
    with made.client() as web:
        sent = web.post(f"rags/{rag}/documents", files={"files": ("x.txt", b"Ann works at ACME.")}).json()
        (token, *_) = tokens.mine(made.parts, made.ann)
        with web.stream(
            "GET", f"rags/{rag}/cycles/{sent['cycle']}/events"
        ) as following:  # nobody works on it
            told = events(following)
            assert next(told)[1]["state"] == "waiting"
            tokens.revoke(made.parts, made.ann, token.id)
            revoked = time.monotonic()
            name, last = next(told)
            assert (name, last["code"]) == ("error", "token-revoked")
            assert next(told, None) is None
            assert time.monotonic() - revoked < 1.5  # a second, and this machine's slowness
        problem(web.get("rags"), 401, "token-revoked")


def test_a_client_that_leaves_a_cycles_events_leaves_no_work_running(
    made: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[float] = []

    def counted(*arguments: Any) -> cycles.CycleView:
        looked.append(time.monotonic())
        return get(*arguments)

    get = cycles.get
    monkeypatch.setattr(followed, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(followed.cycles, "get", counted)
    rag = rags.create(made.parts, made.ann, "Left").id or 0
    with made.client() as web:
        sent = web.post(f"rags/{rag}/documents", files={"files": ("x.txt", b"Ann works at ACME.")}).json()
        with web.stream("GET", f"rags/{rag}/cycles/{sent['cycle']}/events") as following:
            told = events(following)
            assert next(told)[1]["state"] == "waiting"
            wait_until(lambda: len(looked) > 3, 10)  # nobody works on it, and it is looked at again and again
    wait_until(lambda: time.monotonic() - looked[-1] > 1, 10)


# ---- what is sent wrongly


@pytest.mark.parametrize("body", [b"{", b"", b"\xff\xfe", b"[1", b"nothing"])
def test_what_is_not_json_is_said_so(made: Doors, body: bytes) -> None:
    with made.client() as web:
        answer = web.post(f"rags/{made.rag}/ask", content=body, headers={"content-type": "application/json"})
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("ask", {}, "body.question"),
        ("ask", {"question": "  "}, "body.question"),
        ("ask", {"question": "a\x00b"}, "body.question"),
        ("ask", {"question": "x" * 2001}, "body.question"),
        ("ask", {"question": "x", "mode": "telepathy"}, "body.mode"),
        ("ask", {"question": "x", "qestion": "slip"}, "body.qestion"),
        ("ask", [], "body"),
        ("rollback", {"to": 2**63}, "body.to"),
        ("cycles/1/decisions", {"ids": [], "decision": "accepted"}, "body.ids"),
        ("cycles/1/decisions", {"ids": ["x"], "decision": "edited"}, "body.decision"),
    ],
)
def test_what_does_not_fit_says_where(made: Doors, path: str, body: object, where: str) -> None:
    with made.client() as web:
        told = problem(web.post(f"rags/{made.rag}/{path}", json=body), 422, "does-not-fit")
        assert where in [f["where"] for f in told["errors"]]  # type: ignore[attr-defined]


def test_half_a_character_is_refused(made: Doors) -> None:
    with made.client() as web:
        body = b'{"question": "\\ud800"}'
        answer = web.post(f"rags/{made.rag}/ask", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 422


def test_a_body_that_is_too_large_is_refused_announced_or_not(made: Doors) -> None:
    big = b'{"question": "' + b"x" * MOST_JSON + b'"}'
    with made.client() as web:
        at = f"rags/{made.rag}/ask"
        head = {"content-type": "application/json"}
        problem(web.post(at, content=big, headers=head), 413, "too-large")
        pieces = (big[i : i + 65536] for i in range(0, len(big), 65536))
        problem(web.post(at, content=pieces, headers=head), 413, "too-large")


def test_a_file_that_is_too_large_or_unreadable_begins_no_cycle(made: Doors) -> None:
    with made.client() as web:
        before = web.get(f"rags/{made.rag}/cycles").json()
        limit = made.parts.settings.max_upload_mb * 2**20
        for content in (b"x" * (limit + 1), b"\x00\x01\x02" * 100):
            sent = web.post(f"rags/{made.rag}/documents", files={"files": ("a.bin", content)})
            problem(sent, 422, "all-refused")
        assert web.get(f"rags/{made.rag}/cycles").json() == before


def test_what_is_not_there_is_404_and_the_wrong_method_405(made: Doors) -> None:
    with made.client() as web:
        problem(web.get("rags/2000000000"), 404, "no-rag")
        problem(web.get(f"rags/{made.rag}/cycles/999"), 404, "no-cycle")
        problem(web.get(f"rags/{made.rag}/cycles/1/changes/none"), 404, "no-change")
        problem(web.get(f"rags/{made.rag}/revisions/{'0' * 16}/text"), 404, "no-document")
        problem(web.get("nothing"), 404, "not-found")
        wrong = web.put("rags")
        problem(wrong, 405, "method-not-allowed")
        assert "GET" in wrong.headers["allow"]


def test_sentences_come_in_the_clients_language(made: Doors) -> None:
    with made.client() as web:
        told = web.get("rags/2000000000", headers={"accept-language": "ru"}).json()
        assert told["detail"].startswith("Такой базы знаний нет")
