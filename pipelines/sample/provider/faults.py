"""What can go wrong between a provider and its reader: a script of faults by endpoint and call.

    Fault("/openai/v1/organization/costs", status(429, retry_after="2"), calls=(1, 2))
    Fault("/anthropic/*", dripped(0.01))                       # every call

An effect takes what was asked and the true reply, and gives the reply that is sent instead. Effects on JSON touch
the first occurrence of a name. What is not a fault of the wire but a new truth (a day restated, emptied, or
charged below zero) belongs in the ledger.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from http import HTTPStatus
from typing import Any

from pipelines.sample.provider.wire import Asked, Delivery, Literal, Reply, encode

DAY_SECONDS = 86_400


Effect = Callable[[Asked, Reply], Reply]


@dataclass(frozen=True)
class Fault:
    """`effect` on the calls (counted from 1) to paths that fit the pattern `endpoint`; None: on every one."""

    endpoint: str
    effect: Effect
    calls: Collection[int] | None = None

    def fits(self, asked: Asked) -> bool:
        """Whether `asked` is a call to the endpoint."""
        return fnmatchcase(asked.path, self.endpoint)


def status(code: int, *, retry_after: str | None = None, message: str | None = None) -> Effect:
    """Another status; `retry_after` is the header's text, in seconds or as an HTTP date."""
    body = {"error": {"message": message or HTTPStatus(code).phrase if code in set(HTTPStatus) else message}}
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return lambda _, __: Reply(body, code, headers)


def delayed(seconds: float) -> Effect:
    """Nothing for a while."""
    return lambda _, reply: replace(reply, delay_seconds=seconds)


def dripped(seconds_a_byte: float) -> Effect:
    """One byte at a time."""
    return lambda _, reply: replace(reply, seconds_a_byte=seconds_a_byte)


def cut(*, chunked: bool = False) -> Effect:
    """Half of the body, and then the connection ends."""
    return lambda _, reply: replace(reply, delivery=Delivery.CUT_CHUNK if chunked else Delivery.CUT)


def reset() -> Effect:
    """The connection breaks before any byte."""
    return lambda _, reply: replace(reply, delivery=Delivery.RESET)


def redirected(location: str) -> Effect:
    """Somewhere else, with status 302."""
    return lambda _, __: Reply(b"", HTTPStatus.FOUND, {"location": location})


def web_page(text: str = "<!doctype html><title>Sign in to the network</title>") -> Effect:
    """A web page with status 200, as captive portals send it."""
    return lambda _, __: Reply(text.encode(), HTTPStatus.OK, {"content-type": "text/html"})


def changed(change: Callable[[Any], None]) -> Effect:
    """The true answer after `change`, which works on a copy of its JSON in place."""

    def effect(_: Asked, reply: Reply) -> Reply:
        content = copy.deepcopy(reply.content)
        change(content)
        return replace(reply, content=content)

    return effect


def short() -> Effect:
    """Valid JSON that lacks the last bucket, says that it is complete, and ends with the connection."""

    def shorten(content: Any) -> None:
        content["data"].pop()
        content.update(has_more=False, next_page=None)

    return lambda asked, reply: replace(changed(shorten)(asked, reply), delivery=Delivery.UNTIL_CLOSE)


def looping() -> Effect:
    """There is always more, and always where the first page led to."""
    first: list[str] = []

    def effect(_: Asked, reply: Reply) -> Reply:
        first.append(reply.content["next_page"])
        return replace(reply, content={**reply.content, "has_more": True, "next_page": first[0]})

    return effect


def lost_cursor() -> Effect:
    """There is more, and no cursor to it."""
    return changed(lambda content: content.update(has_more=True, next_page=None))


def empty_page() -> Effect:
    """No rows, and a new cursor to the page that was asked for; needs a request with a cursor."""

    def effect(asked: Asked, reply: Reply) -> Reply:
        content = {**reply.content, "data": [], "has_more": True, "next_page": f"{asked.param('page')}~"}
        return replace(reply, content=content)

    return effect


def added(name: str, value: Any, *, next_to: str) -> Effect:
    """A field `name` in the first object that holds `next_to`."""
    return changed(lambda content: _first(content, next_to).update({name: value}))


def removed(name: str) -> Effect:
    """The first field `name` is not there."""
    return changed(lambda content: _first(content, name).pop(name))


def renamed(name: str, other: str) -> Effect:
    """The first field `name` has another name."""

    def rename(content: Any) -> None:
        holder = _first(content, name)
        holder[other] = holder.pop(name)

    return changed(rename)


def replaced(name: str, value: Any) -> Effect:
    """The first field `name` has another value; a `Literal` goes out without quotes, as NaN or 1e400."""
    return changed(lambda content: _first(content, name).update({name: value}))


def retyped(name: str) -> Effect:
    """The first field `name` is an object that contains its value."""

    def retype(content: Any) -> None:
        holder = _first(content, name)
        holder[name] = {"raw": holder[name]}

    return changed(retype)


def doubled_key(name: str, value: str) -> Effect:
    """The first object with `name` reports it a second time, before the true one, as `value`."""

    def effect(_: Asked, reply: Reply) -> Reply:
        text = encode(reply.content).decode()
        return replace(reply, content=text.replace(f'"{name}":', f'"{name}":{value},"{name}":', 1).encode())

    return effect


def doubled_row(rows: str = "results", **different: Any) -> Effect:
    """The first row of the first list `rows` that has one comes twice, the second time with `different` fields."""

    def double(content: Any) -> None:
        found = next(holder[rows] for holder in _holders(content, rows) if holder[rows])
        found.append({**copy.deepcopy(found[0]), **different})

    return changed(double)


def repeated_bucket() -> Effect:
    """Each page after the first begins with the last bucket of the page before."""
    last: list[Any] = []

    def effect(asked: Asked, reply: Reply) -> Reply:
        rows = reply.content["data"]
        before = last[-1:] if asked.param("page") else []
        last[:] = rows[-1:]
        return replace(reply, content={**reply.content, "data": [*before, *rows]})

    return effect


def future_bucket(days: int) -> Effect:
    """The last bucket with rows comes once more, `days` later."""

    def repeat(content: Any) -> None:
        bucket = copy.deepcopy(next(bucket for bucket in reversed(content["data"]) if bucket["results"]))
        for name in {"start_time", "end_time"} & set(bucket):
            bucket[name] += days * DAY_SECONDS
        for name in {"starting_at", "ending_at"} & set(bucket):
            bucket[name] = f"{datetime.fromisoformat(bucket[name]) + timedelta(days=days):%Y-%m-%dT%H:%M:%SZ}"
        content["data"].append(bucket)

    return changed(repeat)


def not_a_number(name: str, text: str) -> Effect:
    """The first field `name` is `text` without quotes."""
    return replaced(name, Literal(text))


def _first(content: Any, name: str) -> Any:
    return next(_holders(content, name))


def _holders(content: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every object below `content` that holds `name`, outermost and first ones first."""
    if isinstance(content, dict):
        if name in content:
            yield content
        for value in content.values():
            yield from _holders(value, name)
    elif isinstance(content, list):
        for value in content:
            yield from _holders(value, name)
