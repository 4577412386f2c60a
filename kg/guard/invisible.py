"""Characters that a reader does not see and a model reads: where instructions hide."""

import re

# zero-width and joining signs, direction marks and overrides, soft hyphen, Hangul and Braille blanks
_UNSEEN = r"\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
_MORE = r"\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
_TAGS = r"\U000e0000-\U000e007f"  # a whole second ASCII, shown by nothing
_SELECTORS = r"\U000e0100-\U000e01ef"  # 240 values a character: enough for a hidden text
_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_ALL = re.compile(f"[{_UNSEEN}{_MORE}{_TAGS}{_SELECTORS}{_CONTROL}]")


def visible(text: str) -> str:
    """The text without characters that nobody sees; lines and tabs stay.

    >>> visible("pay\\u200bment \\U000e0069\\U000e0067now")
    'payment now'
    """
    return _ALL.sub("", text)
