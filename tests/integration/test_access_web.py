"""The access matrix over HTTP, and with widget messages that were forged or come from a page drawn before.

Each person is made an owner for as long as a page takes to be drawn, so that their session knows every
button; then they are what they are again, and send every one of them.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import portal.routes
from portal import cycles, db, logins, process
from portal.models import Role
from portal.routes import cookies
from portal.settings import Settings
from portal.wiring import wire
from tests.access_world import PEOPLE, World, build
from tests.streamlit_socket import HERE, opened, served, used

PAGES = ("overview", "documents", "progress", "review", "chat", "graph", "edits", "versions", "members")
# what somebody of this role may change by what they click
MAY_CHANGE = {
    Role.viewer: {"chat", "chat_message", "feed_address"},
    Role.editor: {
        "chat", "chat_message", "feed_address", "cycle", "step", "document", "revision", "unit", "change",
        "change_link", "comment", "mention", "remembered",
    },
}  # fmt: skip
PUBLIC = ("/auth/", "/healthz", "/readyz")
FORMS = {"/download/{rag:int}/chat/{chat:int}.{form}": "md", "/download/record.{form}": "csv"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    parts = wire(Settings(data_dir=tmp_path_factory.mktemp("walked"), _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    before = process.parts
    process.parts = lambda: parts  # type: ignore[assignment]
    made = build(parts)
    parts.files.put(f"{cycles.folder(made.rag, 1)}/x.ttl", b"<a:a> <a:a> <a:a> .")
    yield made
    process.parts = before
    parts.close()


@pytest.fixture(scope="module")
def web(world: World) -> Iterator[TestClient]:
    with served(world.parts) as running:
        yield running


@pytest.fixture(scope="module")
def cookie(world: World) -> str:
    return cookies.session_name(world.parts.settings)


def routes(world: World) -> list[Route]:
    """Every route of our own, of whatever module."""
    found: list[Route] = []
    for module in pkgutil.iter_modules(portal.routes.__path__, "portal.routes."):
        made = getattr(importlib.import_module(module.name), "routes", None)
        found += made(world.parts) if made else []
    return found


def path_of(world: World, route: Route) -> str:
    given = {
        "rag": world.rag, "revision": world.revision, "cycle": 1, "name": "x.ttl", "chat": world.chat,
        "form": FORMS.get(route.path, "trig"), "token": "none",
    }  # fmt: skip
    plain = route.path
    for name in route.param_convertors:
        plain = plain.replace("{" + name + "}", str(given[name])).replace(
            "{" + name + ":int}", str(given[name])
        )
    return plain


def test_every_route_for_everybody(
    world: World, web: TestClient, cookie: str, capsys: pytest.CaptureFixture[str]
) -> None:
    walked, wrong = 0, []
    for route in routes(world):
        for method in sorted((route.methods or set()) - {"HEAD"}):
            for who in PEOPLE:
                web.cookies.clear()
                if world.token(who):
                    web.cookies.set(cookie, world.token(who))
                before = world.digests()
                path = path_of(world, route)
                if path.startswith("/auth/logout"):
                    continue  # it does what it says to whoever asks; see test_web.py
                code = web.request(method, path, headers={"origin": HERE}).status_code
                walked += 1
                if path.startswith(PUBLIC):
                    right = code < 500 or (path, code) == ("/readyz", 503)
                elif who == "anonymous":
                    right = code in (303, 401, 403, 404)
                elif path.startswith("/download/record."):
                    right = code == (200 if who == "admin" else 403)
                elif path.startswith("/download/"):
                    right = code not in (401, 403, 404) if world.role(who) else code == 404
                else:
                    right = True  # a route for everybody who is logged in
                if not right or world.digests() != before:
                    wrong.append(f"{method} {path} as {who}: {code}")
    with capsys.disabled():
        sys.stdout.write(f"\naccess matrix, routes: {walked} combinations walked, {len(wrong)} wrong\n")
    assert not wrong


def test_every_widget_of_an_owner_for_everybody_else(
    world: World, web: TestClient, cookie: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages that were drawn while somebody was an owner; then they are not, and click everything."""
    walked, wrong = 0, []
    for who in ("viewer", "editor", "admin", "neighbour"):
        role = world.role(who)
        for name in PAGES:
            world.make(who, Role.owner)
            query = f"rag={world.rag}" + ("&cycle=2" if name in ("progress", "review") else "")
            query += f"&chat={world.chat}" if name == "chat" else ""
            with opened(web, world.token(who), cookie, name, query) as page:
                widgets = page.widgets
                assert "Matrix" in page.words
                world.make(who, role)
                own = f"remove-{world.actors[who].user_id}"
                for widget in widgets:
                    if widget.id.endswith(own):
                        continue  # leaving is everybody's right
                    for state in used(widget):
                        before = world.digests(MAY_CHANGE.get(role, ()) if role else ())
                        page.run([state])
                        walked += 1
                        if world.digests(MAY_CHANGE.get(role, ()) if role else ()) != before:
                            wrong.append(f"{name}: {widget.kind} {widget.label} as {who}")
                        if role is None and "Matrix" in page.words:
                            wrong.append(f"{name}: {widget.label}: {who} still sees it")
    with capsys.disabled():
        sys.stdout.write(f"\naccess matrix, widgets: {walked} messages sent, {len(wrong)} wrong\n")
    assert not wrong
    assert walked > 100


