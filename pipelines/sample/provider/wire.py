"""What a wire is: how one provider's API reads a request and words its answer. One file in `wires/` defines each."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Final

from pipelines.sample.provider.ledger import Ledger, LedgerAccount, Use

_NUMBER: Final = "\x00number:"
_RAW = re.compile(rf'"{re.escape(json.dumps(_NUMBER)[1:-1])}([^"]*)"')


class Literal(str):
    """Text that goes onto the wire as it is, without quotes: a number to its last digit, or something malformed."""

    __slots__ = ()


@dataclass(frozen=True)
class Asked:
    """A request as it came in, without its headers and so without any key."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any = None

    def param(self, name: str) -> str | None:
        """The last value of the parameter `name`."""
        return dict(self.query).get(name)


class Delivery(Enum):
    """How the bytes of an answer leave."""

    WHOLE = auto()
    CHUNKED = auto()
    CUT = auto()
    """the announced length is not reached"""
    CUT_CHUNK = auto()
    """the last chunk never comes"""
    UNTIL_CLOSE = auto()
    """no length is reported: the end of the connection ends the body"""
    RESET = auto()
    """the connection breaks before any byte"""


@dataclass(frozen=True)
class Reply:
    """An answer: its status, its JSON (or bytes as they are), and how it is sent. Seconds are of wall-clock time."""

    content: Any
    status: int = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    delay_seconds: float = 0
    seconds_a_byte: float = 0

    @property
    def body(self) -> bytes:
        """The bytes of `content`."""
        return self.content if isinstance(self.content, bytes) else encode(self.content)

    def with_headers(self, **headers: str) -> Reply:
        """This reply with more headers; underscores become dashes."""
        return replace(self, headers={**self.headers, **{name.replace("_", "-"): v for name, v in headers.items()}})


@dataclass(frozen=True)
class Question:
    """A request as a wire sees it: the path below its prefix, and whose figures may be shown."""

    method: str
    path: str
    params: Sequence[tuple[str, str]]
    headers: Mapping[str, str]
    body: Any
    account: LedgerAccount
    ledger: Ledger
    now: datetime
    longest_page: int | None = None

    def param(self, name: str) -> str | None:
        """The last value of the parameter `name`."""
        values = [value for key, value in self.params if key == name]
        return values[-1] if values else None

    def listed(self, name: str) -> list[str]:
        """Every value of the parameter `name`, sent as `name` or `name[]`."""
        return [value for key, value in self.params if key in {name, f"{name}[]"}]

    def uses(self, start: datetime, end: datetime) -> list[Use]:
        """What the account did in [start, end), as far as the provider knows now."""
        return list(self.ledger.between(self.account.name, start, end, self.now))


@dataclass(frozen=True)
class Wire:
    """One provider's API.

    Args:
        provider: as an account names it.
        prefix: the first part of the path on this server.
        base_path: what an account's base_url ends with, the prefix included.
        key_of: the key in a request's headers (their names in lower case), None without one.
        unknown_key: the refusal of a key that nobody has.
        ordinary_key: the refusal of a key that may not read figures.
        answer: what is reported to anyone else.
    """

    provider: str
    prefix: str
    base_path: str
    key_of: Callable[[Mapping[str, str]], str | None]
    unknown_key: Reply
    ordinary_key: Reply
    answer: Callable[[Question], Reply]


def bearer(headers: Mapping[str, str]) -> str | None:
    """The key of an Authorization header of the Bearer kind."""
    kind, _, key = headers.get("authorization", "").partition(" ")
    return key if kind == "Bearer" and key else None


def encode(content: Any) -> bytes:
    """`content` as JSON, every Decimal as a number with all its digits."""

    def raw(value: Any) -> str:
        if isinstance(value, Decimal):
            return f"{_NUMBER}{plain(value)}"
        raise TypeError(f"{type(value).__name__} cannot go onto the wire")

    def marked(value: Any) -> Any:
        if isinstance(value, Literal):
            return f"{_NUMBER}{value}"
        if isinstance(value, dict):
            return {name: marked(item) for name, item in value.items()}
        return [marked(item) for item in value] if isinstance(value, list) else value

    text = json.dumps(marked(content), default=raw, separators=(",", ":"))
    return _RAW.sub(r"\1", text).encode()


def plain(amount: Decimal) -> str:
    """`amount` without an exponent."""
    return f"{amount:f}"


def buckets(start: datetime, end: datetime, width: timedelta) -> Iterator[tuple[datetime, datetime]]:
    """[start, end) cut at the UTC boundaries of `width`; the first and last may be shorter."""
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    while start < end:
        boundary = start - (start - epoch) % width + width
        yield start, min(boundary, end)
        start = boundary


def page_of(question: Question, rows: Sequence[Any], limit: int) -> tuple[Sequence[Any], str | None] | None:
    """The rows of the asked page and the cursor of the next; None if the cursor is not one of this question.

    A page may be shorter than `limit`, as with any provider. A cursor holds only with the parameters it was given
    for. What follows a `~` in it means nothing: so two cursors may lead to the same page.
    """
    others = sorted((name, value) for name, value in question.params if name != "page")
    digest = hashlib.sha256(repr((question.path, others)).encode()).hexdigest()[:8]
    offset, cursor = 0, question.param("page")
    if cursor is not None:
        found = re.fullmatch(rf"page_{digest}_(\d+)~*", cursor)
        if found is None:
            return None
        offset = int(found[1])
    following = offset + min(limit, question.longest_page or limit)
    return rows[offset:following], f"page_{digest}_{following}" if following < len(rows) else None


def limit_of(question: Question, default: int, most: int) -> int | None:
    """The limit asked for, or the default; None if it is not allowed."""
    reported = question.param("limit")
    if reported is None:
        return default
    return int(reported) if reported.isascii() and reported.isdigit() and 1 <= int(reported) <= most else None
