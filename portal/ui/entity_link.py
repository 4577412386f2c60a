"""Links to a thing's page."""

from portal import navigation
from portal.explore import address
from portal.session import Here
from portal.ui import html


def to(here: Here, iri: str, label: str, staged: int | None = None) -> None:
    name = address.of(here.parts.dataset(here.rag_id), iri)
    text = html.plain(label) or "?"
    if staged is None:
        navigation.link("entity", text, rag=here.rag_id, entity=name)
    else:
        navigation.link("entity", text, rag=here.rag_id, entity=name, staged=staged)