def test_widgets_of_somebody_elses_page_are_nothing_in_ones_own(
    world: World, web: TestClient, cookie: str
) -> None:
    """Forged: the ids of the owner's buttons, from the session of somebody whose page has none of them."""
    for name in PAGES:
        query = f"rag={world.rag}" + ("&cycle=2" if name in ("progress", "review") else "")
        with opened(web, world.token("owner"), cookie, name, query) as page:
            states = [state for widget in page.widgets for state in used(widget)]
        for who in ("viewer", "admin", "neighbour"):
            own = f"remove-{world.actors[who].user_id}"
            before = world.digests(MAY_CHANGE[Role.viewer])
            with opened(web, world.token(who), cookie, name, query) as page:
                page.run(state for state in states if not state.id.endswith(own))
            assert world.digests(MAY_CHANGE[Role.viewer]) == before, (name, who)


def test_a_widget_message_after_logout_does_nothing(world: World, web: TestClient, cookie: str) -> None:
    """The one message that is let through to draw why: a click in it is not heard."""
    for name in ("members", "overview"):
        with opened(web, world.token("owner"), cookie, name, f"rag={world.rag}") as page:
            states = [state for widget in page.widgets for state in used(widget)]
            with world.parts.session() as session:
                assert world.actors["owner"].user_id is not None
                logins.end_all(session, world.actors["owner"].user_id)
                session.commit()
            before = world.digests()
            page.run(states)
            assert "Matrix" not in page.words
            assert world.digests() == before
            with pytest.raises(WebSocketDisconnect):
                page.run(states)  # the socket is closed now
        with world.parts.session() as session:
            user = session.get_one(logins.User, world.actors["owner"].user_id)
            world.tokens["owner"] = logins.begin(session, user, world.parts.settings)
            session.commit()
    with pytest.raises(WebSocketDisconnect), opened(web, "", cookie, "members", f"rag={world.rag}"):
        pass


def test_the_same_messages_work_for_who_may(world: World, web: TestClient, cookie: str) -> None:
    """That the walk above refuses is worth something only if an owner's clicks do what they say."""
    with opened(web, world.token("owner"), cookie, "members", f"rag={world.rag}") as page:
        for label in ("Withdraw", "Let in as reader", "Remove"):
            widget = next(w for w in page.widgets if w.label == label)
            before = world.digests()
            page.run(used(widget))
            assert world.digests() != before, label
