"""The models on the administration's page: which, where, whether they answer; never their keys."""

from dataclasses import replace

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from portal import process
from portal.models import AuditEvent
from portal.settings import Settings
from tests.pages.conftest import World, words
from tests.pages.test_pages import section
from tests.scripted_model import Say, scripted

KEY = "sk-a-key-that-nobody-sees"


def shown(world: World, url: str, locale: str, tab: str) -> AppTest:
    """The section of models of an installation whose reader is behind this address."""
    chosen = {"extract_model": "scripted", "extract_url": url, "extract_key": KEY}
    settings = Settings(data_dir=world.parts.settings.data_dir, _env_file=None, **chosen)  # type: ignore[call-arg,arg-type]
    parts = replace(world.parts, settings=settings)
    world.patch.setattr(process, "parts", lambda: parts)
    return section(world.open("admin", locale=locale), tab)


@pytest.mark.parametrize(
    ("locale", "tab", "good", "bad"),
    [("en", "Models", "answers", "does not answer"), ("ru", "Модели", "отвечает", "не отвечает")],
)
def test_a_model_is_tested_and_its_key_is_not_shown(
    world: World, locale: str, tab: str, good: str, bad: str
) -> None:
    answers = [Say("OK"), Say(f"Incorrect key: {KEY}", status=401)]
    with scripted(answers) as model:
        app = shown(world, model.url, locale, tab)
        assert f"scripted · {model.url}" in words(app)
        app = app.button(key="test-extract").click().run()
        assert f">{good}<" in words(app)
        app = app.button(key="test-extract").click().run()
        assert f">{bad}<" in words(app)
        assert "the model refuses (401)" in words(app)
        assert KEY not in words(app)
    with world.parts.session() as db:
        found = db.exec(select(AuditEvent).where(AuditEvent.action == "model.test")).all()
    assert [e.detail["answers"] for e in found] == [True, False]
    assert KEY not in str([e.model_dump() for e in found])
