"""Links and images in an answer: each is a request to another host, and a way out for what was read."""

import re

_MARKDOWN = re.compile(r"!?\[([^\]\n]*)\]\s?\([^)\n]*\)|!?\[([^\]\n]*)\]\[[a-z][^\]\n]*\]", re.IGNORECASE)
_DEFINITION = re.compile(r"^\s{0,3}\[[^\]\n]+\]:\s*\S+.*$", re.MULTILINE)
_TAG = re.compile(r"<[a-z/!][^>\n]{0,500}>", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:\b(?:https?|ftp|wss?|file)\s?:\s?//|\bdata:[a-z]+/[a-z]|\bjavascript:)[^\s\[\]<>\"')]*",
    re.IGNORECASE,
)


def without_links(text: str, keep_addresses: bool = False) -> tuple[str, int]:
    """The text with links and images as their plain words, and how many there were.

    `keep_addresses`: a bare address stays, as text. It is right for a quote, which is shown as it stands.

    >>> without_links("See [the plan](http://evil.example/?q=secret) ![x](//evil.example/a.png).")
    ('See the plan x.', 2)
    """
    removed = 0

    def words(found: re.Match[str]) -> str:
        nonlocal removed
        removed += 1
        return next((g for g in found.groups() if g), "") if found.groups() else ""

    plain = _MARKDOWN.sub(words, _DEFINITION.sub(words, text))
    plain = _TAG.sub(words, plain)
    return (plain if keep_addresses else _ADDRESS.sub(words, plain)), removed
