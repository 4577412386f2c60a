"""Log in, register, log out, change the password: real forms that set a real cookie."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import accounts, logins
from portal.accounts import Visitor
from portal.errors import Invalid, PartDown, PortalError, Throttled
from portal.routes import cookies
from portal.routes.rendering import form_is_ours, page, speak
from portal.wiring import Parts

MOST_BYTES = 20_000  # of a form


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
        return await run_in_threadpool(self._login_page, request)

    async def show_register(self, request: Request) -> Response:
        return await run_in_threadpool(self._register_page, request)

    async def login(self, request: Request) -> Response:
        form = await _form(request)

        def enter() -> Response:
            token = accounts.login(
                self.parts, _text(form, "email"), _text(form, "password"), visitor(request)
            )
            return self._let_in(request, form, token)

        return await self._answer(request, form, enter, self._login_page)

    async def register(self, request: Request) -> Response:
        form = await _form(request)

        def enter() -> Response:
            if _text(form, "password") != _text(form, "again"):
                raise Invalid("again", "passwords-differ")
            token = accounts.register(
                self.parts,
                _text(form, "email"),
                _text(form, "password"),
                visitor(request),
                name=_text(form, "name"),
                language=request.cookies.get(cookies.LANGUAGE, ""),
            )
            return self._let_in(request, form, token)

        return await self._answer(request, form, enter, self._register_page)

    async def logout(self, request: Request) -> Response:
        """No form token: the origin is checked, and all that a forged one could do is log out."""
        await run_in_threadpool(logins.end, self.parts, self._token(request))
        response = RedirectResponse("/auth/login", 303)
        cookies.clear_session(response, self.parts.settings)
        response.headers["Clear-Site-Data"] = '"cache"'
        return response

    async def show_password(self, request: Request) -> Response:
        return await run_in_threadpool(self._password_page, request)

    async def change_password(self, request: Request) -> Response:
        form = await _form(request)

        def enter() -> Response:
            signed = logins.who(self.parts, self._token(request))
            if signed is None:
                return RedirectResponse("/auth/login?next=/auth/password", 303)
            if _text(form, "password") != _text(form, "again"):
                raise Invalid("again", "passwords-differ")
            token = accounts.change_password(
                self.parts, signed.actor, _text(form, "old"), _text(form, "password"), visitor(request)
            )
            response = RedirectResponse("/account?changed=password", 303)
            cookies.set_session(response, self.parts.settings, token)
            return response

        return await self._answer(request, form, enter, self._password_page)

    # ---- inside

    async def _answer(
        self,
        request: Request,
        form: FormData,
        enter: Callable[[], Response],
        again: Callable[..., Response],
    ) -> Response:
        """What `enter` answers, or the form again with what was wrong."""

        def run() -> Response:
            speak(request)
            try:
                if not form_is_ours(request, _text(form, "form")):
                    raise Invalid("form", "form-expired")
                return enter()
            except PortalError as e:
                return again(request, e, form)

        return await run_in_threadpool(run)

    def _login_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        wanted = _wanted(form, request)
        if error is None and self._signed_in(request):
            return RedirectResponse(wanted, 303)
        return page(
            self.parts,
            request,
            "login.html",
            status=_status(error),
            error=error,
            email=_text(form, "email"),
            next=wanted,
            next_quoted=quote(wanted, safe=""),
            may_register=self._may_register(),
        )

    def _register_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        wanted = _wanted(form, request)
        if error is None and not self._may_register():
            return RedirectResponse(f"/auth/login?next={quote(wanted, safe='')}", 303)
        return page(
            self.parts,
            request,
            "register.html",
            status=_status(error),
            error=error,
            email=_text(form, "email"),
            name=_text(form, "name"),
            next=wanted,
            next_quoted=quote(wanted, safe=""),
        )

    def _password_page(
        self, request: Request, error: PortalError | None = None, form: FormData | None = None
    ) -> Response:
        signed = logins.who(self.parts, self._token(request))
        if signed is None:
            return RedirectResponse("/auth/login?next=/auth/password", 303)
        return page(
            self.parts, request, "password.html", status=_status(error), error=error, email=signed.actor.email
        )

    def _let_in(self, request: Request, form: FormData, token: str) -> Response:
        """A new session for whoever proved who they are; the one they came with ends."""
        logins.end(self.parts, self._token(request))
        response = RedirectResponse(_wanted(form, request), 303)
        cookies.set_session(response, self.parts.settings, token)
        response.delete_cookie(cookies.FORM, path="/")
        return response

    def _signed_in(self, request: Request) -> bool:
        try:
            return logins.who(self.parts, self._token(request)) is not None
        except PartDown:
            return False

    def _may_register(self) -> bool:
        try:
            return accounts.may_register(self.parts)
        except PartDown:
            return False

    def _token(self, request: Request) -> str:
        return request.cookies.get(cookies.session_name(self.parts.settings), "")


def visitor(request: Request) -> Visitor:
    return Visitor(request.client.host if request.client else "", request.headers.get("user-agent", ""))


def safe_next(wanted: str) -> str:
    """A path of our own, never another site's address."""
    plain = wanted.strip()
    foreign = not plain.startswith("/") or plain.startswith(("//", "/auth/logout")) or "\\" in plain
    return "/" if foreign or not plain.isprintable() or len(plain) > 2000 else plain


async def _form(request: Request) -> FormData:
    """The form, if it is a small urlencoded one; else nothing of it."""
    kind = request.headers.get("content-type", "").partition(";")[0]
    length = request.headers.get("content-length", "")
    if kind != "application/x-www-form-urlencoded" or not length.isdigit() or int(length) > MOST_BYTES:
        return FormData()
    return await request.form()


def _text(form: FormData | None, name: str) -> str:
    value = form.get(name, "") if form else ""
    return value if isinstance(value, str) else ""


def _wanted(form: FormData | None, request: Request) -> str:
    return safe_next(_text(form, "next") or request.query_params.get("next", "/"))


def _status(error: PortalError | None) -> int:
    if error is None:
        return 200
    if isinstance(error, Throttled):
        return 429
    return 503 if isinstance(error, PartDown) else 400
