"""The web process over HTTP and WebSocket: who gets in, what is refused, what every response says."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update
from sqlmodel import select
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from portal import (
    accounts,
    admin,
    db,
    document_list,
    documents,
    invitations,
    logins,
    members,
    password_links,
    process,
    rags,
    throttling,
)
from portal.access import Actor
from portal.asgi import options
from portal.documents import Upload
from portal.gate import LOGGED_OUT, content_security_policy
from portal.models import LoginSession, Role, User, now
from portal.routes import cookies
from portal.routes.forms import safe_next
from portal.settings import Settings
from portal.ui import sent
from portal.wiring import Parts, wire
from tests.streamlit_socket import served

PASSWORD = "a long enough secret"
HTML = {"accept": "text/html"}
HERE = "http://127.0.0.1:8501"
SOCKET = "ws://127.0.0.1:8501/_stcore/stream"
AGAIN = "another long secret"


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parts]:
    folder: Path = tmp_path_factory.mktemp("web")
    made = wire(Settings(data_dir=folder, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(made.engine)
    with made.session() as opened:
        for name in ("ann", "bob", "eve"):
            accounts.create_user(opened, f"{name}@example.org", PASSWORD)
        opened.commit()
    before = process.parts
    process.parts = lambda: made  # type: ignore[assignment]
    yield made
    process.parts = before
    made.close()


@pytest.fixture(scope="module")
def client(parts: Parts) -> Iterator[TestClient]:
    with served(parts) as running:
        yield running


@pytest.fixture
def web(client: TestClient) -> TestClient:
    client.cookies.clear()
    return client


def enter(web: TestClient, name: str = "ann", password: str = PASSWORD, **more: str):
    """Log in as a person does: get the form, send it."""
    page = web.get("/auth/login", headers=HTML)
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found
    form = {"form": found[1], "email": f"{name}@example.org", "password": password, **more}
    return web.post("/auth/login", data=form, headers={"origin": HERE})


def actor_of(parts: Parts, web: TestClient) -> Actor:
    signed = logins.who(parts, web.cookies[cookies.session_name(parts.settings)])
    assert signed is not None
    return signed.actor


def drain(socket: WebSocketTestSession) -> None:
    for _ in range(50):
        socket.receive_bytes()


# ---- the gate


@pytest.mark.parametrize(
    "path", ["/", "/review?rag=1", "/admin", "/media/x.png", "/_stcore/host-config", "/_stcore/metrics"]
)
def test_a_stranger_gets_the_login_page_or_nothing(web: TestClient, path: str) -> None:
    led = web.get(path, headers=HTML)
    assert led.status_code == 303
    assert led.headers["location"].startswith("/auth/login?next=")
    assert web.get(path).status_code == 401


def test_a_stranger_uploads_nothing(web: TestClient) -> None:
    sent = web.put("/_stcore/upload_file/x/y", files={"file": b"x" * 1000}, headers={"origin": HERE})
    assert sent.status_code == 401


def test_health_needs_no_login(web: TestClient) -> None:
    assert web.get("/healthz").json() == {"status": "ok"}
    assert web.get("/readyz").json() == {"status": "ok"}


@pytest.mark.parametrize(("login", "origin"), [(False, HERE), (True, "https://evil.example")])
def test_a_socket_without_login_or_of_another_site_is_closed(
    web: TestClient, login: bool, origin: str
) -> None:
    if login:
        enter(web)
    with (
        pytest.raises(WebSocketDisconnect) as closed,
        web.websocket_connect(SOCKET, headers={"origin": origin}),
    ):
        pass
    assert closed.value.code == LOGGED_OUT


def test_a_socket_ends_with_the_login(web: TestClient, parts: Parts) -> None:
    enter(web)
    with web.websocket_connect(SOCKET, subprotocols=["streamlit"], headers={"origin": HERE}) as socket:
        logins.end(parts, web.cookies[cookies.session_name(parts.settings)])
        socket.send_bytes(b"")  # one is let through, to draw why
        socket.send_bytes(b"")
        with pytest.raises(WebSocketDisconnect) as closed:
            drain(socket)
    assert closed.value.code == LOGGED_OUT


@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}])
def test_a_form_of_another_site_is_refused(web: TestClient, headers: dict[str, str]) -> None:
    enter(web)
    for path in ("/auth/logout", "/auth/login", "/auth/password", "/_stcore/upload_file/a/b"):
        assert web.post(path, headers=headers).status_code == 403
    assert web.get("/", headers=HTML).status_code == 200


def test_a_foreign_name_for_this_machine_is_refused(web: TestClient) -> None:
    assert web.get("/auth/login", headers={"host": "evil.example"}).status_code == 400
    assert web.get("/healthz", headers={"host": "10.0.0.5"}).status_code == 200


def test_every_response_carries_the_security_headers(web: TestClient) -> None:
    enter(web)
    for path in ("/", "/auth/login?lang=en", "/healthz", "/static/nothing.js", "/download/1/graph.trig"):
        headers = web.get(path, headers=HTML).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        assert "default-src" in headers["content-security-policy"]
    policy = content_security_policy()
    assert "http:" not in policy
    assert "https:" not in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert policy.count("'sha256-") >= 2


def test_streamlit_sends_nothing_out_and_shows_nothing_internal(parts: Parts) -> None:
    chosen = options(parts.settings)
    assert chosen["browser_gatherUsageStats"] is False
    assert chosen["client_showErrorDetails"] == "none"
    assert chosen["server_address"] == parts.settings.host
    assert chosen["server_maxUploadSize"] == parts.settings.max_upload_mb


# ---- login


def test_login_sets_a_cookie_that_scripts_cannot_read_and_leads_back(web: TestClient) -> None:
    answer = enter(web, next="/review?rag=3&cycle=7")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/review?rag=3&cycle=7"
    cookie = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("ferag_session="))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert web.get("/", headers=HTML).status_code == 200
    assert web.get("/auth/login?next=/graph?rag=1", headers=HTML).headers["location"] == "/graph?rag=1"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x=1", "", "x" * 9],
)
def test_login_leads_nowhere_else(web: TestClient, wanted: str) -> None:
    assert safe_next(wanted) == "/"
    assert enter(web, next=wanted).headers["location"] == "/"


def test_a_wrong_password_says_the_same_for_known_and_unknown_people(web: TestClient) -> None:
    known = enter(web, password="not it at all")
    unknown = enter(web, name="nobody", password="not it at all")
    assert known.status_code == unknown.status_code == 400
    assert "e-mail address or the password is wrong" in known.text
    assert re.sub(r"ann@|nobody@|value=\"[^\"]*\"", "", known.text) == re.sub(
        r"ann@|nobody@|value=\"[^\"]*\"", "", unknown.text
    )


def test_a_form_without_its_token_is_refused(web: TestClient) -> None:
    form = {"email": "ann@example.org", "password": PASSWORD, "form": "guessed"}
    answer = web.post("/auth/login", data=form, headers={"origin": HERE})
    assert answer.status_code == 400
    assert "ferag_session" not in web.cookies


def test_guessing_is_answered_429_with_when_to_try_again(web: TestClient) -> None:
    for _ in range(throttling.PER_PAIR):
        enter(web, name="eve", password="a guess")
    answer = enter(web, name="eve")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 900


def test_a_cookie_is_worth_nothing_after_logout(web: TestClient) -> None:
    enter(web)
    kept = dict(web.cookies)
    gone = web.post("/auth/logout", headers={"origin": HERE})
    assert gone.headers["location"] == "/auth/login"
    assert "ferag_session" not in web.cookies
    for name, value in kept.items():
        web.cookies.set(name, value)
    assert web.get("/", headers=HTML).status_code == 303


def test_a_new_login_ends_the_old_one_and_gives_a_new_token(web: TestClient, parts: Parts) -> None:
    enter(web)
    first = web.cookies["ferag_session"]
    web.cookies.delete("ferag_session")
    web.cookies.set("ferag_session", first)
    form = web.get("/auth/password", headers=HTML)
    found = re.search(r'name="form" value="([^"]+)"', form.text)
    assert found
    new = {
        "form": found[1],
        "old": PASSWORD,
        "password": AGAIN,
        "again": AGAIN,
    }
    changed = web.post("/auth/password", data=new, headers={"origin": HERE})
    assert changed.headers["location"].startswith("/account")
    assert logins.who(parts, first) is None
    back = new | {"old": AGAIN, "password": PASSWORD, "again": PASSWORD}
    web.cookies.delete("ferag_session")
    enter(web, password=AGAIN)
    found = re.search(r'name="form" value="([^"]+)"', web.get("/auth/password", headers=HTML).text)
    assert found
    assert (
        web.post("/auth/password", data=back | {"form": found[1]}, headers={"origin": HERE}).status_code
        == 303
    )


def test_registering_logs_in_and_says_what_is_wrong_with_what_was_typed(web: TestClient) -> None:
    page = web.get("/auth/register", headers=HTML)
    found = re.search(r'name="form" value="([^"]+)"', page.text)
    assert found
    form = {
        "form": found[1],
        "email": "new@example.org",
        "name": "<b>New",
        "password": PASSWORD,
        "again": "x",
    }
    wrong = web.post("/auth/register", data=form, headers={"origin": HERE})
    assert "not the same" in wrong.text
    assert "&lt;b&gt;New" in wrong.text
    assert PASSWORD not in wrong.text
    assert (
        web.post("/auth/register", data=form | {"again": PASSWORD}, headers={"origin": HERE}).status_code
        == 303
    )
    assert web.get("/", headers=HTML).status_code == 200


def test_the_login_page_speaks_the_browsers_language_or_the_chosen_one(web: TestClient) -> None:
    russian = web.get("/auth/login", headers=HTML | {"accept-language": "ru-RU,ru;q=0.9"})
    assert '<html lang="ru">' in russian.text
    assert "Войти" in russian.text
    chosen = web.get("/auth/login?lang=en", headers=HTML | {"accept-language": "ru"})
    assert '<html lang="en">' in chosen.text
    assert '<html lang="en">' in web.get("/auth/login", headers=HTML | {"accept-language": "ru"}).text


def test_a_database_that_is_down_is_named(
    web: TestClient, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(web)

    def down(*_args: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(parts.engine.dialect, "do_execute", down)
    answer = web.get("/", headers=HTML)
    assert answer.status_code == 503
    assert "database" in answer.text
    assert web.get("/readyz").json() == {"status": "down", "part": "database"}


# ---- downloads


def test_originals_are_saved_never_shown_and_only_by_members(web: TestClient, parts: Parts) -> None:
    enter(web, "ann")
    ann = actor_of(parts, web)
    rag = rags.create(parts, ann, "Contracts").id or 0
    text = b"<script>alert(1)</script> Ann works at ACME."
    documents.upload(
        parts, ann, rag, [Upload('Dogovor "\u0434\u043e\u0433\u043e\u0432\u043e\u0440".txt', text)]
    )
    (listed,) = document_list.everything(parts, ann, rag)
    path = f"/download/{rag}/document/{listed.revision}"
    mine = web.get(path)
    assert mine.content == text
    assert mine.headers["content-disposition"].startswith("attachment;")
    assert "%D0%B4" in mine.headers["content-disposition"]
    assert mine.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in mine.headers["content-security-policy"]
    web.cookies.clear()
    assert web.get(path).status_code == 401
    enter(web, "bob")
    others = [
        path,
        f"/download/{rag}/graph.trig",
        f"/download/{rag}/cycle/1/x.ttl",
        f"/download/{rag}/chat/1.md",
    ]
    assert [web.get(p).status_code for p in others] == [404] * 4
    members.add(parts, ann, rag, "bob@example.org", Role.viewer)
    assert web.get(path).status_code == 200
    assert web.get(f"/download/{rag}/cycle/1/../../secret").status_code in (404, 303, 401, 200)
    assert web.get(f"/download/{rag}/graph.exe").status_code == 404


def test_nobody_names_themselves_in_a_header(web: TestClient) -> None:
    assert web.get("/", headers=HTML | {"X-Ferag-User": "1"}).status_code == 303


# ---- cookies that are sent again


def as_before(web: TestClient, token: str) -> int:
    """What a request with this session's cookie gets."""
    web.cookies.clear()
    web.cookies.set("ferag_session", token)
    return web.get("/account", headers=HTML).status_code


