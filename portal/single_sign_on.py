"""OpenID Connect: the code flow with PKCE, state and nonce, bound to the browser that began it.

The provider's metadata and keys are read for each login, so that a changed key needs nothing here.
Every claim that is used comes from the signed token, or from the provider's own answer to its access token.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import redis
from authlib.common.security import generate_token
from authlib.integrations.httpx_client import OAuth2Client, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from portal import one_time
from portal.errors import Invalid, NotFound, PartDown
from portal.names import as_typed, clean_name
from portal.settings import Settings, loopback
from portal.wiring import Parts

BACK = "/auth/sso/back"
SECONDS = 600  # from leaving for the provider to coming back
PATIENCE = 10.0  # seconds for one of its answers
LEEWAY = 60  # seconds that its clock may be off
# signatures by a key that only the provider has: never "none", never our own secret
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider says this is; `email` is "" unless it says that it was confirmed."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Journey:
    """What is kept here while the browser is at the provider."""

    state: str
    nonce: str
    verifier: str
    after: str  # the page to show then
    invitation: str


@dataclass(frozen=True, slots=True)
class Provider:
    """The endpoints of the configured issuer, as it publishes them."""

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str
    token_auth: tuple[str, ...]
    names_itself: bool  # RFC 9207: the answer carries `iss`


def begin(parts: Parts, after: str, invitation: str = "") -> tuple[str, str]:
    """A ticket for the browser's cookie, and the provider's address to go to."""
    provider = _provider(parts.settings)
    journey = Journey(generate_token(43), generate_token(43), generate_token(64), after, invitation)
    with _client(parts.settings, provider) as client:
        address, _state = client.create_authorization_url(
            provider.authorization, state=journey.state, nonce=journey.nonce, code_verifier=journey.verifier
        )
    ticket, kept = one_time.fresh()
    _keep(parts, f"journey:{kept}", asdict(journey))
    return ticket, str(address)


def finish(parts: Parts, ticket: str, answer: Mapping[str, str]) -> tuple[Person, Journey]:
    """Who came back. Invalid if this browser did not leave, or the answer is not the provider's for it."""
    journey = Journey(**_take(parts, f"journey:{one_time.digest(ticket)}"))
    if not answer.get("code") or answer.get("state") != journey.state:
        raise Invalid("sso", "sso-failed")
    provider = _provider(parts.settings)
    if answer.get("iss", provider.issuer if not provider.names_itself else "") != provider.issuer:
        raise Invalid("sso", "sso-failed")
    try:
        with _client(parts.settings, provider) as client:
            token = client.fetch_token(
                provider.token,
                code=answer["code"],
                code_verifier=journey.verifier,
                grant_type="authorization_code",
            )
            claims = _claims(parts.settings, provider, str(token.get("id_token", "")), journey.nonce)
            if "email" not in claims and provider.userinfo:
                more = _json(client.get(provider.userinfo))
                claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    except OAuthError as e:
        raise Invalid("sso", "sso-failed") from e
    except httpx.HTTPError as e:
        raise PartDown("sso", str(e)) from e
    confirmed = claims.get("email_verified") in (True, "true")
    return (
        Person(
            issuer=provider.issuer,
            subject=str(claims["sub"])[:255],
            email=as_typed(str(claims.get("email", ""))) if confirmed else "",
            name=clean_name(str(claims.get("name", ""))),
        ),
        journey,
    )


def remember(parts: Parts, person: Person, journey: Journey) -> str:
    """Keep who came back until their password connects them with their account; a ticket for the cookie."""
    ticket, kept = one_time.fresh()
    _keep(parts, f"person:{kept}", {"person": asdict(person), "after": journey.after})
    return ticket


def recall(parts: Parts, ticket: str) -> tuple[Person, str]:
    """Who waits to be connected, and the page to show then. It stays kept: a password may be mistyped."""
    found = _look(parts, f"person:{one_time.digest(ticket)}")
    return Person(**found["person"]), str(found["after"])


