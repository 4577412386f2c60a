"""The pages as a person sees them, on a real database, with somebody logged in; no browser, no servers."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from portal import accounts, db, logins, process, rags, session
from portal.access import Actor
from portal.settings import Settings
from portal.wiring import Parts, wire
from tests.streamlit_socket import place_given_back

PASSWORD = "a long enough secret"
APP = Path(__file__).parents[2] / "portal" / "app.py"


class World:
    """An owner (the first account, so the administrator), a stranger, and a knowledge base."""

    def __init__(self, parts: Parts, patch: pytest.MonkeyPatch) -> None:
        self.parts, self.patch = parts, patch
        self.tokens = {
            name: accounts.register(parts, f"{name}@example.org", PASSWORD, name=name.capitalize())
            for name in ("ann", "bob")
        }
        self.rag = rags.create(parts, self.actor("ann"), "Contracts <b>& more</b>").id or 0

    def actor(self, name: str) -> Actor:
        signed = logins.who(self.parts, self.tokens[name])
        assert signed is not None
        return signed.actor

    def open(self, page: str = "", who: str = "ann", locale: str = "en", **query: object) -> AppTest:
        """A page as this person sees it."""
        self.patch.setattr(session, "token", lambda: self.tokens.get(who, ""))
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.context["locale"] = locale  # type: ignore[index]
        if page:
            app.run()
            app.switch_page(f"../pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = str(value)
        app.run()
        assert not app.exception, app.exception
        return app


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    parts = wire(Settings(data_dir=tmp_path, _env_file=None))  # type: ignore[call-arg]
    db.upgrade(parts.engine)
    monkeypatch.setattr(process, "parts", lambda: parts)
    with place_given_back():
        yield World(parts, monkeypatch)
    parts.close()


def words(app: AppTest) -> str:
    """All that is written on the page."""
    shown = [e.value for kind in ("title", "subheader", "markdown", "caption") for e in getattr(app, kind)]
    shown += [e.value for kind in ("error", "warning", "info", "success") for e in getattr(app, kind)]
    shown += [e.proto.body for e in app.get("html") if not e.proto.body.startswith("<style>")]
    shown += [e.label for e in app.button]
    return "\n".join(str(s) for s in shown)


def section(app: AppTest, name: str) -> AppTest:
    """The administration's page with this tab open."""
    app.session_state["section"] = name
    return app.run()
