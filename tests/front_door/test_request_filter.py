"""What passes the wall: a table of requests and verdicts, and that nothing without the cookie reaches Dagster."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from pipelines.front_door.addresses import Addresses, addresses
from pipelines.front_door.refusals import Refusal
from pipelines.front_door.request_filter import Wall

TOKEN = "a-token-that-nobody-else-has-0123456789abcde"  # noqa: S105 - invented
LOCAL = addresses("127.0.0.1", 3000, None)
PROXIED = addresses("127.0.0.1", 3000, "https://costs.example.com/dagster/")
EVERYWHERE = addresses("0.0.0.0", 80, None)  # noqa: S104 - nothing listens here
COOKIE = f"ai-costs-3000={TOKEN}"
JSON = "application/json; charset=utf-8"


@dataclass
class Answered:
    """What a wall did with one connection: whether it reached Dagster, and what was sent."""

    reached: int = 0
    sent: list[Message] = field(default_factory=list)

    @property
    def status(self) -> int:
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> str:
        return b"".join(message.get("body", b"") for message in self.sent[1:]).decode()


def ask(
    kind: str = "http",
    method: str = "GET",
    target: str = "/runs",
    headers: Iterable[tuple[str, str]] = (),
    reached: Addresses = LOCAL,
) -> Answered:
    """Send one connection through a wall to an application that answers everyone, as Dagster does."""
    answered = Answered()

    async def dagster(_scope: Scope, _receive: Receive, send: Send) -> None:
        answered.reached += 1
        if kind == "websocket":
            await send({"type": "websocket.accept"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": [(b"referrer-policy", b"unsafe-url")]})
        await send({"type": "http.response.body", "body": b"costs"})

    async def receive() -> Message:
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        answered.sent.append(message)

    path, _, query = target.partition("?")
    scope: dict[str, Any] = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
    }
    # Nothing here waits, so that one step of the coroutine is all of it; an event loop costs ten times more.
    with suppress(StopIteration):
        Wall(dagster, reached, TOKEN)(scope, receive, send).__await__().send(None)
    return answered


HOSTS = {
    "127.0.0.1:3000": None,
    "localhost:3000": None,
    "LOCALHOST:3000": None,
    "[::1]:3000": None,
    "evil.example:3000": Refusal.FOREIGN_HOST,
    "evil.example": Refusal.FOREIGN_HOST,
    "127.0.0.1": Refusal.FOREIGN_HOST,
    "127.0.0.1:3001": Refusal.FOREIGN_HOST,
    "localhost:3000.evil.example": Refusal.FOREIGN_HOST,
    "localhost.:3000": Refusal.FOREIGN_HOST,
    "": Refusal.FOREIGN_HOST,
    None: Refusal.FOREIGN_HOST,
}
ORIGINS = {
    None: None,
    "http://127.0.0.1:3000": None,
    "http://localhost:3000": None,
    "http://evil.example": Refusal.FOREIGN_ORIGIN,
    "http://evil.example:3000": Refusal.FOREIGN_ORIGIN,
    "http://127.0.0.1": Refusal.FOREIGN_ORIGIN,
    "http://127.0.0.1:8080": Refusal.FOREIGN_ORIGIN,
    "https://127.0.0.1:3000": Refusal.FOREIGN_ORIGIN,
    "null": Refusal.FOREIGN_ORIGIN,
    "": Refusal.FOREIGN_ORIGIN,
}
SITES = {
    None: None,
    "same-origin": None,
    "none": None,
    "same-site": Refusal.CROSS_SITE,
    "cross-site": Refusal.CROSS_SITE,
    "": Refusal.CROSS_SITE,
    "anything": Refusal.CROSS_SITE,
}
COOKIES = {
    COOKIE: None,
    f"theme=dark; {COOKIE}; other=1": None,
    f"ai-costs-3000=old; {COOKIE}": None,
    None: Refusal.NO_TOKEN,
    "": Refusal.NO_TOKEN,
    "ai-costs-3000=": Refusal.NO_TOKEN,
    f"ai-costs-3000={TOKEN[:-1]}": Refusal.NO_TOKEN,
    f"ai-costs-3000={TOKEN}x": Refusal.NO_TOKEN,
    f"ai-costs-3001={TOKEN}": Refusal.NO_TOKEN,
    TOKEN: Refusal.NO_TOKEN,
    "ai-costs-3000=\xe9": Refusal.NO_TOKEN,
}
KINDS = [
    ("http", "GET"),
    ("http", "HEAD"),
    ("http", "POST"),
    ("http", "OPTIONS"),
    ("http", "DELETE"),
    ("websocket", ""),
]
TABLE = list(itertools.product(HOSTS, ORIGINS, SITES, COOKIES))


@pytest.mark.parametrize(("kind", "method"), KINDS)
def test_each_combination_of_headers_has_the_verdict_of_its_first_fault(kind: str, method: str) -> None:
    for host, origin, site, cookie in TABLE:
        named = {"host": host, "origin": origin, "sec-fetch-site": site, "cookie": cookie}
        headers = [(name, value) for name, value in named.items() if value is not None]
        expected = HOSTS[host] or ORIGINS[origin] or SITES[site] or COOKIES[cookie]
        answered = ask(kind, method, headers=headers)
        assert answered.reached == (expected is None), named
        if expected is not None and kind == "websocket":
            assert answered.sent == [{"type": "websocket.close", "code": 1008}], named
        elif expected is not None:
            assert answered.status == expected.value.status, named


OWN = [("host", "127.0.0.1:3000"), ("cookie", COOKIE)]


@pytest.mark.parametrize("name", ["host", "origin", "sec-fetch-site"])
def test_of_a_header_that_is_there_twice_each_must_be_ours(name: str) -> None:
    good = {"host": "127.0.0.1:3000", "origin": "http://127.0.0.1:3000", "sec-fetch-site": "same-origin"}[name]
    headers = [pair for pair in OWN if pair[0] != name]
    assert ask(headers=[*headers, (name, good), (name, good)]).reached == 1
    for pair in ([good, "evil.example"], ["evil.example", good]):
        assert ask(headers=[*headers, *((name, value) for value in pair)]).reached == 0


@pytest.mark.parametrize("prefix", ["", "/dagster"])
@pytest.mark.parametrize(
    ("method", "target", "content_type", "expected"),
    [
        ("POST", "/graphql", JSON, None),
        ("POST", "/graphql", "Application/JSON", None),
        ("GET", "/graphql", None, None),
        ("GET", "/graphql?query=mutation{x}", None, Refusal.QUERY_BY_GET),
        ("GET", "/graphql?query={x}", None, Refusal.QUERY_BY_GET),
        ("GET", "/graphql?%71uery={x}", None, Refusal.QUERY_BY_GET),
        ("GET", "/graphql/?query={x}", None, Refusal.QUERY_BY_GET),
        ("GET", "/graphql\n?query={x}", None, Refusal.QUERY_BY_GET),
        ("HEAD", "/graphql?query={x}", None, Refusal.QUERY_BY_GET),
        ("PUT", "/graphql?query={x}", JSON, Refusal.QUERY_BY_GET),
        ("POST", "/graphql?query=mutation{x}", None, Refusal.NOT_JSON),
        ("POST", "/graphql?query=mutation{x}", "text/plain", Refusal.NOT_JSON),
        ("POST", "/graphql", "application/x-www-form-urlencoded", Refusal.NOT_JSON),
        ("POST", "/graphql", "multipart/form-data; boundary=application/json", Refusal.NOT_JSON),
        ("POST", "/graphql", "text/plain; application/json", Refusal.NOT_JSON),
        ("GET", "/assets?view=lineage", None, None),
    ],
)
def test_graphql_is_answered_by_posted_json_alone(
    prefix: str, method: str, target: str, content_type: str | None, expected: Refusal | None
) -> None:
    headers = [*OWN, *([("content-type", content_type)] if content_type else [])]
    answered = ask("http", method, prefix + target, headers, PROXIED if prefix else LOCAL)
    assert answered.reached == (expected is None)
    assert answered.status == (200 if expected is None else expected.value.status)


header_names = st.sampled_from(
    ["host", "origin", "sec-fetch-site", "authorization", "x-forwarded-host", "cookie", "upgrade"]
)
header_values = st.one_of(
    st.sampled_from(["127.0.0.1:3000", "http://127.0.0.1:3000", "same-origin", "ai-costs-3000", "token"]),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n"), max_size=60),
)


@given(
    kind=st.sampled_from(["http", "websocket"]),
    method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "get", "TRACE"]),
    target=st.one_of(
        st.sampled_from(["/", "/?token", "/?token=", "/graphql", "/server_info", "//", "/logs/a", "/?token=a&token=b"]),
        st.text(st.characters(max_codepoint=127), max_size=40).map("/".__add__),
    ),
    headers=st.lists(st.tuples(header_names, header_values), max_size=6),
)
@example(kind="http", method="GET", target="/", headers=[("authorization", f"Bearer {TOKEN}")])
@example(kind="websocket", method="GET", target="/?token=" + TOKEN, headers=[("host", "127.0.0.1:3000")])
@example(kind="http", method="POST", target="/?token=" + TOKEN, headers=[("host", "127.0.0.1:3000")])
@example(kind="http", method="GET", target="/graphql?token=" + TOKEN, headers=[("host", "127.0.0.1:3000")])
def test_nothing_without_the_cookie_reaches_dagster(
    kind: str, method: str, target: str, headers: list[tuple[str, str]]
) -> None:
    if any(name == "cookie" and COOKIE in value for name, value in headers):
        return
    assert ask(kind, method, target, [("host", "127.0.0.1:3000"), *headers]).reached == 0


@pytest.mark.parametrize("kind", ["webtransport", "unknown"])
def test_a_kind_of_connection_that_nobody_judged_does_not_pass(kind: str) -> None:
    with pytest.raises(AssertionError):
        ask(kind, headers=OWN)


@pytest.mark.parametrize(
    ("reached", "root", "attributes"),
    [
        (LOCAL, "/", "HttpOnly; Path=/; SameSite=strict"),
        (PROXIED, "/dagster/", "HttpOnly; Path=/dagster/; SameSite=strict; Secure"),
    ],
)
def test_the_first_address_gives_a_cookie_and_leads_to_one_without_the_token(
    reached: Addresses, root: str, attributes: str
) -> None:
    answered = ask(target=f"{root}?token={TOKEN}", headers=[("host", "localhost:3000")], reached=reached)
    assert (answered.reached, answered.status, answered.body) == (0, 303, "")
    assert answered.headers["location"] == root
    assert answered.headers["set-cookie"] == f"{COOKIE}; {attributes}"
    assert answered.headers["referrer-policy"] == "no-referrer"
    assert answered.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("query", ["token=wrong", "token=", f"token={TOKEN}x", f"token=%00{TOKEN}", f"key={TOKEN}"])
def test_a_wrong_token_gives_no_cookie(query: str) -> None:
    answered = ask(target=f"/?{query}", headers=[("host", "localhost:3000")])
    assert (answered.reached, answered.status) == (0, 401)
    assert "set-cookie" not in answered.headers


def test_another_site_cannot_let_a_browser_in() -> None:
    foreign = [("host", "localhost:3000"), ("sec-fetch-site", "cross-site")]
    assert "set-cookie" not in ask(target=f"/?token={TOKEN}", headers=foreign).headers


@pytest.mark.parametrize(
    ("reached", "host", "origin", "passes"),
    [
        (PROXIED, "costs.example.com", "https://costs.example.com", True),
        (PROXIED, "costs.example.com:443", "https://costs.example.com", True),
        (PROXIED, "127.0.0.1:3000", "https://costs.example.com", True),
        (PROXIED, "127.0.0.1:3000", "http://127.0.0.1:3000", True),
        (PROXIED, "costs.example.com", "http://costs.example.com", False),
        (PROXIED, "evil.example", "https://costs.example.com", False),
        (LOCAL, "costs.example.com", "https://costs.example.com", False),
        (EVERYWHERE, "localhost", "http://localhost", True),
        (EVERYWHERE, "192.0.2.7", "http://192.0.2.7", False),
        (addresses("192.0.2.7", 80, None), "192.0.2.7", "http://192.0.2.7:80", True),
        (addresses("2001:db8::7", 3000, None), "[2001:db8::7]:3000", "http://[2001:db8::7]:3000", True),
    ],
)
def test_the_addresses_that_lead_here_are_what_is_listened_on_and_what_the_settings_name(
    reached: Addresses, host: str, origin: str, *, passes: bool
) -> None:
    cookie = f"ai-costs-{reached.port}={TOKEN}"
    headers = [("host", host), ("origin", origin), ("cookie", cookie), ("x-forwarded-host", "evil.example")]
    assert ask(target="/dagster/", headers=headers, reached=reached).reached == passes


@pytest.mark.parametrize("refusal", Refusal)
@pytest.mark.parametrize("reached", [LOCAL, PROXIED], ids=["local", "proxied"])
def test_a_refusal_says_what_to_do_as_a_page_or_as_json(refusal: Refusal, reached: Addresses) -> None:
    page = refusal.response(as_page=True, root=f"{reached.prefix}/")
    text = bytes(page.body).decode()
    assert page.media_type == "text/html"
    assert f'<a href="{reached.prefix}/">' in text
    assert "<script" not in text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    data = refusal.response(as_page=False, root="/")
    assert data.media_type == "application/json"
    for response in (page, data):
        assert response.status_code == refusal.value.status
        assert response.headers["cache-control"] == "no-store"


def test_a_refusal_repeats_nothing_of_the_request() -> None:
    told = ask(target="/<script>mark</script>?mark", headers=[("host", "mark"), ("accept", "text/html,mark")])
    assert "mark" not in told.body
    assert all("mark" not in value for value in told.headers.values())


def test_what_dagster_answers_has_our_security_headers() -> None:
    headers = ask(headers=OWN).headers
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
