"""Who a person of the single sign-on is here.

An e-mail address alone never connects a person with an account that has a password: whoever made that account
may not be its owner. The password does, once; from then on the provider's lasting name for the person counts.
"""

from sqlmodel import Session, select

from portal import accounts, audit, invitations, logins
from portal.access import Actor
from portal.errors import Conflict, Invalid
from portal.logins import NOWHERE, Visitor
from portal.models import Identity, User
from portal.single_sign_on import Person
from portal.wiring import Parts


class Unconnected(Conflict):
    """There is an account of this address; its password has to connect it."""

    def __init__(self, email: str) -> None:
        super().__init__("sso-unconnected", email=email)


def login(
    parts: Parts, person: Person, visitor: Visitor = NOWHERE, *, language: str = "", invitation: str = ""
) -> str:
    """A new session's token; makes an account where this is allowed. Unconnected, Invalid."""
    with parts.session() as db:
        user = _known(db, person) or _theirs(parts, db, person)
        if user is None:
            user = _made(parts, db, person, language, invitation)
        if user.disabled_at is not None:
            raise Invalid("sso", "sso-failed")
        token = logins.begin(db, user, parts.settings, visitor)
        actor = Actor(user.id, user.email, address=visitor.address)
        audit.record(db, actor, "login", subject=user.email, by=person.issuer)
        db.commit()
        return token


def connect(parts: Parts, person: Person, email: str, password: str, visitor: Visitor = NOWHERE) -> str:
    """Connect the account of this password with the person; its new session's token."""
    token = accounts.login(parts, email, password, visitor)
    signed = logins.who(parts, token)
    assert signed is not None
    with parts.session() as db:
        if _known(db, person) is None:
            _connect(db, person, db.get_one(User, signed.actor.user_id))
        db.commit()
    return token


def _known(db: Session, person: Person) -> User | None:
    return db.exec(
        select(User)
        .join(Identity, Identity.user_id == User.id)  # type: ignore[arg-type]
        .where(Identity.issuer == person.issuer, Identity.subject == person.subject)
    ).first()


def _theirs(parts: Parts, db: Session, person: Person) -> User | None:
    """The account of their address, if nobody else can have come in by a password."""
    if not person.email:
        raise Invalid("sso", "sso-no-email")
    user = db.exec(select(User).where(User.email == person.email)).first()
    if user is None or user.disabled_at is not None:
        return user
    other = db.exec(select(Identity.id).where(Identity.user_id == user.id)).first()
    if other is not None or (user.password_hash is not None and parts.settings.password_login):
        raise Unconnected(person.email)
    if user.id is not None:
        logins.end_all(db, user.id)
    _connect(db, person, user)
    return user


def _made(parts: Parts, db: Session, person: Person, language: str, invitation: str) -> User:
    settings = parts.settings
    if not settings.oidc_register and not accounts.may_register(parts, invitation):
        raise Invalid("sso", f"registration-{settings.registration}")
    user = accounts.create_user(db, person.email, None, name=person.name, language=language)
    if invitation:
        invited = invitations.by_token(db, invitation)
        if not invitations.fits(invited, user.email):
            raise Invalid("sso", "not-your-invitation")
        invitations.bind(db, invited, user)
    _connect(db, person, user)
    return user


def _connect(db: Session, person: Person, user: User) -> None:
    assert user.id is not None
    db.add(Identity(user_id=user.id, issuer=person.issuer, subject=person.subject))
    audit.record(db, Actor(user.id, user.email), "user.connect", subject=user.email, to=person.issuer)
