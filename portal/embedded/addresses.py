"""Where the embedded parts are: `parts.json` in the data folder, written by whoever started them."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class Addresses:
    """`pid` started the parts and ends them; `began` (epoch seconds) tells it from a later process."""

    pid: int
    began: float
    redis_url: str = ""
    store_url: str = ""
    web_url: str = ""

    @property
    def alive(self) -> bool:
        try:
            return abs(psutil.Process(self.pid).create_time() - self.began) < 2
        except psutil.Error:
            return False


def mine(redis_url: str, store_url: str, web_url: str = "") -> Addresses:
    """Of parts that this process started."""
    process = psutil.Process()
    return Addresses(process.pid, process.create_time(), redis_url, store_url, web_url)


def path(data_dir: Path) -> Path:
    return data_dir / "parts.json"


def write(data_dir: Path, addresses: Addresses) -> None:
    """Readable by this user only: it holds the queue's password."""
    target = path(data_dir)
    part = target.with_suffix(f".{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(asdict(addresses), out, indent=2)
    part.replace(target)


def read(data_dir: Path) -> Addresses | None:
    """The addresses if what they tell of still runs."""
    try:
        found = Addresses(**json.loads(path(data_dir).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None
    return found if found.alive else None


def remove(data_dir: Path) -> None:
    path(data_dir).unlink(missing_ok=True)
