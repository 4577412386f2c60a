"""What a cycle would do, in one sentence."""

from portal.i18n import gettext as _
from portal.i18n import ngettext
from portal.models import CycleKind
from portal.replacements import Replacement
from portal.reviews import Summary
from portal.ui.times import number


def of(summary: Summary) -> str:
    if summary.kind is CycleKind.removal:
        return _of_removal(summary)
    if summary.kind is CycleKind.correction:
        text = ngettext(
            "{n} correction of what is approved, for you to accept or reject.",
            "{n} corrections of what is approved, each for you to accept or reject.",
            summary.total,
        )
        return text.format(n=number(summary.total))
    if summary.replacement:
        return _of_replacement(summary, summary.replacement)
    if not summary.base_version:
        text = _("This would be the first version: {n} changes, each for you to accept or reject.")
        return text.format(n=number(summary.total))
    fits = ngettext(
        "{n} change fits what is approved", "{n} changes fit what is approved", summary.laminar
    ).format(n=number(summary.laminar))
    if not summary.turbulent:
        return f"{fits}."
    needs = ngettext(
        "{n} needs a new kind of thing or relation, or contradicts something.",
        "{n} need a new kind of thing or relation, or contradict something.",
        summary.turbulent,
    ).format(n=number(summary.turbulent))
    return f"{fits}; {needs}"


def _of_removal(summary: Summary) -> str:
    gone = ngettext(
        "{n} thing or fact is said by nobody else and would disappear",
        "{n} things and facts are said by nobody else and would disappear",
        summary.removed,
    ).format(n=number(summary.removed))
    stays = ngettext(
        "{n} only loses this source and stays.", "{n} only lose this source and stay.", summary.changed
    ).format(n=number(summary.changed))
    return f"{gone}; {stays}"


def _of_replacement(summary: Summary, replacement: Replacement) -> str:
    """What the newer revision changes, without what does not occur."""
    gone, poorer, anew = summary.removed, replacement.poorer, replacement.told_anew
    told = (
        (
            gone,
            ngettext(
                "{n} was said only by the older one and would disappear",
                "{n} were said only by the older one and would disappear",
                gone,
            ),
        ),
        (
            poorer,
            ngettext("{n} only loses this source and stays", "{n} only lose this source and stay", poorer),
        ),
        (anew, ngettext("{n} is told anew", "{n} are told anew", anew)),
        (
            summary.conflicts,
            ngettext(
                "{n} contradicts what is approved", "{n} contradict what is approved", summary.conflicts
            ),
        ),
        (summary.new, ngettext("{n} is new", "{n} are new", summary.new)),
    )
    said = "; ".join(text.format(n=number(n)) for n, text in told if n)
    text = ngettext(
        "A newer revision of {names}: {said}.",
        "Newer revisions of {names}: {said}.",
        len(replacement.documents),
    )
    return text.format(
        names=", ".join(replacement.documents), said=said or _("nothing of what is approved changes")
    )
