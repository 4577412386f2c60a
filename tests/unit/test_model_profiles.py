"""Models that administrators enter: what wins, what is refused; a key goes in and never comes out."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from kg.embed import LOCAL
from portal import (
    accounts,
    admin_models,
    db,
    language_models,
    logins,
    model_addresses,
    model_listing,
    model_profiles,
    rags,
)
from portal.access import Actor
from portal.errors import Conflict, Invalid, NotFound
from portal.model_listing import Draft
from portal.model_profiles import Source
from portal.models import AuditEvent, StoredProfile
from portal.options import Options, options_from_json, options_to_json
from portal.settings import Settings
from portal.wiring import Parts, wire
from tests.scripted_model import Say, scripted

KEY = "sk-a-key-that-nobody-sees"
CHEAP = Draft("Cheap", "openai", "https://api.example.org/v1", "small-1", price_in=1.0, price_out=2.0)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Parts]:
    made = wire(
        Settings(data_dir=tmp_path, chat_model="set", chat_url="http://127.0.0.1:9/v1", _env_file=None)
    )  # type: ignore[call-arg]
    db.upgrade(made.engine)
    yield made
    made.close()


@pytest.fixture
def boss(parts: Parts) -> Actor:
    signed = logins.who(parts, accounts.register(parts, "boss@example.org", "a long enough secret"))
    assert signed is not None
    return signed.actor


def served(parts: Parts, role: str) -> tuple[Source, str]:
    found = model_profiles.served(parts, role)
    return found.source, found.profile.name if found.profile else ""


def view(parts: Parts, boss: Actor, profile_id: int) -> model_listing.ProfileView:
    return next(v for v in model_listing.profiles(parts, boss) if v.id == profile_id)


def test_the_page_wins_over_the_settings_and_these_over_what_is_built_in(parts: Parts, boss: Actor) -> None:
    number = admin_models.add(parts, boss, CHEAP)
    assert served(parts, "chat") == (Source.settings, "set")
    assert served(parts, "extract") == (Source.built_in, "")
    admin_models.serve(parts, boss, "chat", number)
    admin_models.serve(parts, boss, "extract", number)
    assert served(parts, "chat") == served(parts, "extract") == (Source.page, "Cheap")
    admin_models.serve_without(parts, boss, "chat")
    assert served(parts, "chat") == (Source.page, "")
    assert language_models.chat(parts, "chat", 1) is None
    admin_models.serve_by_settings(parts, boss, "chat")
    assert served(parts, "chat") == (Source.settings, "set")
    again = wire(parts.settings)  # another process
    assert served(again, "extract") == (Source.page, "Cheap")
    again.close()


def test_a_key_goes_in_and_comes_out_nowhere_but_in_calls(parts: Parts, boss: Actor) -> None:
    number = admin_models.add(parts, boss, CHEAP, KEY)
    admin_models.set_key(parts, boss, number, f" {KEY}2 ")
    admin_models.serve(parts, boss, "chat", number)
    found = language_models.profile(parts, "chat")
    assert found is not None
    assert (found.api_key, found.price_out) == (f"{KEY}2", 2.0)
    shown = view(parts, boss, number)
    assert shown.key is not None
    assert (shown.key.by, shown.key.readable) == ("boss@example.org", True)
    with parts.session() as opened:
        told = [e.model_dump() for e in opened.exec(select(AuditEvent))]
    assert [e["action"] for e in told if e["action"].startswith("model.")] == [
        "model.add",
        "model.key",
        "model.role",
    ]
    everything = repr(
        (shown, told, found, model_profiles.served(parts, "chat"), model_listing.roles(parts, boss))
    )
    assert KEY not in everything
    with closing(sqlite3.connect(parts.settings.data_dir / "ferag.sqlite")) as raw:
        assert KEY not in "".join(raw.iterdump())
    admin_models.remove_key(parts, boss, number)
    assert view(parts, boss, number).key is None
    found = language_models.profile(parts, "chat")
    assert found is not None
    assert found.api_key == "none"


def test_a_key_is_not_sent_to_another_server(parts: Parts, boss: Actor) -> None:
    number = admin_models.add(parts, boss, CHEAP, KEY)
    assert not admin_models.change(parts, boss, number, replace(CHEAP, base_url="https://api.example.org/v2"))
    assert view(parts, boss, number).key is not None
    assert admin_models.change(parts, boss, number, replace(CHEAP, base_url="https://attacker.example/v1"))
    assert view(parts, boss, number).key is None
    admin_models.set_key(parts, boss, number, KEY)
    with parts.session() as opened:  # by somebody who can write to the database
        row = opened.get_one(StoredProfile, number)
        row.base_url = "https://elsewhere.example/v1"
        opened.add(row)
        opened.commit()
        assert model_profiles.of_row(parts.settings, row).key == ""
    shown = view(parts, boss, number)
    assert shown.key is not None
    assert not shown.key.readable


def test_what_does_something_is_not_deleted(parts: Parts, boss: Actor) -> None:
    number = admin_models.add(parts, boss, CHEAP)
    admin_models.serve(parts, boss, "chat", number)
    with pytest.raises(Conflict, match="Cheap is in use"):
        admin_models.delete(parts, boss, number)
    admin_models.serve_by_settings(parts, boss, "chat")
    admin_models.delete(parts, boss, number)
    with pytest.raises(NotFound):
        admin_models.serve(parts, boss, "chat", number)
    assert served(parts, "chat") == (Source.settings, "set")


NO_ADDRESSES = """
    api.example.org/v1 ftp://api.example.org file:///etc/passwd http:// https://user:password@api.example.org/v1
    https://api.example.org/v1?key=1 https://api.example.org/#v1 http://x:99999/v1 http://пример.рф/v1
    http://169.254.169.254/latest http://[fe80::1]/v1 http://[::ffff:169.254.169.254]/v1 http://[::1/v1
    """
PRIVATE = "http://localhost:11434/v1 http://192.168.1.5:8000/v1 http://[::1]:1/v1 https://models.lan"
WRONG: tuple[dict[str, Any], ...] = (
    *({"name": " "}, {"name": "x" * 61}, {"model": ""}, {"preset": "none"}, {"timeout": 0.0}),
    *({"timeout": float("nan")}, {"in_flight": 0}, {"price_in": -1.0}, {"context_window": 1}),
)


def test_addresses_that_are_none_and_private_ones_that_are_the_administrators_choice() -> None:
    for url in ("", "http://a b/v1", *NO_ADDRESSES.split()):
        with pytest.raises(Invalid, match="no address of a model"):
            model_addresses.checked(url)
    for url in PRIVATE.split():
        assert model_addresses.checked(f" {url}/ ") == url


def test_what_does_not_fit_is_refused(parts: Parts, boss: Actor) -> None:
    for wrong in WRONG:
        with pytest.raises(Invalid):
            admin_models.add(parts, boss, replace(CHEAP, **wrong))
    number = admin_models.add(parts, boss, CHEAP)
    for key in ("", " ", "two words", "ключ", "x" * 4001, "line\nbreak"):
        with pytest.raises(Invalid, match="no key"):
            admin_models.set_key(parts, boss, number, key)


def test_names_are_unlike_each_other(parts: Parts, boss: Actor) -> None:
    number = admin_models.add(parts, boss, CHEAP)
    with pytest.raises(Invalid, match="already"):
        admin_models.add(parts, boss, replace(CHEAP, name="CHEAP"))
    assert not admin_models.change(parts, boss, number, replace(CHEAP, name="cheap"))


def test_the_embedding_model_changes_in_running_processes_and_only_to_one_that_embeds(
    parts: Parts, boss: Actor
) -> None:
    def script(body: dict[str, Any]) -> Say:
        if body["model"] != "letters":
            return Say("no embeddings", status=404)
        data = [
            {"index": i, "object": "embedding", "embedding": [1.0, 2.0]} for i, _ in enumerate(body["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        return Say(raw=json.dumps({"object": "list", "model": "x", "data": data, "usage": usage}).encode())

    running = wire(parts.settings)
    assert running.embedder_name == LOCAL
    with scripted(script) as server:
        draft = Draft("Letters", "vllm", server.url, "letters")
        number = admin_models.add(parts, boss, draft)
        chat = admin_models.add(parts, boss, replace(draft, name="Words", model="words"))
        with pytest.raises(Conflict, match="Words gives no embeddings"):
            admin_models.serve(parts, boss, "embed", chat)
        admin_models.serve(parts, boss, "embed", number)
        name = running.embedder_name
        assert name.startswith("letters@")
        assert running.index.embedder.name == running.embedder().name == name
        assert running.index is running.index
        with pytest.raises(Conflict, match="gives no embeddings"):
            admin_models.change(parts, boss, number, replace(draft, model="words"))
        admin_models.change(parts, boss, number, replace(draft, timeout=5.0))
        assert running.embedder_name == name
    running.close()


def test_people_choose_among_the_models_that_are_offered(parts: Parts, boss: Actor) -> None:
    rag = rags.create(parts, boss, "Contracts").id or 0
    hidden = admin_models.add(parts, boss, CHEAP)
    offered = admin_models.add(parts, boss, replace(CHEAP, name="Good", model="big-1", in_chat=True), KEY)
    found = model_listing.choice(parts, boss, rag)
    assert (found.usual, found.others) == ("set", ((offered, "Good"),))
    chosen = language_models.chat(parts, "chat", rag, wanted=offered)
    assert chosen is not None
    assert (chosen.profile.model, chosen.profile.role) == ("big-1", "chat")
    kept = options_from_json(options_to_json(Options(model=offered)))
    assert kept.model == offered
    assert options_from_json({}).model is None  # of messages from before
    for number in (hidden, 404):  # forged
        with pytest.raises(Conflict, match="not offered"):
            language_models.chat(parts, "chat", rag, wanted=number)
    admin_models.change(parts, boss, offered, replace(CHEAP, name="Good", in_chat=False))
    with pytest.raises(Conflict, match="not offered"):
        language_models.chat(parts, "chat", rag, wanted=offered)