def test_a_cookie_replayed_after_logout_a_new_role_or_a_new_password_is_refused(
    web: TestClient, parts: Parts
) -> None:
    enter(web, "ann")
    boss = actor_of(parts, web)
    with parts.session() as opened:
        accounts.create_user(opened, "dan@example.org", PASSWORD)
        opened.commit()
    user_id = accounts_id(parts, "dan@example.org")
    ends = {
        "logout": lambda token: logins.end(parts, token),
        "logged out everywhere": lambda token: accounts.logout_everywhere(parts, Actor(user_id, "dan")),
        "made an administrator": lambda token: admin.set_admin(parts, boss, user_id, True),
        "no administrator any more": lambda token: admin.set_admin(parts, boss, user_id, False),
        "shut out": lambda token: admin.set_disabled(parts, boss, user_id, True),
        "let in again": lambda token: admin.set_disabled(parts, boss, user_id, False),
        "a new password": lambda token: accounts.change_password(
            parts, Actor(user_id, "dan@example.org"), PASSWORD, AGAIN
        ),
    }
    for what, end in ends.items():
        token = "" if what == "let in again" else accounts.login(parts, "dan@example.org", PASSWORD)
        assert not token or as_before(web, token) == 200
        end(token)
        assert not token or as_before(web, token) == 303, what
    link = password_links.issue(parts, boss, user_id)
    token = accounts.login(parts, "dan@example.org", AGAIN)
    password_links.use(parts, link, PASSWORD)
    assert as_before(web, token) == 303


