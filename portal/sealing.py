"""Secrets that the portal itself must use, such as keys of models: encrypted wherever they are kept.

They are encrypted (Fernet: AES-128-CBC with HMAC-SHA256) with FERAG_SECRET_KEY or else with a file of the
data folder, which is made when the first secret comes; what the file has encrypted can be read when the
setting comes later. A secret is bound to what it is for: who can write to the database cannot have it sent
elsewhere.
"""

import base64
import contextlib
import json
import os
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.settings import Settings

FILE = "secret.key"


def sealed(settings: Settings, secret: str, bound_to: str) -> str:
    """The secret as text that may stand in the database."""
    keys = _keys(settings) or [Fernet(_made(settings.data_dir / FILE))]
    return keys[0].encrypt(json.dumps([bound_to, secret]).encode()).decode()


def opened(settings: Settings, text: str, bound_to: str) -> str | None:
    """The secret; None if it was sealed with another key, or for something else."""
    keys = _keys(settings)
    if not keys:
        return None
    try:
        kept_for, secret = json.loads(MultiFernet(keys).decrypt(text.encode()))
    except InvalidToken:
        return None
    return str(secret) if kept_for == bound_to else None


def _keys(settings: Settings) -> list[Fernet]:
    """The one that seals first."""
    keys = []
    if chosen := settings.secret_key.get_secret_value():
        derived = HKDF(SHA256(), length=32, salt=None, info=b"ferag secrets").derive(chosen.encode())
        keys.append(Fernet(base64.urlsafe_b64encode(derived)))
    if (file := settings.data_dir / FILE).exists():
        keys.append(Fernet(file.read_bytes().strip()))
    return keys


def _made(file: Path) -> bytes:
    """The file's key, made now; of several processes that make one at once, the first one's."""
    descriptor, part = tempfile.mkstemp(dir=file.parent)  # readable by its owner only
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(Fernet.generate_key())
            out.flush()
            os.fsync(out.fileno())
        Path(part).chmod(0o600)
        with contextlib.suppress(FileExistsError):
            os.link(part, file)
    finally:
        Path(part).unlink()
    return file.read_bytes()
