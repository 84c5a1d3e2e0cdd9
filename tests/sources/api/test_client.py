"""Asking a provider: what is asked again and what is not, what is never followed, and that no key is ever said."""

from __future__ import annotations

import gzip
import logging
import re
import socket
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import SourceError
from pipelines.presentation.messages import ASKED_AGAIN, KEY_REFUSED
from pipelines.sources.api.framework.client import ApiClient, KeyRefusedError, Limits, RefusedError, redact
from pipelines.sources.api.framework.reachability import Reachability
from pipelines.sources.api.framework.shape import Shape
from tests.examples import examples
from tests.sources.api.canned import KEY, Answering, Asked, Provider, Reply, provider

ADVICE = "Make another key"
QUICK = Limits(attempts=3, backoff_seconds=0.001, longest_backoff_seconds=0.002, read_seconds=2)
OK = {"answer": 42}
WHERE_TO_LOOK = "check base_url, organization and what the key may see"


def client(
    base_url: str, *, secret: str = KEY, limits: Limits = QUICK, network: Reachability | None = None
) -> ApiClient:
    headers = {"authorization": f"Bearer {secret}"}
    return ApiClient(
        base_url,
        headers,
        secret=secret,
        key_advice=ADVICE,
        unknown=set(),
        limits=limits,
        answers={"*": Shape(())},
        network=network,
    )


@contextmanager
def connected(answer: Answering, **reported: Any) -> Iterator[tuple[ApiClient, Provider]]:
    """A client of a provider that answers so."""
    with provider(answer) as served:
        asker = client(served.url, **reported)
        try:
            yield asker, served
        finally:
            asker.close()


def refusal(answer: Answering, *, kind: type[SourceError] = SourceError, **reported: Any) -> tuple[SourceError, int]:
    """What a client says of a provider that answers so, and how often it asked."""
    with connected(answer, **reported) as (asker, served), pytest.raises(kind) as refused:
        asker.get("/days")
    return refused.value, len(served.asked)


def slowly(answer: Answering, seconds: float) -> Answering:
    """As `answer`, so many seconds later."""

    def later(asked: Asked) -> Any:
        time.sleep(seconds)
        return answer(asked)

    return later


@pytest.mark.parametrize(
    ("status", "kind", "detail"),
    [
        (400, RefusedError, "127.0.0.1 refused the request at /days (400): no such field"),
        (401, KeyRefusedError, f"127.0.0.1 {KEY_REFUSED} (401): no such field. {ADVICE}"),
        (402, RefusedError, "127.0.0.1 refused the request at /days (402): no such field"),
        (403, KeyRefusedError, f"127.0.0.1 {KEY_REFUSED} (403): no such field. {ADVICE}"),
        (
            404,
            RefusedError,
            f"127.0.0.1 has nothing at /days (404): no such field; {WHERE_TO_LOOK}",
        ),
        (422, RefusedError, "127.0.0.1 refused the request at /days (422): no such field"),
        (304, RefusedError, "127.0.0.1 refused the request at /days (304): nothing"),
    ],
)
def test_a_refusal_is_never_asked_again(status: int, kind: type[RefusedError], detail: str):
    body = b"" if status == 304 else b'{"error": {"message": "no such field."}}'
    error, asked = refusal(lambda _: Reply(status, body), kind=kind)
    assert isinstance(error, RefusedError)
    assert (type(error), error.status, asked) == (kind, status, 1)
    assert str(error) == detail.replace("no such field", "no such field." if kind is RefusedError else "no such field")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 529, 599])
def test_what_may_pass_is_asked_again_until_the_attempts_are_used_up(status: int):
    error, asked = refusal(lambda _: (status, {"detail": "busy"}))
    assert str(error) == f"127.0.0.1 answered {status}: busy (tried 3 times); {ASKED_AGAIN}"
    assert asked == 3
    answers = iter([(status, {}), (status, {}), OK])
    with connected(lambda _: next(answers)) as (asker, served):
        assert asker.get("/days").count("answer") == 42
        assert (asker.requests, len(served.asked)) == (3, 3)


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"a":', b"\xff"], ids=["empty", "page", "cut off", "no text"])
def test_what_is_no_json_is_asked_again(body: bytes):
    answers = iter([Reply(200, body), OK])
    with connected(lambda _: next(answers)) as (asker, _):
        assert asker.get("/days").count("answer") == 42
    error, asked = refusal(lambda _: Reply(200, body, {"content-type": "text/plain"}))
    assert asked == 3
    assert str(error).startswith("127.0.0.1 sent no JSON at /days (text/plain): ")


