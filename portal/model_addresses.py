"""Addresses of models: which may be entered. Private ones may: a model often runs beside the portal."""

import ipaddress
from urllib.parse import urlsplit

from kg.embed.endpoint import Endpoint
from kg.errors import ModelError
from portal import language_models
from portal.errors import Conflict, Invalid
from portal.model_profiles import Profile

LONGEST = 500
SECONDS = 20.0


def checked(address: str) -> str:
    """The address without its last slash. Invalid if it is none of http, has a password or a query in it,
    or is link-local: there is no model, but there are the credentials of a cloud's machine."""
    given = address.strip().rstrip("/")
    try:
        split = urlsplit(given)
        host, _port = split.hostname, split.port
    except ValueError:
        raise Invalid("base_url", "model-address") from None
    plain = given.isascii() and given.isprintable() and " " not in given and len(given) <= LONGEST
    extra = split.username or split.password or split.query or split.fragment
    if split.scheme not in ("http", "https") or not host or extra or not plain or _link_local(host):
        raise Invalid("base_url", "model-address")
    return given


def check_embeds(chosen: Profile) -> None:
    """One small call. Conflict if no vector comes: search would be made anew with this model."""
    quick = language_models.as_model(chosen, "embed").once(min(chosen.timeout, SECONDS))
    try:
        _ = Endpoint(quick).dimensions
    except ModelError as e:
        raise Conflict("model-no-vectors", name=chosen.name) from e


def _link_local(host: str) -> bool:
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_link_local