def test_a_role_that_was_taken_away_is_gone_for_the_same_cookie(web: TestClient, parts: Parts) -> None:
    enter(web, "ann")
    ann = actor_of(parts, web)
    rag = rags.create(parts, ann, "Roles").id or 0
    members.add(parts, ann, rag, "bob@example.org", Role.viewer)
    web.cookies.clear()
    enter(web, "bob")
    chat = f"/download/{rag}/graph.trig"
    assert web.get(chat).status_code != 404
    members.remove(parts, ann, rag, actor_of(parts, web).user_id or 0)
    assert web.get(chat).status_code == 404


# ---- links that are handed over


def send(web: TestClient, path: str, **given: str):
    found = re.search(r'name="form" value="([^"]+)"', web.get(path, headers=HTML).text)
    assert found
    return web.post(path, data={"form": found[1], **given}, headers={"origin": HERE})


def test_a_password_link_logs_in_and_works_once(web: TestClient, parts: Parts) -> None:
    enter(web, "ann")
    boss = actor_of(parts, web)
    web.cookies.clear()
    path = "/auth/new-password/" + password_links.create_account(parts, boss, "kim@example.org")
    assert "kim@example.org" in web.get(path, headers=HTML).text
    assert send(web, path, password=PASSWORD, again="x").status_code == 400
    assert web.post(path, data={"password": PASSWORD}, headers={"origin": HERE}).status_code == 400
    assert send(web, path, password=PASSWORD, again=PASSWORD).status_code == 303
    assert actor_of(parts, web).email == "kim@example.org"
    again = web.get(path, headers=HTML)
    assert again.status_code == 404
    assert "does not hold any more" in again.text