def test_json_that_is_not_to_be_trusted_is_not_asked_again():
    error, asked = refusal(lambda _: Reply(200, b'{"a":1,"a":2}'))
    assert (asked, str(error).split(" has")[0]) == (1, "the answer at /days")


def test_a_wait_that_the_provider_asks_for_is_waited():
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    limits = Limits(attempts=3, backoff_seconds=0.001, longest_backoff_seconds=0.002, source_seconds=30)
    for asked_for in ("31", later, "999999999", "9" * 400):
        error, asked = refusal(lambda _, wait=asked_for: Reply(429, b"{}", {"retry-after": wait}), limits=limits)
        assert str(error) == f"127.0.0.1 answered 429: {{}} (tried once); {ASKED_AGAIN}", asked_for
        assert asked == 1


@pytest.mark.parametrize(
    "wait",
    [
        "",
        "soon",
        "-60",
        "1.5e9",
        "0x10",
        "²",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Sun, 06 Nov 1994 08:49:37 +99999999999999",
        "06 Nov 99999999999 08:49:37 GMT",
    ],
)
def test_a_wait_that_means_nothing_is_none(wait: str):
    answers = iter([Reply(503, b"{}", {"retry-after": wait}), OK])
    with connected(lambda _: next(answers)) as (asker, _):
        assert asker.get("/days").count("answer") == 42


def test_no_header_breaks_a_client():
    replies = [Reply()]
    with connected(lambda _: replies[0], limits=Limits(attempts=1)) as (asker, _):

        @settings(max_examples=examples(60), deadline=None)
        @given(
            status=st.sampled_from([200, 302, 429]),
            name=st.sampled_from(["retry-after", "date", "location", "content-type"]),
            value=st.text("0129 +-:,./[@%GMTx", max_size=30),
        )
        def ends_as_it_may(status: int, name: str, value: str) -> None:
            replies[0] = Reply(status, b"{}", {name: value})
            with suppress(SourceError):
                asker.get("/days")

        ends_as_it_may()
        assert asker.requests >= examples(60)


def test_a_page_beyond_the_limit_is_not_read_on():
    error, asked = refusal(lambda _: Reply(200, b" " * (2**20 + 1)), limits=Limits(page_bytes=2**20))
    assert (str(error), asked) == ("127.0.0.1 sent more than the limit of 1 MiB", 1)


def test_a_body_that_unpacks_to_more_than_the_limit_is_not_read_on():
    packed = gzip.compress(b" " * 20_000_000)
    assert len(packed) < 2**15
    error, asked = refusal(
        lambda _: Reply(200, packed, {"content-encoding": "gzip"}), limits=Limits(page_bytes=2 * 2**20)
    )
    assert (str(error), asked) == ("127.0.0.1 sent more than the limit of 2 MiB", 1)


def test_all_pages_together_have_a_limit_too():
    page = b'{"filling": "' + b"x" * 2**19 + b'"}'
    with connected(lambda _: Reply(200, page), limits=Limits(source_bytes=2**20)) as (asker, served):
        asker.get("/days")
        with pytest.raises(SourceError, match=r"^127\.0\.0\.1 sent more than the limit of 1 MiB$"):
            asker.get("/days")
    assert len(served.asked) == 2


def test_when_the_time_of_a_source_is_over_nothing_more_is_asked():
    error, asked = refusal(lambda _: OK, limits=Limits(source_seconds=0))
    assert (str(error), asked) == ("127.0.0.1 took longer than 0 s in all", 0)


def test_the_time_of_a_source_that_ends_within_an_answer_is_told_as_such():
    error, _ = refusal(slowly(lambda _: OK, 0.4), limits=Limits(source_seconds=0.3))
    assert str(error) == "127.0.0.1 took longer than 0.3 s in all"


