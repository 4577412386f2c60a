"""Which files of the index make up one moment of it, while text units are still prepared in it."""

from kg.index import schema
from portal.files import Files

_MANIFEST, _REGISTRY = "/_versions/", f"/{schema.GENERATIONS}.lance/"


def moment(index: Files) -> tuple[str, ...]:
    """Keys whose files can be read at leisure: LanceDB writes a file once, and its manifest after it.

    So manifests are listed before what they speak of, and the list of generations before these: what is
    written between two lists is in the later one, spoken of by nothing.
    """
    registry, manifests, everything = index.everything(), index.everything(), index.everything()
    known = {
        *(k for k in registry if _MANIFEST in k and _REGISTRY in f"/{k}"),
        *(k for k in manifests if _MANIFEST in k and _REGISTRY not in f"/{k}"),
    }
    return tuple(k for k in everything if (_MANIFEST not in k or k in known) and not k.startswith("."))
