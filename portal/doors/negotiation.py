"""Which of the forms that we can write the client wants most (RFC 9110, Accept)."""

from collections.abc import Sequence


def best(accept: str, offered: Sequence[str]) -> str | None:
    """The offered media type with the highest quality, the first of equals; None if none is acceptable.

    >>> best("text/csv;q=0.5, application/json", ("text/csv", "application/json"))
    'application/json'
    >>> best("", ("text/csv",)), best("*/*;q=0.1", ("text/csv",)), best("image/png", ("text/csv",))
    ('text/csv', 'text/csv', None)
    """
    wanted = [_weighed(part) for part in accept.split(",") if part.strip()]
    if not wanted:
        return offered[0]
    quality = {media: _quality(media, wanted) for media in offered}
    found = max(offered, key=lambda media: quality[media])
    return found if quality[found] > 0 else None


def _weighed(part: str) -> tuple[str, float]:
    media, *parameters = (p.strip().lower() for p in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return media, min(1.0, max(0.0, float(parameter[2:])))
            except ValueError:
                return media, 0.0
    return media, 1.0


def _quality(media: str, wanted: Sequence[tuple[str, float]]) -> float:
    """That of the most exact range that has the media type."""
    for range_ in (media, f"{media.split('/', maxsplit=1)[0]}/*", "*/*"):
        for name, quality in wanted:
            if name == range_:
                return quality
    return 0.0
