"""`ferag mcp`: an assistant on this machine starts it, and speaks to it through its input and output."""

from portal.commands.common import Caller, actor_of
from portal.doors.mcp import make
from portal.wiring import Parts


def mcp(parts: Parts, caller: Caller) -> int:
    """Serve the tools in the name of `--as` until the assistant closes its end."""
    with parts.session() as db:
        actor = actor_of(db, caller)
    make(parts, actor).run("stdio")
    return 0
