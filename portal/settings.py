"""Everything that an installation can choose, read once from the environment (`FERAG_…`) or `.env`.

What is not set is embedded: it runs beside the portal and keeps its data in `data_dir`. Combinations
that would be open to strangers are refused. Each setting has its row in docs/settings.md.
"""

import ipaddress
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

import platformdirs
from limits import parse_many
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.errors import CannotStart

_WEAK = frozenset(
    {"", "admin", "changeme", "change-me", "ferag", "minioadmin", "password", "postgres", "secret"}
)


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="FERAG_", env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("ferag")))
    models_dir: Path | None = None

    # parts: an empty URL means the embedded one
    database_url: SecretStr = SecretStr("")
    redis_url: SecretStr = SecretStr("")
    fuseki_url: str = ""
    fuseki_user: str = ""
    fuseki_password: SecretStr = SecretStr("")
    storage_url: str = ""
    storage_key: str = ""
    storage_secret: SecretStr = SecretStr("")
    storage_endpoint: str = ""
    index_url: str = ""

    # the web application
    host: str = "127.0.0.1"
    port: int = Field(default=8501, ge=1, le=65535)
    public_url: str = ""
    allow_http: bool = False
    registration: Literal["open", "invitation", "closed"] = "open"
    password_login: bool = True
    session_days: int = Field(default=14, ge=1, le=365)
    session_idle_hours: int = Field(default=72, ge=1)
    max_upload_mb: int = Field(default=50, ge=1, le=2000)

    web_sites: str = ""

    # single sign-on by OpenID Connect
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_name: str = Field(default="", max_length=40)
    oidc_register: bool = False

    # guards: how often one person may, per role; "viewer=10/minute; 30/minute; 300/hour", "off" for no limit
    rate_questions: str = "30/minute; 300/hour"
    rate_uploads: str = "30/minute; 200/hour"
    rate_logins: str = "60/minute"
    guard_injection: Literal["label", "block"] = "label"

    # work
    workers: int = Field(default=1, ge=0, le=64)
    base_iri: str = "http://ferag.local/"
    unit_tokens: int = Field(default=300, ge=50, le=480)
    extractor: Literal["auto", "offline", "llm"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["text", "json"] = "text"
    otlp_endpoint: str = ""

    # models, one OpenAI-compatible profile per role
    extract_model: str = ""
    extract_url: str = ""
    extract_key: SecretStr = SecretStr("")
    chat_model: str = ""
    chat_url: str = ""
    chat_key: SecretStr = SecretStr("")
    embed_model: str = ""
    embed_url: str = ""
    embed_key: SecretStr = SecretStr("")
    rerank_model: str = ""
    rerank_url: str = ""
    rerank_key: SecretStr = SecretStr("")
    secret_key: SecretStr = SecretStr("")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("base_iri")
    @classmethod
    def _iri(cls, value: str) -> str:
        if urlsplit(value).scheme not in ("http", "https", "urn") or any(c in value for c in ' <>"{}|\\^`'):
            raise ValueError("it must be an absolute IRI, such as http://kb.example.org/")
        return value if value.endswith(("/", ":", "#")) else value + "/"

    @field_validator(
        *("public_url", "oidc_issuer", "fuseki_url", "otlp_endpoint"),
        *("extract_url", "chat_url", "embed_url", "rerank_url"),
    )
    @classmethod
    def _http(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).hostname):
            raise ValueError("it must be an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("rate_questions", "rate_uploads", "rate_logins")
    @classmethod
    def _rate(cls, value: str) -> str:
        for entry in filter(None, (e.strip() for e in value.split(";"))):
            rate = entry.rpartition("=")[2].strip()
            try:
                readable = rate == "off" or bool(parse_many(rate))
            except ValueError:
                readable = False
            if not readable:
                raise ValueError("it must be like 30/minute; viewer=10/minute; 300/hour, or off")
        return value

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("postgresql://", "postgresql+psycopg://", "sqlite:///")):
            raise ValueError("it must begin with postgresql:// or sqlite:///")
        return value

    @field_validator("secret_key")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if value and len(value.get_secret_value()) < 32:
            raise ValueError("it must be random and of at least 32 characters: openssl rand -base64 32")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr) -> SecretStr:
        url = value.get_secret_value()
        if url and not url.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("it must begin with redis://, rediss:// or unix://")
        return value

    @model_validator(mode="after")
    def _refuse_insecure(self) -> Self:
        """Who can reach the queue can run code, who can reach the store can read every RAG."""
        redis = urlsplit(self.redis_url.get_secret_value())
        if redis.hostname and not loopback(redis.hostname) and (redis.password or "") in _WEAK:
            raise ValueError("FERAG_REDIS_URL: a queue on another machine needs a password of its own")
        fuseki = urlsplit(self.fuseki_url)
        password = self.fuseki_password.get_secret_value()
        if fuseki.password:
            raise ValueError("FERAG_FUSEKI_URL: put the password into FERAG_FUSEKI_PASSWORD")
        if fuseki.hostname and not loopback(fuseki.hostname) and password in _WEAK:
            raise ValueError("FERAG_FUSEKI_PASSWORD: a graph store on another machine needs one of its own")
        database = urlsplit(self.database_url.get_secret_value())
        if database.password in _WEAK and database.hostname and not loopback(database.hostname):
            raise ValueError("FERAG_DATABASE_URL: a database on another machine needs a password of its own")
        if self.storage_key and self.storage_secret.get_secret_value() in _WEAK:
            raise ValueError("FERAG_STORAGE_SECRET: storage with a key needs a secret of its own")
        issuer = urlsplit(self.oidc_issuer)
        if issuer.hostname and issuer.scheme != "https" and not loopback(issuer.hostname):
            raise ValueError("FERAG_OIDC_ISSUER: whoever is between could log in as anybody. Use https://")
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("FERAG_OIDC_CLIENT_ID: single sign-on needs the name it knows this portal by")
        if not self.password_login and not self.oidc_issuer:
            raise ValueError(
                "FERAG_PASSWORD_LOGIN: without passwords, single sign-on (FERAG_OIDC_ISSUER) is needed"
            )
        if not loopback(self.host):
            public = urlsplit(self.public_url)
            if not public.hostname:
                raise ValueError(
                    "FERAG_HOST: to be reached from other machines, set FERAG_PUBLIC_URL to the address that "
                    "people open"
                )
            if public.scheme != "https" and not self.allow_http:
                raise ValueError(
                    "FERAG_PUBLIC_URL: passwords would travel in the open. Use https:// (a proxy in front), "
                    "or set FERAG_ALLOW_HTTP=true in a network you trust"
                )
        return self

    @property
    def embedded(self) -> tuple[str, ...]:
        """The parts that `ferag up` runs itself: queue, store."""
        names = []
        if not self.redis_url.get_secret_value():
            names.append("queue")
        if not self.fuseki_url:
            names.append("store")
        return tuple(names)

    @property
    def address(self) -> str:
        """Where people open the portal."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def secure_cookies(self) -> bool:
        return self.public_url.startswith("https://")


def loopback(host: str) -> bool:
    """Does the name mean this machine only?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read() -> Settings:
    """The settings of this process; CannotStart says what does not fit, without repeating secrets."""
    try:
        return Settings()
    except ValidationError as e:
        raise CannotStart("bad-settings", why="; ".join(_sentence(d) for d in e.errors())) from None


def _sentence(detail: object) -> str:
    assert isinstance(detail, dict)
    name = "FERAG_" + str(detail["loc"][0]).upper() if detail["loc"] else ""
    why = str(detail["msg"]).removeprefix("Value error, ")
    return f"{name}: {why}" if name else why
