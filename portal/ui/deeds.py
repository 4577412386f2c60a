"""Actions of the record as words."""

from collections.abc import Mapping

from portal.i18n import N_, gettext
from portal.members import Happening
from portal.models import Role
from portal.ui import words

_DEEDS: Mapping[str, str] = {
    # what a member did last, after "last:"
    "cycle.approve": N_("an approval"),
    "cycle.cancel": N_("a cancelled cycle"),
    "cycle.import": N_("an import"),
    "cycle.reject": N_("a rejected cycle"),
    "cycle.retry": N_("another try of a cycle"),
    "document.remove": N_("a removed document"),
    "document.upload": N_("an upload"),
    "rag.change": N_("changed settings"),
    "rag.create": N_("this knowledge base made"),
    "review.edited": N_("a correction in a review"),
    "version.rollback": N_("a return to an earlier version"),
}
_KINDS: Mapping[str, str] = {
    "edit": N_("a correction"),
    "member": N_("a change among the members"),
    "review": N_("decisions in a review"),
}
_SOMETHING = N_("work here")
_BY_LINK = N_("whoever has the link")

_HAPPENINGS: Mapping[str, str] = {
    "member.add": N_("{who}: {subject} added as {role}"),
    "member.invite": N_("{who}: {subject} invited as {role}"),
    "member.withdraw": N_("{who}: invitation of {subject} withdrawn"),
    "member.accept": N_("{who}: invitation accepted, now {role}"),
    "member.decline": N_("{who}: invitation declined"),
    "member.role": N_("{who}: {subject} is now {role}"),
    "member.remove": N_("{who}: {subject} removed"),
    "member.leave": N_("{who}: left"),
    "member.transfer": N_("{who}: handed over to {subject}"),
    "member.request": N_("{who}: asked for access"),
    "member.refuse": N_("{who}: access of {subject} refused"),
}


def deed(action: str) -> str:
    """What somebody did, short."""
    if action in _DEEDS:
        return gettext(_DEEDS[action])
    return gettext(_KINDS.get(action.partition(".")[0], _SOMETHING))


def happening(event: Happening) -> str:
    """Who did what to whom."""
    text = gettext(_HAPPENINGS.get(event.action, "{who}: {subject}"))
    subject = event.subject or gettext(_BY_LINK)
    role = words.of(Role(event.role)).lower() if event.role in set(Role) else ""
    return text.format(who=event.who, subject=subject, role=role)
