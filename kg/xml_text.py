"""What XML 1.0 can say: https://www.w3.org/TR/xml/#charsets."""

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def legal(text: str) -> str:
    """The text without the characters that no XML document may hold, not even escaped."""
    return _ILLEGAL.sub("", text)
