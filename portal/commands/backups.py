"""`ferag backup` and `ferag restore`."""

import time
from pathlib import Path

from portal.access import SYSTEM
from portal.backup.manifest import Manifest
from portal.backup.restore import restore as put_back
from portal.backup.take import backup as take
from portal.backup.take import secrets_of
from portal.commands.common import Caller, tell
from portal.wiring import Parts


def backup(parts: Parts, caller: Caller, path: Path) -> int:
    """Everything into one file, while people go on asking."""
    began = time.monotonic()
    taken = take(parts, SYSTEM, path)
    counts = _counts(taken.manifest)
    value = {
        **counts,
        "file": str(path),
        "secrets": str(secrets_of(path)),
        "bytes": taken.size,
        "paused": round(taken.paused, 3),
        "seconds": round(time.monotonic() - began, 3),
    }
    tell(caller, value, f"{path}: {_said(counts)}, read back. Keep {secrets_of(path)} elsewhere.")
    return 0


def restore(parts: Parts, caller: Caller, path: Path, with_secrets: bool) -> int:
    """A backup into an empty installation."""
    began = time.monotonic()
    restored = put_back(parts, SYSTEM, path, with_secrets=with_secrets)
    counts = _counts(restored.manifest)
    value = {
        **counts,
        "file": str(path),
        "settings": str(restored.settings),
        "seconds": round(time.monotonic() - began, 3),
    }
    tell(caller, value, f"{_said(counts)} restored. The settings of then: {restored.settings}")
    return 0


def _counts(manifest: Manifest) -> dict[str, object]:
    return {
        "rags": len(manifest.rags),
        "quads": manifest.quads,
        "rows": manifest.rows,
        "files": manifest.files,
    }


def _said(counts: dict[str, object]) -> str:
    return "{rags} knowledge bases, {quads} quads, {rows} rows, {files} files".format(**counts)
