"""Where a text names a thing, for patterns that do not depend on the name."""

from functools import lru_cache

HERE = "\x00"  # stands for the name; texts cannot contain it


@lru_cache(maxsize=4096)
def masked(text: str, name: str) -> str:
    """The text with every whole-word mention of the name replaced by HERE; "" if there is none.

    >>> masked("Kite is a kite by KiteCo.", "Kite").replace(HERE, "#")
    '# is a # by KiteCo.'
    """
    lowered, wanted = text.lower(), name.lower()
    if len(lowered) != len(text) or not wanted:  # a letter whose lower form is longer: offsets would lie
        lowered, wanted = text, name
    if wanted not in lowered:
        return ""
    out: list[str] = []
    start = 0
    while (at := lowered.find(wanted, start)) >= 0:
        end = at + len(wanted)
        alone = not (at and lowered[at - 1].isalnum()) and not lowered[end : end + 1].isalnum()
        out.append(text[start:at] + (HERE if alone else text[at:end]))
        start = end
    found = "".join([*out, text[start:]])
    return found if HERE in found else ""
