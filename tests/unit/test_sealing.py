"""Secrets at rest: readable with the installation's key and for their own address only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal import sealing
from portal.settings import Settings

KEY, SITE = "sk-a-key-that-nobody-sees", "https://api.example.org:443"


def settings(folder: Path, secret: str = "") -> Settings:
    return Settings(data_dir=folder, secret_key=secret, _env_file=None)  # type: ignore[call-arg,arg-type]


def test_a_secret_comes_back_with_the_key_of_the_folder(tmp_path: Path) -> None:
    here = settings(tmp_path)
    text = sealing.sealed(here, KEY, SITE)
    assert KEY not in text
    assert sealing.opened(here, text, SITE) == KEY
    file = tmp_path / sealing.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [f.name for f in tmp_path.iterdir()] == [sealing.FILE]


@pytest.mark.parametrize("other", ["a-setting-that-is-longer-than-32-characters", ""])
def test_another_installation_cannot_read_it(tmp_path: Path, other: str) -> None:
    text = sealing.sealed(settings(tmp_path), KEY, SITE)
    (tmp_path / "elsewhere").mkdir()
    there = settings(tmp_path / "elsewhere", other)
    assert sealing.opened(there, text, SITE) is None
    sealing.sealed(there, "something else", SITE)
    assert sealing.opened(there, text, SITE) is None


def test_it_is_for_one_address(tmp_path: Path) -> None:
    here = settings(tmp_path)
    text = sealing.sealed(here, KEY, SITE)
    assert sealing.opened(here, text, "https://attacker.example:443") is None
    assert sealing.opened(here, text[:-4] + "AAA=", SITE) is None


def test_a_setting_that_comes_later_leaves_what_was_sealed_readable(tmp_path: Path) -> None:
    before = sealing.sealed(settings(tmp_path), KEY, SITE)
    later = settings(tmp_path, "a-setting-that-is-longer-than-32-characters")
    assert sealing.opened(later, before, SITE) == KEY
    after = sealing.sealed(later, KEY, SITE)
    assert sealing.opened(settings(tmp_path), after, SITE) is None
    assert sealing.opened(later, after, SITE) == KEY


def test_of_many_that_make_the_file_at_once_one_does(tmp_path: Path) -> None:
    here = settings(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda n: sealing.sealed(here, f"{n}", SITE), range(16)))
    assert [sealing.opened(here, t, SITE) for t in texts] == [f"{n}" for n in range(16)]


def test_a_short_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="32 characters"):
        settings(tmp_path, "short")
