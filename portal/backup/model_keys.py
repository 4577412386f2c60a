"""Keys of models in the secrets' file: as they are, since each installation encrypts with a key of its own.

One that cannot be read here is left out.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select, update
from sqlmodel import SQLModel

from portal import sealing
from portal.backup.rows import SEALED
from portal.model_profiles import origin
from portal.settings import Settings

KIND = "model_key"


def lines(settings: Settings, connection: Connection) -> Iterator[bytes]:
    """`{"model_key", "for", "key"}`: the profile's number, the address that it may be sent to, the key."""
    table = SQLModel.metadata.tables[SEALED]
    found = select(table.c.id, table.c.base_url, table.c.key_sealed).where(table.c.key_sealed.is_not(None))
    for number, url, kept in connection.execute(found.order_by(table.c.id)):
        key = sealing.opened(settings, kept, origin(url))
        if key is not None:
            yield json.dumps({KIND: number, "for": origin(url), "key": key}).encode() + b"\n"


def put(settings: Settings, connection: Connection, said: Mapping[str, Any]) -> None:
    """Seal it with what this installation seals with."""
    table = SQLModel.metadata.tables[SEALED]
    kept = sealing.sealed(settings, said["key"], said["for"])
    connection.execute(update(table).where(table.c.id == said[KIND]).values(key_sealed=kept))
