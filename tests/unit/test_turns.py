"""Publishers of a store that does not serialise them take turns, and wait for what a killed one left."""

import os
import threading
import time
from pathlib import Path

import pytest

from kg.errors import StoreAway, StoreDown, VersionMoved
from kg.store import turns
from kg.store.turns import Flight, flight, turn


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns.tempfile, "gettempdir", lambda: str(tmp_path))


def never(_: Flight) -> bool:
    return False


def test_one_at_a_time() -> None:
    inside, most = [], []

    def take(n: int) -> None:
        with turn("store", flight(1, str(n), 0), never):
            inside.append(n)
            most.append(len(inside))
            time.sleep(0.01)
            inside.remove(n)

    threads = [threading.Thread(target=take, args=(n,)) for n in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert most == [1] * 8


def test_places_do_not_wait_for_each_other() -> None:
    with turn("one", flight(1, "a", 0), never), turn("other", flight(1, "b", 0), never):
        pass


@pytest.mark.parametrize(
    ("error", "waits"), [(StoreDown("?"), True), (StoreAway("gone"), False), (VersionMoved(1, 2), False)]
)
def test_only_an_unknown_outcome_is_waited_for(error: Exception, waits: bool) -> None:
    left = Flight(1, "left", time.time() + 0.5)
    with pytest.raises(type(error)), turn("store", left, never):
        raise error
    begun = time.monotonic()
    with turn("store", flight(1, "next", 0), never):
        assert (time.monotonic() - begun > 0.3) == waits


def test_a_landed_flight_is_not_waited_for() -> None:
    with pytest.raises(StoreDown), turn("store", Flight(1, "left", time.time() + 60), never):
        raise StoreDown("?")
    asked = []

    def landed(other: Flight) -> bool:
        asked.append(other.token)
        return len(asked) > 2

    with turn("store", flight(2, "next", 0), landed):
        assert asked == ["left"] * 3


def test_a_torn_note_is_of_no_flight(tmp_path: Path) -> None:
    with pytest.raises(StoreDown), turn("store", flight(1, "left", 0), never):
        raise StoreDown("?")
    (note,) = (tmp_path / f"ferag-turns-{os.getuid()}").glob("*.flight")
    note.write_text('{"version": 1, "tok')
    with turn("store", flight(1, "next", 0), never):
        pass


def test_a_folder_of_the_installation(tmp_path: Path) -> None:
    with turn("store", flight(1, "a", 0), never, tmp_path / "turns"):
        assert list((tmp_path / "turns").glob("*.flight"))


def test_a_turn_that_does_not_come_is_store_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "LONGEST_WAIT", 0.1)
    with turn("store", flight(1, "a", 0), never), pytest.raises(StoreDown):  # noqa: SIM117
        with turn("store", flight(1, "b", 0), never):
            pass


def test_large_flights_may_take_longer() -> None:
    assert flight(1, "a", 10**6).until - flight(1, "a", 10).until > 60
