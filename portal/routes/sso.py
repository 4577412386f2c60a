"""Leaving for the single sign-on, coming back, and connecting an account that was there before."""

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import identities, single_sign_on
from portal.errors import PortalError
from portal.identities import Unconnected
from portal.logins import Visitor
from portal.routes import cookies
from portal.routes.forms import answer, let_in, read, status, text, visitor, wanted
from portal.routes.people import People
from portal.routes.rendering import page, speak
from portal.wiring import Parts


def routes(parts: Parts) -> list[Route]:
    sso = SingleSignOn(parts)
    return [
        Route("/auth/sso", sso.leave, methods=["GET"]),
        Route(single_sign_on.BACK, sso.back, methods=["GET"]),
        Route("/auth/sso/connect", sso.show_connect, methods=["GET"]),
        Route("/auth/sso/connect", sso.connect, methods=["POST"]),
    ]


@dataclass(frozen=True)
class SingleSignOn:
    parts: Parts

    async def leave(self, request: Request) -> Response:
        def go() -> Response:
            speak(request)
            invitation = request.query_params.get("invitation", "")[:100]
            try:
                ticket, address = single_sign_on.begin(self.parts, wanted(None, request), invitation)
            except PortalError as e:
                return self._failed(request, e)
            response = RedirectResponse(address, 303)
            cookies.set_ticket(response, self.parts.settings, ticket)
            return response

        return await run_in_threadpool(go)

    async def back(self, request: Request) -> Response:
        def come() -> Response:
            speak(request)
            by = visitor(self.parts, request)
            try:
                person, journey = single_sign_on.finish(
                    self.parts, self._ticket(request), request.query_params
                )
                try:
                    token = identities.login(
                        self.parts,
                        person,
                        by,
                        language=request.cookies.get(cookies.LANGUAGE, ""),
                        invitation=journey.invitation,
                    )
                except Unconnected:
                    response = RedirectResponse("/auth/sso/connect", 303)
                    ticket = single_sign_on.remember(self.parts, person, journey)
                    cookies.set_ticket(response, self.parts.settings, ticket)
                    return response
            except PortalError as e:
                return self._failed(request, e)
            return self._in(request, token, by, journey.after)

        return await run_in_threadpool(come)

    async def show_connect(self, request: Request) -> Response:
        return await run_in_threadpool(self._connect_page, request)

    async def connect(self, request: Request) -> Response:
        form = await read(request)

        def enter() -> Response:
            person, after = single_sign_on.recall(self.parts, self._ticket(request))
            by = visitor(self.parts, request)
            token = identities.connect(self.parts, person, person.email, text(form, "password"), by)
            return self._in(request, token, by, after)

        return await answer(request, form, enter, self._connect_page)

    # ---- inside

    def _connect_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        try:
            person, _after = single_sign_on.recall(self.parts, self._ticket(request))
        except PortalError as e:
            return self._failed(request, e)
        return page(
            self.parts, request, "connect.html", status=status(error), error=error, email=person.email
        )

    def _failed(self, request: Request, error: PortalError) -> Response:
        return People(self.parts).login_page(request, error)

    def _in(self, request: Request, token: str, by: Visitor, after: str) -> Response:
        response = let_in(self.parts, request, token, by, after)
        cookies.clear_ticket(response, self.parts.settings)
        return response

    def _ticket(self, request: Request) -> str:
        return request.cookies.get(cookies.ticket_name(self.parts.settings), "")
