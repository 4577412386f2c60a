"""What can go wrong in the application. Each error is a code of `portal.messages` with its arguments.

PortalError
├── Unknown               nobody: no access token, or one that is not good (any more)
├── Forbidden             a member, but without the right
│   └── BeyondScope       an access token that was not made for this: `scope` says what it lacks
├── NotFound              it is not there, or the actor may not know that it is
├── Conflict              the state of things does not allow it now
├── Invalid               an input does not fit: `field` says which
├── Throttled             too many attempts: `retry_after` seconds
├── Closed                under maintenance: only administrators get in
├── PartDown              a part of the installation does not answer: `part` says which
└── CannotStart           the portal cannot run here: settings, folder, port
"""

from portal.messages import MESSAGES


class PortalError(Exception):
    """Root of the application's errors; `str()` is the English sentence."""

    def __init__(self, code: str, **words: object) -> None:
        self.code, self.words = code, words
        super().__init__(code, words)

    @property
    def message(self) -> str:
        """The untranslated sentence, its `{arguments}` not filled in."""
        return MESSAGES.get(self.code, self.code.replace("-", " ").capitalize() + ".")

    def __str__(self) -> str:
        return self.message.format(**self.words)


class Forbidden(PortalError):
    def __init__(self, action: str = "") -> None:
        self.action = action
        super().__init__("forbidden", action=action)


class BeyondScope(Forbidden):
    def __init__(self, scope: str) -> None:
        super().__init__(scope)
        self.scope, self.code, self.words = scope, "beyond-scope", {"scope": scope}


class Unknown(PortalError):
    """`code` is token-missing, token-unknown, token-expired or token-revoked."""


class NotFound(PortalError):
    """`what` is rag, cycle, change, version, document, user, …; `name` how it was asked for."""

    def __init__(self, what: str, name: str = "") -> None:
        self.what, self.name = what, name
        code = f"no-{what}"
        super().__init__(code if code in MESSAGES else "no-such", what=what, name=name)


class Conflict(PortalError):
    """The state of things does not allow it now."""


class Invalid(PortalError):
    def __init__(self, field: str, code: str, **words: object) -> None:
        self.field = field
        super().__init__(code, **words)


class Throttled(PortalError):
    def __init__(self, retry_after: int, code: str = "throttled") -> None:
        self.retry_after = retry_after
        super().__init__(code, wait=f"{retry_after // 60}:{retry_after % 60:02}")


class Closed(PortalError):
    def __init__(self) -> None:
        super().__init__("maintenance")


class PartDown(PortalError):
    """`part` is store, queue, database, files, index, model, worker or web."""

    def __init__(self, part: str, why: str = "") -> None:
        self.part, self.why = part, why
        code = f"{part}-down"
        super().__init__(code if code in MESSAGES else "part-down", part=part, why=why)


class CannotStart(PortalError):
    """The portal cannot run here; the sentence says why and what to do."""
