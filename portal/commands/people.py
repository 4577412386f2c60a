"""`ferag user create` and `ferag rag create`."""

import secrets

from portal import accounts, rags
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


def create_rag(parts: Parts, caller: Caller, name: str, owner: str) -> int:
    with parts.session() as opened:
        actor = actor_of(opened, Caller(email=owner))
    rag = rags.create(parts, actor, name)
    tell(caller, {"id": rag.id, "rag": rag.name, "owner": owner}, f"{rag.name} is knowledge base {rag.id}.")
    return 0
