"""Models on the administration's page: added, given a key, tested, chosen, deleted; no key is ever shown."""

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select
from streamlit.testing.v1 import AppTest

from portal import admin_models, i18n, process
from portal.model_listing import Draft
from portal.models import AuditEvent
from portal.settings import Settings
from tests.pages.conftest import World, section, words
from tests.scripted_model import Say, scripted

KEY = "sk-a-key-that-nobody-sees"
TAB = {"en": "Models", "ru": "Модели"}


def shown(world: World, locale: str = "en", **settings: str) -> AppTest:
    chosen = Settings(data_dir=world.parts.settings.data_dir, _env_file=None, **settings)  # type: ignore[call-arg,arg-type]
    parts = replace(world.parts, settings=chosen)
    world.patch.setattr(process, "parts", lambda: parts)
    return section(world.open("admin", locale=locale), TAB[locale])


def everything(world: World, app: AppTest) -> str:
    """The page, its session and the record."""
    with world.parts.session() as db:
        record = [e.model_dump() for e in db.exec(select(AuditEvent))]
    return words(app) + repr(app.session_state) + repr(record) + repr(app._tree)


@pytest.mark.parametrize(
    ("locale", "reason", "refused"),
    [
        ("en", "Nobody answers at this address.", "The server does not accept the key, or wants one."),
        ("ru", "По этому адресу никто не отвечает.", "Сервер не принимает ключ или требует его."),
    ],
)
def test_a_model_of_the_settings_is_shown_and_tested_but_not_changed(
    world: World, request: pytest.FixtureRequest, locale: str, reason: str, refused: str
) -> None:
    request.addfinalizer(lambda: i18n.use("en"))
    i18n.use(locale)  # AppTest names options outside of the page's run
    named = {"extract_model": "scripted", "extract_key": KEY}
    app = shown(world, locale, extract_url="http://127.0.0.1:1/v1", **named)
    app = app.button(key="test-extract").click().run()
    assert reason in words(app)
    with scripted([Say(f"Incorrect key: {KEY}", status=401)]) as model:
        app = shown(world, locale, extract_url=model.url, **named)
        assert model.url in words(app)
        app = app.button(key="test-extract").click().run()
    assert refused in words(app)
    assert KEY not in everything(world, app)
    assert not [b for b in app.button if b.key and b.key.startswith(("edit", "key", "delete"))]


def test_a_model_is_added_given_a_key_tested_chosen_edited_and_deleted(world: World) -> None:
    def script(body: dict[str, Any]) -> Say:
        assert body.get("model") == "scripted"
        return Say("OK") if "messages" in body else Say("no such path", status=404)

    with scripted(script, Say(json.dumps({"data": [{"id": "scripted", "max_model_len": 8192}]}))) as model:
        app = shown(world)
        assert "No model yet" in words(app)
        app.text_input(key="name-new-0-openai").set_value("Ours")
        app.text_input(key="model-new-0-openai").set_value("scripted")
        app.text_input(key="url-new-0-openai").set_value("nowhere")
        app = _click(app, "Add")
        assert "This is no address of a model" in app.error[0].value
        app.text_input(key="url-new-0-openai").set_value(model.url)
        app = _click(app, "Add")
        assert not app.error
        assert "no key" in words(app)
        next(i for i in app.text_input if i.label == "The key").set_value(KEY)
        app = _click(app, "Keep it")
        assert "has a key, set by ann@example.org just now" in words(app)
        app = app.button(key="test-1").click().run()
        text = words(app)
        assert "Streaming" in text
        assert "tokens, as the server says: 8,192" in text
        assert text.count("The server does not offer this (404).") == 2  # embeddings and reranking

        chat = next(s for s in app.selectbox if s.label == "Answers questions")
        app = chat.select(1).run()
        app = app.button(key="use-chat").click().run()
        assert "Answers questions</span>" in words(app)
        app = app.button(key="delete-1").click().run()
        assert (
            app.error[0].value == "Ours is in use: choose something else in its place first, then delete it."
        )

        app = app.button(key="edit-1").click().run()
        app.text_input(key="url-edit-1").set_value("http://127.0.0.1:2/v1")
        app = _click(app, "Save")
        assert "no key" in words(app)
        chat = next(s for s in app.selectbox if s.label == "Answers questions")
        app = chat.select("built-in").run()
        app = app.button(key="use-chat").click().run()
        app = app.button(key="delete-1").click().run()
        assert "No model yet" in words(app)
        assert KEY not in everything(world, app)


def _click(app: AppTest, label: str) -> AppTest:
    return next(b for b in app.button if b.label == label).click().run()


def test_the_expert_drawer_offers_what_administrators_allow(world: World) -> None:
    draft = Draft("Good <b>one</b>", "vllm", "http://127.0.0.1:1/v1", "big-1", in_chat=True)
    app = world.open("chat", rag=world.rag)
    assert not [s for s in app.selectbox if s.key == "asking-model"]
    assert "Your own instructions" not in [t.label for t in app.text_area]
    number = admin_models.add(world.parts, world.actor("ann"), draft)
    app = world.open("chat", rag=world.rag)
    choice = app.selectbox(key="asking-model")
    assert choice.options == ["None: sentences of the sources", "Good <b>one</b>"]
    app = choice.select(number).run()
    assert app.session_state["asking"]["model"] == number
    assert "Your own instructions" in [t.label for t in app.text_area]


def test_what_reading_will_cost_is_told_before_the_upload(world: World) -> None:
    app = world.open("documents", rag=world.rag)
    app.file_uploader[0].upload("a.txt", b"Ann works at ACME. " * 50, "text/plain").run()
    assert "What will it take?" not in [b.label for b in app.button]  # nothing is paid
    draft = Draft("Reader", "vllm", "http://127.0.0.1:1/v1", "m", price_in=1000.0, price_out=1000.0)
    ann = world.actor("ann")
    admin_models.serve(world.parts, ann, "extract", admin_models.add(world.parts, ann, draft))
    app = world.open("documents", rag=world.rag)
    app.file_uploader[0].upload("a.txt", b"Ann works at ACME. " * 50, "text/plain").run()
    app = _click(app, "What will it take?")
    told = app.info[0].value
    assert told.startswith("Expected: 4 calls of the model, ")
    assert "cost " in told
    assert not app.error
