"""`ferag user create`, `ferag user link` and `ferag rag create`."""

import secrets

from portal import accounts, password_links, rags
from portal.access import Actor
from portal.commands.common import Caller, actor_of, tell
from portal.wiring import Parts


def create_user(parts: Parts, caller: Caller, email: str, admin: bool, password: str) -> int:
    made = password or secrets.token_urlsafe(12)
    with parts.session() as opened:
        user = accounts.create_user(opened, email, made, is_admin=admin)
        opened.commit()
        value: dict[str, object] = {"id": user.id, "email": user.email, "admin": user.is_admin}
    if not password:
        value["password"] = made
    shown = "" if password else f" The password is {made}"
    tell(caller, value, f"{value['email']} may log in now.{shown}")
    return 0


def password_link(parts: Parts, caller: Caller, email: str) -> int:
    """The way back in for whoever can run commands here, even where no administrator can log in."""
    with parts.session() as opened:
        user = actor_of(opened, Caller(email=email))
    token = password_links.issue(parts, Actor(None, "command line", is_admin=True), user.user_id or 0)
    address = f"{parts.settings.address}/auth/new-password/{token}"
    tell(caller, {"email": user.email, "link": address}, f"Opened once within a day: {address}")
    return 0


def create_rag(parts: Parts, caller: Caller, name: str, owner: str) -> int:
    with parts.session() as opened:
        actor = actor_of(opened, Caller(email=owner))
    rag = rags.create(parts, actor, name)
    tell(caller, {"id": rag.id, "rag": rag.name, "owner": owner}, f"{rag.name} is knowledge base {rag.id}.")
    return 0
