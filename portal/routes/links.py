"""Links that people are handed: to set a password once, to become a member."""

from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import accounts, invitations, logins, password_links
from portal.access import Actor
from portal.errors import Invalid, PortalError
from portal.models import Role
from portal.routes.forms import answer, let_in, read, session_token, status, text, visitor
from portal.routes.rendering import page
from portal.wiring import Parts

PASSWORD, INVITATION = "/auth/new-password/", "/auth/invitation/"


def routes(parts: Parts) -> list[Route]:
    links = Links(parts)
    return [
        Route(PASSWORD + "{token}", links.show_password, methods=["GET"]),
        Route(PASSWORD + "{token}", links.set_password, methods=["POST"]),
        Route(INVITATION + "{token}", links.show_invitation, methods=["GET"]),
        Route(INVITATION + "{token}", links.answer_invitation, methods=["POST"]),
    ]


@dataclass(frozen=True)
class Links:
    parts: Parts

    async def show_password(self, request: Request) -> Response:
        return await run_in_threadpool(self._password_page, request)

    async def set_password(self, request: Request) -> Response:
        form = await read(request)

        def enter() -> Response:
            if text(form, "password") != text(form, "again"):
                raise Invalid("again", "passwords-differ")
            by = visitor(self.parts, request)
            token = password_links.use(self.parts, _token(request), text(form, "password"), by)
            return let_in(self.parts, request, token, by, "/")

        return await answer(request, form, enter, self._password_page)

    async def show_invitation(self, request: Request) -> Response:
        return await run_in_threadpool(self._invitation_page, request)

    async def answer_invitation(self, request: Request) -> Response:
        form = await read(request)

        def enter() -> Response:
            actor = self._actor(request)
            if actor is None:
                return self._invitation_page(request)
            if text(form, "answer") == "1":
                rag_id = invitations.accept(self.parts, actor, _token(request))
                return RedirectResponse(f"/overview?rag={rag_id}", 303)
            invitations.decline(self.parts, actor, _token(request))
            return RedirectResponse("/", 303)

        return await answer(request, form, enter, self._invitation_page)

    # ---- inside

    def _password_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        try:
            email = password_links.whose(self.parts, _token(request))
        except PortalError as e:
            return self._over(request, e)
        return page(
            self.parts,
            request,
            "new_password.html",
            status=status(error),
            error=error,
            email=email,
            here=request.url.path,
        )

    def _invitation_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        try:
            offer = invitations.offer(self.parts, _token(request))
            actor = self._actor(request)
            may_register = actor is None and accounts.may_register(self.parts, _token(request))
        except PortalError as e:
            return self._over(request, e)
        return page(
            self.parts,
            request,
            "invitation.html",
            status=status(error),
            error=error,
            offer=offer,
            actor=actor,
            roles={role: role.value for role in Role},
            may_register=may_register,
            token=_token(request),
            here=request.url.path,
            here_quoted=quote(request.url.path, safe=""),
        )

    def _over(self, request: Request, error: PortalError) -> Response:
        """The link does not hold, or cannot be looked up now."""
        return page(self.parts, request, "over.html", status=status(error), error=error)

    def _actor(self, request: Request) -> Actor | None:
        signed = logins.who(self.parts, session_token(self.parts, request))
        return signed.actor if signed else None


def _token(request: Request) -> str:
    token: str = request.path_params["token"][:100]
    return token
