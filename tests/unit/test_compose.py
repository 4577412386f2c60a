"""docker-compose.yml cannot be run here; what can be known without an engine is checked."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from portal.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return loaded


def test_every_service_is_watched(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) >= {"web", "worker", "redis", "postgres", "fuseki", "minio"}
    for name, service in compose["services"].items():
        assert "healthcheck" in service or name == "bucket", name


def test_settings_exist(compose: dict[str, Any]) -> None:
    known = {f"FERAG_{name.upper()}" for name in Settings.model_fields}
    for service in compose["services"].values():
        ours = {n for n in service.get("environment", {}) if n.startswith("FERAG_")}
        assert ours <= known


def test_no_secret_has_a_default(compose: dict[str, Any]) -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(:[^}]*)?\}", text):
        assert name[1] == ":?", f"{name[0]} must be given"
    for name, service in compose["services"].items():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key or "SECRET" in key:
                assert value.startswith("${"), f"{name}: {key}"


def test_only_the_web_application_is_reachable(compose: dict[str, Any]) -> None:
    assert [n for n, s in compose["services"].items() if "ports" in s] == ["web"]
    assert all(p.startswith("127.0.0.1:") for p in compose["services"]["web"]["ports"])


def test_dependencies_are_services(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])


def test_volumes_are_declared(compose: dict[str, Any]) -> None:
    used = {v.split(":")[0] for s in compose["services"].values() for v in s.get("volumes", [])}
    assert used == set(compose["volumes"])


def test_the_images_that_are_built_have_their_files(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        if "build" in service:
            assert (ROOT / service["build"] / "Dockerfile").is_file()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for line in copied:
        for source in line.split():
            assert (ROOT / source).exists(), source
