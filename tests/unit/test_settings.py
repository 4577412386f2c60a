"""Settings: documented, typed, and closed to strangers."""

import re
from pathlib import Path

import pytest

from portal import settings
from portal.errors import CannotStart
from portal.settings import Settings, loopback

ROOT = Path(__file__).parents[2]
NOT_OURS = {
    "POSTGRES_PASSWORD",
    "REDIS_PASSWORD",
    "FUSEKI_PASSWORD",
    "MINIO_ROOT_USER",
    "MINIO_ROOT_PASSWORD",
}


@pytest.fixture(autouse=True)
def _no_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)


def names() -> set[str]:
    return {f"FERAG_{name.upper()}" for name in Settings.model_fields}


def test_each_setting_has_its_row_in_the_docs() -> None:
    rows = re.findall(r"^\| `(FERAG_\w+)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted(names())


def test_the_example_names_only_what_exists() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    assert named <= names() | NOT_OURS


def test_nothing_configured_is_embedded_and_local() -> None:
    chosen = settings.read()
    assert chosen.embedded == ("queue", "store")
    assert chosen.address == "http://127.0.0.1:8501"
    assert not chosen.secure_cookies


OPEN_TO_STRANGERS = {
    "a public interface without an address": {"host": "0.0.0.0"},
    "passwords in the open": {"host": "0.0.0.0", "public_url": "http://kb.example.org"},
    "a queue without a password": {"redis_url": "redis://queue.internal:6379/0"},
    "a queue with a well-known password": {"redis_url": "redis://:changeme@queue.internal:6379/0"},
    "a store without a password": {"fuseki_url": "http://fuseki.internal:3030"},
    "a store with a well-known password": {
        "fuseki_url": "http://fuseki.internal:3030",
        "fuseki_user": "admin",
        "fuseki_password": "admin",
    },
    "a database with a well-known password": {
        "database_url": "postgresql://ferag:postgres@db.internal/ferag"
    },
    "storage with a well-known secret": {"storage_key": "minioadmin", "storage_secret": "minioadmin"},
}


@pytest.mark.parametrize("values", OPEN_TO_STRANGERS.values(), ids=OPEN_TO_STRANGERS)
def test_insecure_combinations_are_refused(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"FERAG_{name.upper()}", value)
    with pytest.raises(CannotStart, match="FERAG_") as refused:
        settings.read()
    assert "changeme" not in str(refused.value)


@pytest.mark.parametrize(
    "values",
    [
        {"host": "0.0.0.0", "public_url": "https://kb.example.org"},
        {"host": "0.0.0.0", "public_url": "http://kb.lan", "allow_http": "true"},
        {"redis_url": "redis://:a-long-one@queue.internal:6379/0"},
        {"redis_url": "redis://127.0.0.1:6379/0"},
        {"fuseki_url": "http://localhost:3030"},
    ],
)
def test_secure_combinations_are_accepted(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"FERAG_{name.upper()}", value)
    settings.read()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "0"),
        ("port", "many"),
        ("workers", "-1"),
        ("database_url", "mysql://x"),
        ("redis_url", "http://x"),
        ("fuseki_url", "fuseki:3030"),
        ("base_iri", "not an iri"),
        ("base_iri", "http://x/<y>"),
        ("registration", "perhaps"),
    ],
)
def test_what_does_not_fit_is_said(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"FERAG_{name.upper()}", value)
    with pytest.raises(CannotStart, match=f"FERAG_{name.upper()}"):
        settings.read()


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FERAG_REDIS_URL", "redis://:hush-hush@queue.internal:6379/0")
    monkeypatch.setenv("FERAG_CHAT_KEY", "hush-hush")
    assert "hush-hush" not in repr(settings.read())


def test_a_base_iri_ends_with_its_separator() -> None:
    assert Settings(base_iri="http://kb.example.org").base_iri == "http://kb.example.org/"
    assert Settings(base_iri="urn:kb:").base_iri == "urn:kb:"


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("localhost", True), ("0.0.0.0", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    assert loopback(host) is expected
    assert not loopback("localhost.example.org")
