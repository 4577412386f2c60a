"""The parts of the web process: wired once, shared by its routes and pages."""

from functools import cache

from portal import settings, wiring
from portal.wiring import Parts


@cache
def parts() -> Parts:
    return wiring.wire(settings.read())
