"""A small OpenID Connect provider of its own: discovery, authorize, token with PKCE, keys, userinfo.

It keeps the rules that a real one keeps (one-time codes, S256 only, the registered way back, the client's
secret). A test can make it lie: `claims` are put over those of the next token, `signing` chooses its key.
"""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.servers import free_port

CLIENT, SECRET = "ferag-portal", "a secret of the client"


@dataclass
class Provider:
    address: str
    back: str  # the registered redirect address
    person: dict[str, Any] = field(default_factory=dict)  # who is logged in at the provider
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    signing: str = "own"  # "own", "foreign" key, "secret" of the client, "none"
    email_in_token: bool = True
    asked: list[Mapping[str, str]] = field(default_factory=list)
    _codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _access: dict[str, dict[str, Any]] = field(default_factory=dict)
    _key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))

    def discovery(self, _request: Request) -> Response:
        known = {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "authorization_response_iss_parameter_supported": True,
        }
        return JSONResponse(known | self.metadata)

    def keys(self, _request: Request) -> Response:
        return JSONResponse(KeySet([self._key]).as_dict(private=False))

    def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        self.asked.append(asked)
        right = (
            asked.get("client_id") == CLIENT
            and asked.get("redirect_uri") == self.back
            and asked.get("response_type") == "code"
            and asked.get("code_challenge_method") == "S256"
            and "openid" in asked.get("scope", "").split()
        )
        if not right:
            return Response("not a request of a known client", 400)
        code = secrets.token_urlsafe(24)
        self._codes[code] = asked
        back = {"code": code, "state": asked["state"], "iss": self.address}
        return RedirectResponse(f"{self.back}?{urlencode(back)}", 303)

    async def token(self, request: Request) -> Response:
        form = {k: str(v) for k, v in (await request.form()).items()}
        given = request.headers.get("authorization", "").removeprefix("Basic ")
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(
            hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        ).rstrip(b"=")
        if given != base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode():
            return JSONResponse({"error": "invalid_client"}, 401)
        if (
            asked is None
            or asked["code_challenge"] != challenge.decode()
            or form["redirect_uri"] != self.back
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        access = secrets.token_urlsafe(24)
        self._access[access] = dict(self.person)
        now = int(time.time())
        told = self.person if self.email_in_token else {"sub": self.person["sub"]}
        claims = {"iss": self.address, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        signed = self._signed(claims | told | self.claims)
        return JSONResponse({"access_token": access, "token_type": "Bearer", "id_token": signed})

    def userinfo(self, request: Request) -> Response:
        known = self._access.get(request.headers.get("authorization", "").removeprefix("Bearer "))
        return JSONResponse(known) if known else JSONResponse({"error": "invalid_token"}, 401)

    def _signed(self, claims: dict[str, Any]) -> str:
        kept = {k: v for k, v in claims.items() if v is not None}
        if self.signing == "none":
            header, body = ({"alg": "none"}, kept)
            parts = (
                base64.urlsafe_b64encode(jwt.json.dumps(p).encode()).rstrip(b"=") for p in (header, body)
            )
            return ".".join(p.decode() for p in parts) + "."
        if self.signing == "secret":
            return jwt.encode({"alg": "HS256"}, kept, OctKey.import_key(SECRET))
        key = self._key if self.signing == "own" else RSAKey.generate_key(2048, {"kid": "one"})
        return jwt.encode({"alg": "RS256", "kid": "one"}, kept, key)


@contextmanager
def provided(back: str) -> Iterator[Provider]:
    """The provider on a port of its own, while the test runs."""
    port = free_port()
    made = Provider(f"http://127.0.0.1:{port}", back)
    app = Starlette(
        routes=[
            Route("/.well-known/openid-configuration", made.discovery),
            Route("/keys", made.keys),
            Route("/authorize", made.authorize),
            Route("/token", made.token, methods=["POST"]),
            Route("/userinfo", made.userinfo),
        ]
    )
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield made
    server.should_exit = True
    thread.join(10)
