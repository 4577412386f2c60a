"""Programs of others that stand in `portal/ui/vendor`, for the components of our pages to import."""

from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal.wiring import Parts

CYTOSCAPE = "/vendored/cytoscape-3.34.4.mjs"  # the version is in the name: a browser may keep it for ever


def routes(_parts: Parts) -> list[Route]:
    return [Route(CYTOSCAPE, _cytoscape)]


async def _cytoscape(_request: Request) -> Response:
    text = files("portal.ui").joinpath("vendor", CYTOSCAPE.rsplit("/", 1)[1]).read_bytes()
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(text, media_type="text/javascript", headers=headers)
