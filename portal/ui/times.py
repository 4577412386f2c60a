"""Times and amounts as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from babel.dates import format_date, format_datetime, format_timedelta, get_timezone
from babel.numbers import format_decimal

from portal.i18n import gettext as _
from portal.i18n import language, ngettext
from portal.models import now


def moment(at: datetime) -> str:
    """The date and time where the reader is."""
    return format_datetime(at, "d MMMM y, HH:mm", tzinfo=_zone(), locale=language())


def ago(at: datetime) -> str:
    """How long ago, down to the minute."""
    gone = round((at - now()).total_seconds())
    if gone > -60:
        return _("just now")
    return str(format_timedelta(gone, add_direction=True, threshold=1, locale=language()))


def lasted(seconds: float) -> str:
    """ "40 s", "2 min 5 s"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _("{seconds} s").format(seconds=whole)
    return _("{minutes} min {seconds} s").format(minutes=whole // 60, seconds=whole % 60)


def day(text: str) -> str:
    """A date of the graph, "2025", "2025-05" or "2025-05-14", as people write it; anything else as it is."""
    for form, shown in (("%Y-%m-%d", "d MMMM y"), ("%Y-%m", "LLLL y")):
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007  # a date, of no zone
        except ValueError:
            continue
        return format_date(found, shown, locale=language())
    return text


def number(value: float) -> str:
    return str(format_decimal(value, locale=language()))


def size(many: int) -> str:
    """Bytes, kilobytes or megabytes."""
    if many < 1024:
        return ngettext("{n} byte", "{n} bytes", many).format(n=many)
    if many < 1024**2:
        return _("{n} KB").format(n=number(round(many / 1024)))
    return _("{n} MB").format(n=number(round(many / 1024**2, 1)))


def _zone() -> ZoneInfo:
    try:
        return get_timezone(st.context.timezone or "UTC")  # type: ignore[return-value]
    except (LookupError, ZoneInfoNotFoundError):
        return ZoneInfo("UTC")
