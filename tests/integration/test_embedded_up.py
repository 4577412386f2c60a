"""`ferag up`: one command that starts everything, keeps it running, and ends it."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.installation import wait_until
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
PARTS = ("valkey", "oxigraph", "--queue ferag ", "--queue ferag-quick", "uvicorn")


@dataclass
class Up:
    process: subprocess.Popen[str]
    folder: Path
    port: int

    @property
    def parts(self) -> dict[str, str]:
        found: dict[str, str] = json.loads((self.folder / "parts.json").read_text())
        return found

    @property
    def children(self) -> dict[str, psutil.Process]:
        """By what they run."""
        found = {}
        for child in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):  # it has just ended
                words = " ".join(child.cmdline())
                found |= {n: child for n in PARTS if n in words}
        return found

    def open(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def said(self) -> str:
        return (self.folder.parent / "said").read_text()


def environment(folder: Path, port: int) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith("FERAG_")}
    return {
        **clean,
        "PYTHONPATH": f"{ROOT}:{os.environ.get('PYTHONPATH', '')}",
        "OMP_NUM_THREADS": "1",
        "FERAG_DATA_DIR": str(folder),
        "FERAG_PORT": str(port),
    }


def start(folder: Path, port: int, **more: str) -> subprocess.Popen[str]:
    with (folder.parent / "said").open("a") as said:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.cli", "up"],
            cwd=folder.parent,
            env=environment(folder, port) | more,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
        )


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Up]:
    port = free_port()
    made = Up(start(tmp_path / "data", port), tmp_path / "data", port)
    wait_until(made.open, 90, made.said)
    wait_until(lambda: "is open at" in made.said(), 10, made.said)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def test_it_opens_and_explains_itself(up: Up) -> None:
    assert f"Ferag Portal is open at http://127.0.0.1:{up.port}" in up.said()
    assert str(up.folder) in up.said()
    assert set(up.children) == set(PARTS)
    assert (up.folder / "parts.json").stat().st_mode & 0o077 == 0
    for name in ("valkey", "oxigraph"):
        addresses = {c.laddr.ip for c in up.children[name].net_connections() if c.status == "LISTEN"}
        assert addresses == {"127.0.0.1"}


def test_a_second_one_says_so_and_stops(up: Up) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "portal.cli", "up"],
        env=environment(up.folder, free_port()),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert f"already running on this data ({up.folder}), process {up.process.pid}" in second.stderr
    assert up.open()


def test_a_port_that_is_taken_is_said(up: Up, tmp_path: Path) -> None:
    other = subprocess.run(
        [sys.executable, "-m", "portal.cli", "up"],
        env=environment(tmp_path / "other", up.port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert other.returncode == 1
    assert f"Port {up.port} is in use" in other.stderr


@pytest.mark.parametrize("name", PARTS)
def test_what_crashes_is_started_again(up: Up, name: str) -> None:
    before = up.children[name]
    before.kill()

    def again() -> bool:
        found = up.children.get(name)
        return found is not None and found.pid != before.pid

    wait_until(again, 20, up.said)
    wait_until(up.open, 60, up.said)
    assert "It is started again." in up.said()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_all_its_parts_in_seconds(up: Up, how: int) -> None:
    children = list(up.children.values())
    began = time.monotonic()
    up.process.send_signal(how)
    assert up.process.wait(30) == 0
    assert time.monotonic() - began < 15
    assert not any(c.is_running() and c.status() != psutil.STATUS_ZOMBIE for c in children)
    assert not (up.folder / "parts.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's word to children is Linux's")
def test_a_killed_one_leaves_nothing_behind_and_can_be_started(up: Up) -> None:
    children = list(up.children.values())
    up.process.kill()
    up.process.wait()
    psutil.wait_procs(children, timeout=20)
    assert not any(c.is_running() for c in children)
    up.process = start(up.folder, up.port)
    wait_until(up.open, 90, up.said)
