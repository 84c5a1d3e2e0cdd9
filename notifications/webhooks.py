"""Watching the HTTP requests that a plugin of Apprise makes, and where they go.

Apprise says whether a message was taken, and not why; nor does it look at the address. So its requests are observed
where they leave: redirects are not followed, private addresses are refused unless allowed, an answer is read only up to
a size and a time, and each request has the message's id as its idempotency key.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from apprise.utils.http import HTTPPolicy, HTTPPolicySession, is_public_ip_address

from notifications.outcomes import Outcome, Verdict, of_status

LARGEST_ANSWER = 64_000
"""Bytes."""
LONGEST_WAIT = timedelta(days=1)
_send = requests.Session.send


@dataclass
class Attempt:
    """What came of the requests of one message; the last one counts."""

    message_id: str
    private_network: bool
    seconds: float
    status: int | None = None
    wait: timedelta = timedelta(0)
    error: str | None = None
    private: bool = False

    def send(self, session: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        """Send a request as the plugin asked, within the rules of this module."""
        self.status = self.error = None
        request.headers.setdefault("Idempotency-Key", self.message_id)
        how |= {"allow_redirects": False, "stream": True}
        try:
            # A proxy resolves names itself, so what it reaches is for the proxy to rule.
            if self.private_network or how.get("proxies"):
                response = _send(session, request, **how)
            else:
                response = HTTPPolicySession(HTTPPolicy(address_filter=self._is_public)).send(request, **how)
            _read(response, time.monotonic() + self.seconds)
        except requests.RequestException as error:
            self.error = "did not answer in time" if isinstance(error, requests.Timeout) else "cannot be reached"
            raise
        self.status, self.wait = response.status_code, _asked_wait(response.headers.get("Retry-After"))
        return response

    def outcome(self) -> Outcome:
        """Why the message was not taken."""
        if self.private:
            step = "set `private_network: true` on the channel if the address is right"
            return Outcome(Verdict.REFUSED, "the address is in a private network, which is not allowed", step)
        if self.error is not None:
            step = "check host and port in the URL, and that this computer reaches them"
            return Outcome(Verdict.LATER, f"the server {self.error}", step, unreachable=True)
        if self.status is not None:
            return of_status(self.status, self.wait)
        return Outcome(Verdict.LATER, "the service did not accept the message", "check the URL's parameters")

    def _is_public(self, address: str) -> bool:
        public: bool = is_public_ip_address(address)
        self.private = self.private or not public
        return public


_current: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def observed(attempt: Attempt) -> Iterator[None]:
    """Have the requests of the block go through `attempt`."""
    token = _current.set(attempt)
    try:
        yield
    finally:
        _current.reset(token)


def _observed_send(self: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:
    attempt = _current.get()
    if attempt is None:
        return _send(self, request, **how)
    token = _current.set(None)
    try:
        return attempt.send(self, request, **how)
    finally:
        _current.reset(token)


requests.Session.send = _observed_send  # type: ignore[method-assign]


def _read(response: requests.Response, deadline: float) -> None:
    """Read the answer byte by byte, because a time-out of the socket begins again with each of them."""
    content = bytearray()
    for byte in response.iter_content(1):
        content += byte
        if time.monotonic() > deadline:
            response.close()
            raise requests.ReadTimeout("the answer took too long")
        if len(content) > LARGEST_ANSWER:
            response.close()
            break
    response._content = bytes(content)  # noqa: SLF001 - as Session.send does for who does not stream


def _asked_wait(header: str | None) -> timedelta:
    """The time that a Retry-After asks for: seconds, or a date."""
    if header is None:
        return timedelta(0)
    try:
        wait = timedelta(seconds=float(header))
    except (ValueError, OverflowError):
        try:
            wait = parsedate_to_datetime(header) - datetime.now(UTC)
        except (ValueError, TypeError):
            return timedelta(0)
    return min(max(wait, timedelta(0)), LONGEST_WAIT)
