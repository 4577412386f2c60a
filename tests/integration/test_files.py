"""The file store: the same on a folder and on S3."""

import io
from pathlib import Path

import pytest

from portal import wiring
from portal.errors import PartDown
from portal.files import Files
from portal.settings import Settings
from tests import servers
from tests.conftest import absent
from tests.installation import storage


@pytest.fixture(params=["folder", "s3"])
def files(request: pytest.FixtureRequest, run_folder: Path, tmp_path: Path) -> Files:
    if request.param == "folder":
        return Files(tmp_path.as_uri())
    try:
        settings = storage(servers.shared(run_folder, "s3"))
    except servers.Missing as e:
        absent(e)
    return wiring.wire(Settings(data_dir=tmp_path, _env_file=None, **settings)).files  # type: ignore[call-arg]


def test_what_is_put_comes_back(files: Files) -> None:
    assert files.put("a/b/c.txt", b"one") == 3
    assert files.put("a/b/d.txt", io.BytesIO(b"x" * 3_000_000)) == 3_000_000
    assert files.get("a/b/c.txt") == b"one"
    assert files.size("a/b/d.txt") == 3_000_000
    with files.open("a/b/c.txt") as stream:
        assert stream.read(2) == b"on"
    assert files.keys("a") == ("a/b/c.txt", "a/b/d.txt")
    assert (files.exists("a/b/c.txt"), files.exists("a/b/x.txt")) == (True, False)


def test_putting_again_replaces(files: Files) -> None:
    files.put("k", b"one")
    files.put("k", b"two")
    assert files.get("k") == b"two"


def test_a_key_that_is_not_there(files: Files) -> None:
    with pytest.raises(FileNotFoundError):
        files.get("nothing")
    files.delete("nothing")
    assert files.keys("nothing") == ()


def test_moving_and_deleting(files: Files) -> None:
    files.put("incoming/x", b"one")
    files.move("incoming/x", "kept/deep/x")
    assert files.get("kept/deep/x") == b"one"
    assert not files.exists("incoming/x")
    files.delete("kept")
    assert files.keys("kept") == ()


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../../x", "a\\b", "a\0b"])
def test_keys_cannot_leave_the_store(files: Files, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        files.put(key, b"x")


def test_folders_go_in_and_out(files: Files) -> None:
    with files.writing_folder("cycle/output") as folder:
        (folder / "deep").mkdir()
        (folder / "a.txt").write_text("a")
        (folder / "deep/b.txt").write_text("b")
    assert files.keys("cycle") == ("cycle/output/a.txt", "cycle/output/deep/b.txt")
    with files.reading_folder("cycle/output") as folder:
        assert sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*.txt")) == [
            "a.txt",
            "deep/b.txt",
        ]
        assert (folder / "deep/b.txt").read_text() == "b"


def test_a_folder_that_fails_stores_nothing(files: Files) -> None:
    def write() -> None:
        with files.writing_folder("cycle") as folder:
            (folder / "a.txt").write_text("a")
            raise KeyError("a defect")

    with pytest.raises(KeyError):
        write()
    assert files.keys("cycle") == ()


class Broken(io.RawIOBase):
    """A visitor who goes away in the middle of a file."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces = [b"half", b""]

    def read(self, size: int = -1) -> bytes:
        if self.pieces and self.pieces[0]:
            return self.pieces.pop(0)
        raise ConnectionResetError("gone")


def test_half_a_file_is_no_file(tmp_path: Path) -> None:
    files = Files(tmp_path.as_uri())
    with pytest.raises(PartDown):
        files.put("x", Broken())  # type: ignore[arg-type]
    assert files.keys(".") == ()
    assert list(tmp_path.rglob("*.part")) == []


def test_ping_leaves_nothing(files: Files) -> None:
    assert files.ping() == files.url
    assert files.keys(".") == ()