def test_a_redirect_within_the_host_is_followed_with_the_key_and_without_the_old_question():
    def answer(asked: Asked) -> Any:
        return OK if asked.path == "/v2/days" else Reply(307, b"", {"location": "/v2/days?page=2"})

    with connected(answer) as (asker, served):
        assert asker.get("/days", [("page", 1)]).count("answer") == 42
        assert asker.post("/days", {"page": 1}).count("answer") == 42
    assert [(asked.method, asked.path, asked.query) for asked in served.asked] == [
        ("GET", "/days", {"page": "1"}),
        ("GET", "/v2/days", {"page": "2"}),
        ("POST", "/days", {}),
        ("POST", "/v2/days", {"page": "2"}),
    ]
    assert {asked.headers["authorization"] for asked in served.asked} == {f"Bearer {KEY}"}
    assert [asked.body for asked in served.asked] == [None, None, {"page": 1}, {"page": 1}]


@pytest.mark.parametrize("place", ["another host", "another port", "another scheme"])
def test_a_redirect_elsewhere_is_refused_and_the_key_stays(place: str):
    with provider(lambda _: OK) as other:
        port = other.url.rpartition(":")[2]
        targets = {
            "another host": f"//localhost:{port}/",
            "another port": other.url,
            "another scheme": f"https://127.0.0.1:{port}/",
        }
        error, asked = refusal(lambda _: Reply(301, b"", {"location": targets[place]}))
        host = "localhost" if place == "another host" else "127.0.0.1"
        assert str(error) == (
            f"127.0.0.1 redirects to another host ({host}), which must not receive the key: check base_url"
        )
        assert (asked, other.asked) == (1, [])


@pytest.mark.parametrize("location", ["http://[v]/", "http://a:b:c/", "http://:[]x"])
def test_a_redirect_to_what_is_no_address_is_refused(location: str):
    error, asked = refusal(lambda _: Reply(302, b"", {"location": location}))
    assert (str(error), asked) == ("127.0.0.1 redirects to an invalid address: check base_url", 1)


def test_a_redirect_to_a_name_that_cannot_be_one_is_a_fault_of_the_answer():
    error, asked = refusal(lambda _: Reply(302, b"", {"location": "http://..xn--/"}))
    assert (str(error), asked) == (
        f"127.0.0.1 could not be read: Empty Label (tried 3 times); {ASKED_AGAIN}",
        3,
    )


def test_redirects_in_circles_end():
    error, asked = refusal(lambda _: Reply(302, b"", {"location": "/days"}))
    assert (str(error), asked) == ("127.0.0.1 redirects in circles at /days", 4)


@pytest.mark.parametrize(
    "base_url", ["", "gateway.example", "ftp://gateway.example", "https://", "http://[v]", "http://..xn--", "file:///x"]
)
def test_a_base_url_that_is_no_address_is_told_before_anything_is_asked(base_url: str):
    with pytest.raises(SourceError) as refused:
        client(base_url)
    assert str(refused.value) == (
        "base_url is not an address such as https://gateway.example/v1: fix it in ai-costs.yaml"
    )


@pytest.mark.parametrize("secret", ["two words", "line\n", "Schlüssel", "\x00", '"key"', "'key'"])
def test_a_key_that_cannot_stand_in_a_header_is_told_without_it(secret: str):
    with pytest.raises(SourceError) as refused:
        client("http://127.0.0.1", secret=secret)
    assert (
        str(refused.value)
        == f"the key contains a space, a line break, quotes around it or a letter that no key has. {ADVICE}"
    )


def test_the_path_of_a_base_url_is_kept():
    with provider(lambda _: OK) as served:
        asker = client(f"{served.url}/gateway/v1/")
        asker.get("/days/a%2Fb", [("group_by[]", "a"), ("group_by[]", "b c")])
        asker.close()
    assert [asked.path for asked in served.asked] == ["/gateway/v1/days/a%2Fb"]


AWKWARD = 'sk-a+b/c="9f3b2c71d05e"'
"""A key that is written otherwise in an address, in JSON and in a separate header."""