def test_an_invitation_is_shown_to_everybody_and_answered_by_who_is_logged_in(
    web: TestClient, parts: Parts
) -> None:
    enter(web, "ann")
    rag = rags.create(parts, actor_of(parts, web), "<b>Contracts").id or 0
    path = "/auth/invitation/" + invitations.invite(parts, actor_of(parts, web), rag, Role.editor)
    web.cookies.clear()
    shown = web.get(path, headers=HTML)
    assert "&lt;b&gt;Contracts" in shown.text
    assert "/auth/login?next=%2Fauth%2Finvitation%2F" in shown.text
    enter(web, "bob")
    accepted = send(web, path, answer="1")
    assert accepted.headers["location"] == f"/overview?rag={rag}"
    assert members.role_of(parts, actor_of(parts, web), rag) is Role.editor
    assert web.get(path, headers=HTML).status_code == 404


def test_a_known_browser_is_let_in_while_its_own_network_is_guessing(web: TestClient, parts: Parts) -> None:
    with parts.session() as opened:
        accounts.create_user(opened, "zoe@example.org", PASSWORD)
        opened.commit()
    enter(web, "zoe")
    browser = web.cookies["ferag_browser"]
    web.cookies.clear()
    for _ in range(throttling.PER_PAIR + 1):
        answer = enter(web, "zoe", password="a guess")
        web.cookies.clear()
    assert answer.status_code == 429
    assert enter(web, "zoe").status_code == 429
    web.cookies.clear()
    web.cookies.set("ferag_browser", browser)
    assert enter(web, "zoe").status_code == 303


# ---- an open page


def test_a_page_that_looks_for_news_does_not_keep_its_login_alive(web: TestClient, parts: Parts) -> None:
    enter(web, "bob")
    earlier = now() - timedelta(hours=1)

    assert not sent.by_person(b"\xff\xff")
    with web.websocket_connect(SOCKET, subprotocols=["streamlit"], headers={"origin": HERE}) as socket:
        with parts.session() as opened:
            opened.execute(update(LoginSession).values(seen_at=earlier))
            opened.commit()
        for automatic in (True, False):
            message = BackMsg()
            message.rerun_script.is_auto_rerun = automatic
            message.rerun_script.page_name = "account"
            socket.send_bytes(message.SerializeToString())
            while ForwardMsg.FromString(socket.receive_bytes()).WhichOneof("type") != "script_finished":
                continue
            with parts.session() as opened:
                ours = select(LoginSession.seen_at).where(LoginSession.seen_at != earlier)
                assert (opened.exec(ours).first() is None) == automatic


def accounts_id(parts: Parts, email: str) -> int:
    with parts.session() as opened:
        found = opened.exec(select(User.id).where(User.email == email)).one()
        assert found is not None
        return found
