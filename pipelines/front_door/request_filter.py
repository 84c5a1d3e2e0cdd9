"""The wall before Dagster's web server, which itself answers anyone: only the UI's pages get through.

A page of any other site can make a browser send requests here, with cookies, by every name that leads to this computer.
So the names are listed (which defeats DNS rebinding), pages of other origins are refused, a cookie that only a person
with the token has is asked for, and GraphQL, which Dagster also runs from the query of a GET, is taken as posted JSON
alone. Belongs here: the verdict on a request, and the first visit with the token. Does not: the words of a refusal.
"""

from __future__ import annotations

import hmac

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipelines.front_door.addresses import Addresses
from pipelines.front_door.refusals import Refusal

TRUSTED_SITES = {"same-origin", "none"}
"""What Sec-Fetch-Site says of a request of our page, and of an address that a person typed."""

POLICY_VIOLATION = 1008
SECURITY_HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}


class Wall:
    """An ASGI application that passes on to `app` each request that `refusal` does not refuse."""

    def __init__(self, app: ASGIApp, addresses: Addresses, token: str) -> None:
        self._app = app
        self._addresses = addresses
        self._token = token
        # Cookies know no ports, so that of another server on this computer has another name.
        self._cookie = f"ai-costs-{addresses.port}"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection. Only the start and end of the server itself pass unseen."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        refusal = self.refusal(connection)
        if scope["type"] == "websocket" and refusal is not None:
            await receive()
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        elif refusal is not None:
            wants_page = "text/html" in connection.headers.get("accept", "")
            await refusal.response(as_page=wants_page, root=self._root)(scope, receive, send)
        elif scope["type"] == "http" and self._is_first_visit(connection):
            await self._let_in()(scope, receive, send)
        else:
            await self._app(scope, receive, _with_security_headers(send))

    def refusal(self, connection: HTTPConnection) -> Refusal | None:
        """The reason to refuse a request, or None. Only Host must be there; other headers count if they are."""
        headers = connection.headers
        hosts = headers.getlist("host")
        if not hosts or not all(host.lower() in self._addresses.hosts for host in hosts):
            return Refusal.FOREIGN_HOST
        if not all(origin.lower() in self._addresses.origins for origin in headers.getlist("origin")):
            return Refusal.FOREIGN_ORIGIN
        if not all(site in TRUSTED_SITES for site in headers.getlist("sec-fetch-site")):
            return Refusal.CROSS_SITE
        if not self._has_token(connection):
            return Refusal.NO_TOKEN
        if connection.scope["type"] == "http" and connection.scope["path"].rstrip("/\n").endswith("/graphql"):
            return _refusal_of_graphql(connection)
        return None

    @property
    def _root(self) -> str:
        return f"{self._addresses.prefix}/"

    def _has_token(self, connection: HTTPConnection) -> bool:
        cookies = ";".join(connection.headers.getlist("cookie")).split(";")
        pairs = [cookie.strip().partition("=") for cookie in cookies]
        shown = [value for name, _, value in pairs if name == self._cookie]
        if self._is_first_visit(connection):
            shown = connection.query_params.getlist("token")
        return any(hmac.compare_digest(value.encode(), self._token.encode()) for value in shown)

    def _is_first_visit(self, connection: HTTPConnection) -> bool:
        is_page = connection.scope["type"] == "http" and connection.scope["method"] == "GET"
        return is_page and connection.scope["path"] == self._root and "token" in connection.query_params

    def _let_in(self) -> Response:
        """The cookie, and the way to an address without the token, so that neither the history nor a Referer has it."""
        response = RedirectResponse(self._root, 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        response.set_cookie(
            self._cookie,
            self._token,
            path=self._root,
            secure=self._addresses.is_secure,
            httponly=True,
            samesite="strict",
        )
        return response


def _refusal_of_graphql(connection: HTTPConnection) -> Refusal | None:
    if connection.scope["method"] != "POST":
        # Without a query it is Dagster's page for trying queries, which posts them.
        return Refusal.QUERY_BY_GET if connection.scope["query_string"] else None
    media_type = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    return None if media_type == "application/json" else Refusal.NOT_JSON


def _with_security_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