FORMS = {
    "plain": AWKWARD,
    "in an address": quote(AWKWARD, safe=""),
    "as a user name": b64encode(f"{AWKWARD}:".encode()).decode(),
    "in JSON": AWKWARD.replace('"', r"\""),
    "in JSON with its slashes escaped": AWKWARD.replace('"', r"\"").replace("/", r"\/"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("status", [200, 401, 500])
def test_no_error_holds_the_key_in_any_form(status: int, form: str):
    error, _ = refusal(lambda _: Reply(status, f"you sent {form}, so there".encode()), secret=AWKWARD)
    assert "you sent ***, so there" in str(error)
    assert "9f3b2c71d05e" not in repr(error)
    assert form not in f"{error}{error.__cause__}{error.__context__}"


def test_a_key_at_the_edge_of_an_excerpt_is_not_cut_into_half_a_key():
    error, _ = refusal(lambda _: Reply(400, b"x" * 190 + KEY.encode()))
    assert str(error) == f"127.0.0.1 refused the request at /days (400): {'x' * 190}***"


def test_what_a_provider_says_is_one_short_line_that_no_terminal_obeys():
    error, _ = refusal(lambda _: (400, {"message": "\x1b[2Jred\n\n alert\u202e " + "x" * 300}))
    detail = str(error).removeprefix("127.0.0.1 refused the request at /days (400): ")
    assert detail == ("?[2Jred alert? " + "x" * 300)[:200]


@given(
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=8), st.text(max_size=20), st.text(max_size=20)
)
def test_redaction_leaves_nothing_of_a_key_and_all_of_the_rest(secret: str, before: str, after: str):
    for form in (secret, quote(secret, safe=""), b64encode(f"{secret}:".encode()).decode()):
        assert form not in redact(f"{before}{form}{after}", secret)
    assert redact("nothing of it", "") == "nothing of it"


@pytest.mark.parametrize(
    ("off", "detail"),
    [
        (timedelta(seconds=-90), None),
        (timedelta(hours=-2), "ahead of"),
        (timedelta(hours=3), "behind"),
    ],
)
def test_a_clock_that_differs_is_warned_of_once(off: timedelta, detail: str | None):
    reported = format_datetime(datetime.now(UTC) + off, usegmt=True)
    with connected(lambda _: Reply(200, b"{}", {"date": reported})) as (asker, _):
        asker.get("/days")
        asker.get("/days")
    found = [warning.split(" s ")[1] for warning in asker.warnings]
    assert found == ([f"{detail} 127.0.0.1's: days may be cut wrongly"] if detail else [])


def test_nothing_is_logged_with_the_key(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.DEBUG), connected(lambda _: OK) as (asker, served):
        asker.get("/days", [("page", 1)])
    assert served.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in caplog.text


def refused_port() -> int:
    """A port of this computer where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def test_a_host_that_nobody_answers_on_is_given_up_soon_and_then_not_asked_again():
    network = Reachability()
    url = f"http://127.0.0.1:{refused_port()}"
    patient = Limits(attempts=6, backoff_seconds=20, longest_backoff_seconds=60)
    started = time.monotonic()
    for detail in ("(tried 6 times)", "(not tried again)"):
        asker = client(url, limits=patient, network=network)
        with pytest.raises(SourceError, match=re.escape(detail)):
            asker.get("/days")
        asker.close()
    assert time.monotonic() - started < 10, "seconds"
    assert network.is_offline


def test_where_no_host_answers_another_is_tried_once():
    network = Reachability()
    network.gave_up("provider.invalid", "no address")
    asker = client(f"http://127.0.0.1:{refused_port()}", network=network)
    with pytest.raises(SourceError, match=r"\(tried once\)"):
        asker.get("/days")
    asker.close()


def test_a_host_that_answered_is_waited_for_when_it_is_gone_for_a_while():
    network = Reachability()
    network.answered("127.0.0.1")
    network.gave_up("127.0.0.1", "no way there")
    assert not network.is_offline
    asker = client(f"http://127.0.0.1:{refused_port()}", network=network)
    with pytest.raises(SourceError, match=r"\(tried 3 times\)"):
        asker.get("/days")
    asker.close()
