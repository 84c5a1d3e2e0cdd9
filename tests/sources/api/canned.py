"""A provider on loopback that answers from a function, and remembers what it was asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pipelines.domain.records import UsageRecord, from_table
from pipelines.landing import LandingStore
from pipelines.sources.api import api_sources
from pipelines.sources.api.framework.client import Limits
from pipelines.sources.api.framework.extraction import extract
from pipelines.sources.api.framework.source import ApiAccount, ApiSource
from pipelines.sources.outcomes import Outcome

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
KEY = "canary-9f3b2c71d05e"


@dataclass(frozen=True)
class Asked:
    """One request: its method, path, query and JSON body, and its headers by their names in small letters.

    `params` is the query with names that stand more than once.
    """

    method: str
    path: str
    query: dict[str, str]
    body: Any
    headers: dict[str, str]
    params: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Reply:
    """An answer to its last byte; without a `content-length` of its it reports the true one."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[Asked], Any]
"""Gives the JSON of a 200, a pair of a status and JSON, or a `Reply`."""


@dataclass
class Provider:
    """Where it listens, and what it was asked so far."""

    url: str
    asked: list[Asked] = field(default_factory=list)


@contextmanager
def provider(answer: Answering) -> Iterator[Provider]:
    """Serve `answer` until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["content-length"]))))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

        def _answer(self, body: Any) -> None:
            split = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            params = parse_qsl(split.query)
            asked = Asked(self.command, split.path, dict(params), body, headers, params)
            served.asked.append(asked)
            given = answer(asked)
            reply = given if isinstance(given, Reply) else _json(given)
            headers = {"content-type": "application/json", "content-length": str(len(reply.body)), **reply.headers}
            self.send_response_only(reply.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    served = Provider(f"http://127.0.0.1:{server.server_port}")
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _json(given: Any) -> Reply:
    status, value = given if isinstance(given, tuple) else (200, given)
    return Reply(status, json.dumps(value).encode())


def source(name: str) -> ApiSource:
    """The registered source `name`."""
    (found,) = [source for source in api_sources() if source.name == name]
    return found


def land(
    of: ApiSource,
    url: str,
    landing: Path,
    since: date,
    *,
    now: datetime = NOW,
    organization: str = "acme",
    key: str = KEY,
) -> tuple[Outcome, list[UsageRecord]]:
    """Extract everything since a day, and give how it ended and every record in effect."""
    account = ApiAccount("acme", of.provider, key, base_url=url, since=since, organization=organization)
    store = LandingStore(landing)
    outcome = extract(of, account, store, now, limits=Limits(attempts=2, backoff_seconds=0.01))
    return outcome, sorted(from_table(store.read(of.feed(account))), key=lambda record: record.period_start)
