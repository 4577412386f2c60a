"""Log in, register, log out, change the password: real forms that set a real cookie."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import accounts, logins
from portal.errors import Invalid, PartDown, PortalError
from portal.routes import cookies
from portal.routes.forms import answer, let_in, read, session_token, status, text, visitor, wanted
from portal.routes.rendering import page
from portal.wiring import Parts


def routes(parts: Parts) -> list[Route]:
    people = People(parts)
    return [
        Route("/auth/login", people.show_login, methods=["GET"]),
        Route("/auth/login", people.login, methods=["POST"]),
        Route("/auth/register", people.show_register, methods=["GET"]),
        Route("/auth/register", people.register, methods=["POST"]),
        Route("/auth/logout", people.logout, methods=["POST"]),
        Route("/auth/password", people.show_password, methods=["GET"]),
        Route("/auth/password", people.change_password, methods=["POST"]),
    ]


@dataclass(frozen=True)
class People:
    parts: Parts

    async def show_login(self, request: Request) -> Response:
        return await run_in_threadpool(self.login_page, request)

    async def show_register(self, request: Request) -> Response:
        return await run_in_threadpool(self._register_page, request)

    async def login(self, request: Request) -> Response:
        form = await read(request)

        def enter() -> Response:
            by = visitor(self.parts, request)
            token = accounts.login(self.parts, text(form, "email"), text(form, "password"), by)
            return let_in(self.parts, request, token, by, wanted(form, request))

        return await answer(request, form, enter, self.login_page)

    async def register(self, request: Request) -> Response:
        form = await read(request)

        def enter() -> Response:
            if text(form, "password") != text(form, "again"):
                raise Invalid("again", "passwords-differ")
            by = visitor(self.parts, request)
            token = accounts.register(
                self.parts,
                text(form, "email"),
                text(form, "password"),
                by,
                name=text(form, "name"),
                language=request.cookies.get(cookies.LANGUAGE, ""),
                invitation=text(form, "invitation"),
            )
            return let_in(self.parts, request, token, by, wanted(form, request))

        return await answer(request, form, enter, self._register_page)

    async def logout(self, request: Request) -> Response:
        """No form token: the origin is checked, and all that a forged one could do is log out."""
        await run_in_threadpool(logins.end, self.parts, session_token(self.parts, request))
        response = RedirectResponse("/auth/login", 303)
        cookies.clear_session(response, self.parts.settings)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    async def show_password(self, request: Request) -> Response:
        return await run_in_threadpool(self._password_page, request)

    async def change_password(self, request: Request) -> Response:
        form = await read(request)

        def enter() -> Response:
            signed = logins.who(self.parts, session_token(self.parts, request))
            if signed is None:
                return RedirectResponse("/auth/login?next=/auth/password", 303)
            if text(form, "password") != text(form, "again"):
                raise Invalid("again", "passwords-differ")
            by = visitor(self.parts, request)
            token = accounts.change_password(
                self.parts, signed.actor, text(form, "old"), text(form, "password"), by
            )
            return let_in(self.parts, request, token, by, "/account?changed=password")

        return await answer(request, form, enter, self._password_page)

    # ---- inside

    def login_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        after = wanted(form, request)
        if error is None and self._signed_in(request):
            return RedirectResponse(after, 303)
        return page(
            self.parts,
            request,
            "login.html",
            status=status(error),
            error=error,
            email=text(form, "email"),
            next=after,
            next_quoted=quote(after, safe=""),
            may_register=self._may_register(""),
            with_password=self.parts.settings.password_login,
            single_sign_on=single_sign_on(self.parts),
        )

    def _register_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        after = wanted(form, request)
        invitation = text(form, "invitation") or request.query_params.get("invitation", "")[:100]
        if error is None and not self._may_register(invitation):
            return RedirectResponse(f"/auth/login?next={quote(after, safe='')}", 303)
        return page(
            self.parts,
            request,
            "register.html",
            status=status(error),
            error=error,
            email=text(form, "email"),
            name=text(form, "name"),
            invitation=invitation,
            with_password=self.parts.settings.password_login,
            single_sign_on=single_sign_on(self.parts),
            next=after,
            next_quoted=quote(after, safe=""),
        )

    def _password_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        signed = logins.who(self.parts, session_token(self.parts, request))
        if signed is None:
            return RedirectResponse("/auth/login?next=/auth/password", 303)
        return page(
            self.parts, request, "password.html", status=status(error), error=error, email=signed.actor.email
        )

    def _signed_in(self, request: Request) -> bool:
        try:
            return logins.who(self.parts, session_token(self.parts, request)) is not None
        except PartDown:
            return False

    def _may_register(self, invitation: str) -> bool:
        try:
            return accounts.may_register(self.parts, invitation)
        except PartDown:
            return False


def single_sign_on(parts: Parts) -> str:
    """What the button calls it; "" where there is none."""
    settings = parts.settings
    return (
        (settings.oidc_name or urlsplit(settings.oidc_issuer).hostname or "") if settings.oidc_issuer else ""
    )
