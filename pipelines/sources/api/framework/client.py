"""Asking a provider over HTTP, with bounds on everything that could be endless.

Belongs here: retries, deadlines, sizes, redirects, and what each status means. Does not: any one provider.

    given up early    hosts to which no connection comes about, and at once where no host answers
    never retried     400 401 403 404 and other refusals, certificate errors, answers of the wrong shape
    tried again       408 425 429 5xx, broken connections, cut-off or dripping bodies, web pages instead of data
    never followed    redirects to another host, which would be given the key
"""

from __future__ import annotations

import json
import logging
import re
import ssl
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx2
from tenacity import (
    RetryCallState,
    RetryError,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_random_exponential,
)
from tenacity.stop import stop_base

from pipelines.errors import SourceError
from pipelines.presentation.messages import ASKED_AGAIN, KEY_REFUSED
from pipelines.sources.api.framework.answers import Fields, parse
from pipelines.sources.api.framework.reachability import Reachability, certificates
from pipelines.sources.api.framework.shape import Answers, shape_of

USER_AGENT = "ai-cost-tracker/0.1 (self-hosted cost reports)"
TRY_AGAIN = frozenset({408, 425, 429, *range(500, 600)})
REDIRECTS_FOLLOWED = 3
EXCERPT = 200
EXCERPT_READ = 2**16
CONNECT_SECONDS = 5
UNREACHABLE_SECONDS = 5
"""For so long a connection is tried; then the network is down, or a name wrong, and the next run is soon enough."""
UNREACHABLE_WAIT = 0.5
CLOCK_TOLERANCE = timedelta(seconds=120)

# They log addresses and headers of answers, and a careless server repeats the key in those.
for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.WARNING)

QUOTES = "\"'"
NEVER_CONNECTED = (httpx2.ConnectError, httpx2.ConnectTimeout)

Params = Sequence[tuple[str, str | int]]


@dataclass(frozen=True)
class Limits:
    """Bounds of one source's extraction. Seconds are of wall-clock time."""

    page_seconds: float = 60
    page_bytes: int = 64 * 2**20
    source_seconds: float = 900
    source_bytes: int = 2**30
    attempts: int = 6
    backoff_seconds: float = 1
    longest_backoff_seconds: float = 60
    read_seconds: float = 30


class RefusedError(SourceError):
    """The provider refused this request; asking again would not help. `status` is its HTTP status."""

    def __init__(self, message: str, status: int, detail: str) -> None:
        super().__init__(message)
        self.status = status
        self.detail = detail


class UnusableKeyError(SourceError):
    """What is there as the key can be none: nothing was asked with it."""


class KeyRefusedError(RefusedError):
    """The key is unknown, revoked, or of the wrong kind."""


class _TransientError(SourceError):
    """Worth another try; `wait_seconds` is what the provider asked for."""

    def __init__(self, message: str, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class _UnreachableError(_TransientError):
    """No connection came about, so nothing was asked: no address, nobody listening, or no way there."""


class _StopUnreachable(stop_base):
    """Ends the tries of a host that was never reached: after some seconds, and at once where no host answers."""

    def __init__(self, network: Reachability, host: str) -> None:
        self._network = network
        self._host = host

    def __call__(self, retry_state: RetryCallState) -> bool:
        error = retry_state.outcome.exception() if retry_state.outcome else None
        if not isinstance(error, _UnreachableError) or self._network.has_answered(self._host):
            return False
        return self._network.is_offline or (retry_state.seconds_since_start or 0) > UNREACHABLE_SECONDS


@dataclass(frozen=True)
class _Request:
    method: str
    url: httpx2.URL
    params: Params = ()
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] | None = None


