"""A part that hangs is ended and started again, one that is only slow to start is not."""

import signal
from pathlib import Path

import psutil
import pytest

from portal.embedded import servers
from portal.embedded.answering import Watch
from portal.embedded.supervisor import Kept
from tests.installation import wait_until


def test_a_server_that_hangs_is_started_again(tmp_path: Path) -> None:
    child, url = servers.start_queue(tmp_path)
    watch = Watch(child, lambda: servers.redis_answers(url), misses=2, look_seconds=0.1)
    kept, said = Kept(child, watch=watch), []
    watch.begin()
    try:
        wait_until(lambda: watch._answered, 20)
        first = child.pid
        assert first is not None
        kept.look(said.append)
        assert not said
        psutil.Process(first).send_signal(signal.SIGSTOP)  # it has not ended, and answers nobody
        wait_until(lambda: watch.hangs, 30)

        def again() -> bool:
            kept.look(said.append)
            return child.pid != first and servers.redis_answers(url)

        wait_until(again, 30)
        assert "does not answer any more" in said[0]
        assert "is started again" in said[1]
        kept.look(said.append)
        assert len(said) == 2
    finally:
        watch.end()
        child.kill()
        child.wait(5)


def test_a_store_that_reads_its_journal_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers nobody for minutes after a library was published; ended too early it would begin again."""
    slow = tmp_path / "oxigraph"
    slow.write_text(f'#!/bin/sh\nsleep 3\nexec {servers._oxigraph()} "$@"\n')
    slow.chmod(0o700)
    monkeypatch.setattr(servers, "_oxigraph", lambda: str(slow))
    monkeypatch.setattr(servers, "START_SECONDS", 1.0)
    monkeypatch.setattr(servers, "QUICK_SECONDS", 1.0)
    said: list[str] = []
    child, url = servers.start_store(tmp_path, said.append)
    try:
        assert servers.http_answers(url)
        assert len(said) == 1
        assert "reads its journal" in said[0]
    finally:
        child.kill()
        child.wait(5)


def test_a_slow_start_is_waited_for(tmp_path: Path) -> None:
    child, url = servers.start_queue(tmp_path)
    watch = Watch(child, lambda: False, misses=2, look_seconds=0.01)
    watch._pid, watch._missed = child.pid, 9
    try:
        assert not watch.hangs
        watch._missed = 10
        assert watch.hangs
    finally:
        child.kill()
        child.wait(5)
    assert not watch.hangs
    assert url