# ---- the provider


def _provider(settings: Settings) -> Provider:
    _check_set_up(settings)
    try:
        found = _json(httpx.get(f"{settings.oidc_issuer}/.well-known/openid-configuration", timeout=PATIENCE))
    except httpx.HTTPError as e:
        raise PartDown("sso", str(e)) from e
    issuer = str(found.get("issuer", ""))
    if issuer.rstrip("/") != settings.oidc_issuer:  # somebody else's metadata
        raise PartDown("sso", f"it calls itself {issuer[:200]}")
    return Provider(
        issuer=issuer,
        authorization=_safe(found, "authorization_endpoint"),
        token=_safe(found, "token_endpoint"),
        keys=_safe(found, "jwks_uri"),
        userinfo=_safe(found, "userinfo_endpoint") if found.get("userinfo_endpoint") else "",
        token_auth=tuple(found.get("token_endpoint_auth_methods_supported") or ("client_secret_basic",)),
        names_itself=found.get("authorization_response_iss_parameter_supported") is True,
    )


def _check_set_up(settings: Settings) -> None:
    if not settings.oidc_issuer:
        raise NotFound("sso")


def _safe(metadata: Mapping[str, Any], name: str) -> str:
    """An endpoint that nobody can listen to or change on the way."""
    address = str(metadata.get(name, ""))
    at = urlsplit(address)
    if at.scheme != "https" and not (at.scheme == "http" and loopback(at.hostname or "")):
        raise PartDown("sso", f"{name} is {address[:200]}")
    return address


def _client(settings: Settings, provider: Provider) -> OAuth2Client:
    secret = settings.oidc_client_secret.get_secret_value()
    by_post = "client_secret_basic" not in provider.token_auth and "client_secret_post" in provider.token_auth
    way = "client_secret_post" if by_post else "client_secret_basic"
    return OAuth2Client(
        client_id=settings.oidc_client_id,
        client_secret=secret or None,
        token_endpoint_auth_method=way if secret else "none",
        scope="openid email profile",
        redirect_uri=settings.address + BACK,
        code_challenge_method="S256",
        timeout=PATIENCE,
    )


def _claims(settings: Settings, provider: Provider, token: str, nonce: str) -> dict[str, Any]:
    """The claims of an ID token that the provider signed for this portal, this login, just now."""
    try:
        keys = KeySet.import_key_set(_json(httpx.get(provider.keys, timeout=PATIENCE)))  # type: ignore[arg-type]
        claims = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": settings.oidc_client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, KeyError, TypeError) as e:
        raise Invalid("sso", "sso-failed") from e
    if claims.get("azp", settings.oidc_client_id) != settings.oidc_client_id:
        raise Invalid("sso", "sso-failed")
    return claims


def _json(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    try:
        found = response.json()
    except ValueError as e:
        raise PartDown("sso", "its answer is no JSON") from e
    if not isinstance(found, dict):
        raise PartDown("sso", "its answer is no JSON object")
    return found


# ---- what is kept meanwhile


def _keep(parts: Parts, name: str, value: object) -> None:
    try:
        parts.redis.set(f"ferag:sso:{name}", json.dumps(value), ex=SECONDS)
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e


def _take(parts: Parts, name: str) -> dict[str, Any]:
    """Once: who comes back a second time did not leave a second time."""
    _check_set_up(parts.settings)
    try:
        kept = parts.redis.getdel(f"ferag:sso:{name}")
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e
    return _found(kept)


def _look(parts: Parts, name: str) -> dict[str, Any]:
    _check_set_up(parts.settings)
    try:
        kept = parts.redis.get(f"ferag:sso:{name}")
    except redis.RedisError as e:
        raise PartDown("queue", str(e)) from e
    return _found(kept)


def _found(kept: object) -> dict[str, Any]:
    if not isinstance(kept, bytes | str):
        raise Invalid("sso", "sso-failed")
    found: dict[str, Any] = json.loads(kept)
    return found