class ApiClient:
    """A connection to one account. Not shared between threads."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        secret: str,
        key_advice: str,
        unknown: set[str],
        limits: Limits,
        answers: Answers,
        network: Reachability | None = None,
    ) -> None:
        """`headers` carry the key; `key_advice` ends the message when it is refused; `unknown` collects fields.

        `answers` reports what each answer must have; `network` is shared by the connections of a run.

        Raises:
            UnusableKeyError: the key has letters that no key has, or quotes around it.
            SourceError: `base_url` is not an address of the web.
        """
        if not re.fullmatch(r"[!-~]+", secret) or secret[0] in QUOTES:
            problem = "a space, a line break, quotes around it or a letter that no key has"
            raise UnusableKeyError(f"the key contains {problem}. {key_advice}")
        self._base = _address(base_url)
        self._secret = secret
        self._key_advice = key_advice
        self._unknown = unknown
        self._answers = answers
        self._network = network or Reachability()
        self._limits = limits
        self._ends = time.monotonic() + limits.source_seconds
        self._bytes_left = limits.source_bytes
        self.requests = 0
        self.warnings: list[str] = []
        self.lacking: Counter[str] = Counter()
        self.headers: Mapping[str, str] = {}
        """Those of the last answer, by their names in small letters."""
        timeout = httpx2.Timeout(limits.read_seconds, connect=min(CONNECT_SECONDS, limits.read_seconds))
        self._http = httpx2.Client(
            headers={"user-agent": USER_AGENT, **headers}, timeout=timeout, verify=certificates()
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def get(self, path: str, params: Params = (), *, headers: Mapping[str, str] | None = None) -> Fields:
        """The answer to GET `path`, below the base's path; `headers` are of this request alone.

        Raises:
            SourceError: refused, not the documented shape, or not to be had within the limits.
        """
        return self._ask(_Request("GET", self._below(path), params, headers=headers))

    def post(self, path: str, body: Mapping[str, Any]) -> Fields:
        """The answer to POST `path` with a JSON body; only for questions, which may be asked again. Raises as `get`."""
        return self._ask(_Request("POST", self._below(path), body=body))

    def _below(self, path: str) -> httpx2.URL:
        return self._base.copy_with(path=self._base.path.rstrip("/") + path)

    def _ask(self, request: _Request) -> Fields:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise self._too_long()
        if reason := self._network.reason_against(self._name):
            raise SourceError(f"{self._name} could not be read: {reason} (not tried again); {ASKED_AGAIN}")
        retrying = Retrying(
            retry=retry_if_exception_type(_TransientError),
            wait=self._wait,
            stop=stop_after_attempt(self._limits.attempts)
            | stop_before_delay(left)
            | _StopUnreachable(self._network, self._name),
        )
        try:
            return retrying(self._once, request)
        except RetryError as error:
            last = error.last_attempt
            if isinstance(last.exception(), _UnreachableError):
                self._network.gave_up(self._name, str(last.exception()).partition(": ")[2])
            tries = "once" if last.attempt_number == 1 else f"{last.attempt_number} times"
            raise SourceError(f"{last.exception()} (tried {tries}); {ASKED_AGAIN}") from None

    def _wait(self, state: RetryCallState) -> float:
        backoff = wait_random_exponential(self._limits.backoff_seconds, self._limits.longest_backoff_seconds)(state)
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _UnreachableError) and not self._network.has_answered(self._name):
            return min(backoff, UNREACHABLE_WAIT)
        asked = error.wait_seconds if isinstance(error, _TransientError) else 0
        return max(asked, backoff)

    def _once(self, request: _Request) -> Fields:
        shape = shape_of(self._answers, request.url.path.removeprefix(self._base.path.rstrip("/")))
        for _ in range(REDIRECTS_FOLLOWED + 1):
            status, headers, content = self._exchange(request)
            if "location" not in headers or not HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
                answer = self._understand(status, headers, content, request.url.path)
                shape.check(answer, self.lacking)
                return Fields(answer, "", self._unknown)
            request = replace(request, url=self._target(request.url, headers["location"]), params=())
        raise SourceError(f"{self._name} redirects in circles at {request.url.path}")

    def _target(self, url: httpx2.URL, location: str) -> httpx2.URL:
        """Where a redirect leads: the same host, because another would be given the key."""
        try:
            target = url.join(location)
            origin = (target.scheme, target.host, target.port)
        except (httpx2.InvalidURL, ValueError):
            raise SourceError(f"{self._name} redirects to an invalid address: check base_url") from None
        if origin != (url.scheme, url.host, url.port):
            raise SourceError(
                f"{self._name} redirects to another host ({target.host}), which must not receive the key: check "
                f"base_url"
            )
        return target

    def _exchange(self, request: _Request) -> tuple[int, httpx2.Headers, bytes]:
        page_ends = time.monotonic() + self._limits.page_seconds
        self.requests += 1
        content = bytearray()
        try:
            with self._http.stream(
                request.method,
                request.url,
                params=list(request.params) or None,
                json=request.body,
                headers=request.headers,
            ) as response:
                self._network.answered(self._name)
                for chunk in response.iter_bytes():
                    content += chunk
                    self._bytes_left -= len(chunk)
                    if len(content) > self._limits.page_bytes or self._bytes_left < 0:
                        raise SourceError(f"{self._name} sent more than the limit of {self._size_limit(content)}")
                    now = time.monotonic()
                    if now > self._ends:
                        raise self._too_long()
                    if now > page_ends:
                        raise _TransientError(
                            f"{self._name} did not finish an answer in {self._limits.page_seconds:g} s"
                        )
                self._compare_clocks(response.headers)
                self.headers = response.headers
                return response.status_code, response.headers, bytes(content)
        except httpx2.TransportError as error:
            if _is_about_certificates(error):
                raise SourceError(
                    f"the certificate of {self._name} is not to be trusted ({_reason(error)}): check base_url and the "
                    "clock; the check is never turned off"
                ) from None
            kind = _UnreachableError if isinstance(error, NEVER_CONNECTED) else _TransientError
            raise kind(f"{self._name} could not be read: {_reason(error)}") from None
        except (httpx2.InvalidURL, httpx2.DecodingError, UnicodeError) as error:
            raise _TransientError(f"{self._name} could not be read: {_reason(error)}") from None

    def _understand(self, status: int, headers: httpx2.Headers, content: bytes, path: str) -> Any:
        """The JSON of an answer."""
        detail = _excerpt(content, self._secret)
        if status in TRY_AGAIN:
            raise _TransientError(f"{self._name} answered {status}: {detail}", _asked_to_wait(headers))
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            message = f"{self._name} {KEY_REFUSED} ({status}): {detail.rstrip('.')}. {self._key_advice}"
            raise KeyRefusedError(message, status, detail)
        if status == HTTPStatus.NOT_FOUND:
            advice = "check base_url, organization and what the key may see"
            raise RefusedError(f"{self._name} has nothing at {path} (404): {detail}; {advice}", status, detail)
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            raise RefusedError(f"{self._name} refused the request at {path} ({status}): {detail}", status, detail)
        try:
            return parse(content, f"the answer at {path}")
        except (json.JSONDecodeError, UnicodeDecodeError):
            kind = headers.get("content-type", "no content type")
            raise _TransientError(f"{self._name} sent no JSON at {path} ({kind}): {detail}") from None

    @property
    def _name(self) -> str:
        return self._base.host

    def _too_long(self) -> SourceError:
        return SourceError(f"{self._name} took longer than {self._limits.source_seconds:g} s in all")

    def _size_limit(self, content: bytearray) -> str:
        limit = self._limits.page_bytes if len(content) > self._limits.page_bytes else self._limits.source_bytes
        return f"{limit / 2**20:,.0f} MiB"

    def _compare_clocks(self, headers: httpx2.Headers) -> None:
        reported = _http_date(headers.get("date", ""))
        if reported is None or self.warnings:
            return
        ahead = datetime.now(UTC) - reported
        if abs(ahead) > CLOCK_TOLERANCE:
            word = "ahead of" if ahead > timedelta(0) else "behind"
            seconds = abs(ahead).total_seconds()
            self.warnings.append(
                f"this computer's clock is {seconds:.0f} s {word} {self._name}'s: days may be cut wrongly"
            )


def redact(text: str, secret: str) -> str:
    """`text` without the key, in any of the forms in which it travels."""
    if secret:
        basic = b64encode(f"{secret}:".encode()).decode()
        escaped = json.dumps(secret)[1:-1]
        for form in (secret, quote(secret, safe=""), basic, escaped, escaped.replace("/", r"\/")):
            text = text.replace(form, "***")
    return text


def _address(base_url: str) -> httpx2.URL:
    try:
        address = httpx2.URL(base_url.rstrip("/"))
        is_of_the_web = address.scheme in {"http", "https"} and address.host != ""
    except (httpx2.InvalidURL, ValueError):
        is_of_the_web = False
    if not is_of_the_web:
        raise SourceError("base_url is not an address such as https://gateway.example/v1: fix it in ai-costs.yaml")
    return address


def _asked_to_wait(headers: httpx2.Headers) -> float:
    """Seconds of a Retry-After header, in either of its forms; 0 without one."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = _http_date(value)
    return max((moment - datetime.now(UTC)).total_seconds(), 0) if moment else 0


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_about_certificates(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _excerpt(content: bytes, secret: str) -> str:
    """The provider's message, as one short line without the key: its error message, else the first characters."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        value = None
    for name in ("error", "message", "detail"):
        if isinstance(value, dict) and value.get(name):
            value = value[name]
    text = value if isinstance(value, str) else content[:EXCERPT_READ].decode("utf-8", "replace")
    # Cut only when the key is out of it: a part of a key is a secret too.
    line = redact(" ".join(text.split()), secret)[:EXCERPT]
    return "".join(character if character.isprintable() else "?" for character in line) or "nothing"
