"""How far a cycle has come, while the workers are at it."""

from portal import cycles
from portal.access import Action
from portal.i18n import gettext as _
from portal.session import asked_number, enter
from portal.ui import layout, progress, reading

here = enter(Action.read)
number = asked_number("cycle")
cycle = cycles.get(here.parts, here.actor, here.rag_id, number)
layout.heading(
    _("Cycle {n}: {title}").format(n=number, title=cycle.title or _("return to an earlier version"))
)
progress.watch(number, cycle.state)
reading.put_aside(here, cycle)
progress.documents(here, cycle)
progress.artifacts(here, number)
