"""The HTTP server under the wires: real sockets on loopback, and every byte under control.

Belongs here: connections, keys, counting of calls, and the ways in which an answer may leave. Does not: formats.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from pipelines.sample.provider.faults import Fault
from pipelines.sample.provider.ledger import Ledger
from pipelines.sample.provider.wire import Asked, Delivery, Question, Reply, Wire
from pipelines.sample.provider.wires import wire_of, wires

HOST = "127.0.0.1"


class ScriptedProvider:
    """All providers that have a wire, on one port, each below its prefix. A context manager.

    A mistake in a wire or a fault is raised on leaving.

    `ledger`, `faults` and `now` may be set again between requests: the truth as it is on another day.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        faults: Iterable[Fault] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        longest_page: int | None = None,
    ) -> None:
        """`now` is the moment at which the provider answers; what the ledger holds beyond it is not reported yet.

        `longest_page` keeps pages short, whatever limit is asked for.
        """
        self.ledger = ledger
        self.faults = list(faults)
        self.now = now
        self.longest_page = longest_page
        self.requests: list[Asked] = []
        self.failures: list[Exception] = []
        self._calls: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._server = _Server(self)
        # A short poll, because closing waits for it.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close_everything()
        self._thread.join()
        if self.failures and error is None:
            raise self.failures[0]

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def base_url(self, provider: str) -> str:
        """What the base_url of an account at `provider` is.

        Raises:
            KeyError: no wire implements it.
        """
        return f"http://{HOST}:{self.port}{wire_of(provider).base_path}"

    def reply(self, asked: Asked, headers: dict[str, str]) -> Reply:
        """The answer to a request, spoiled where the script says so. The request is counted and recorded."""
        with self._lock:
            self.requests.append(asked)
            effects = []
            for fault in self.faults:
                if fault.fits(asked):
                    self._calls[id(fault)] += 1
                    if fault.calls is None or self._calls[id(fault)] in fault.calls:
                        effects.append(fault.effect)
            try:
                reply = self._truth(asked, headers)
                for effect in effects:
                    reply = effect(asked, reply)
            except Exception as error:  # noqa: BLE001 - a mistake in a wire or a script, raised again on leaving
                self.failures.append(error)
                return Reply({"error": {"message": "mistake in the script"}}, HTTPStatus.NOT_IMPLEMENTED)
            return reply

    def _truth(self, asked: Asked, headers: dict[str, str]) -> Reply:
        wire = next((wire for wire in wires() if asked.path.startswith(f"{wire.prefix}/")), None)
        if wire is None:
            return Reply({"error": {"message": "no such provider"}}, HTTPStatus.NOT_FOUND)
        key = wire.key_of(headers)
        mine = [account for account in self.ledger.accounts if account.provider == wire.provider]
        account = next((account for account in mine if key and key == account.key), None)
        if account is None:
            return _refusal(wire, is_ordinary=any(key and key == account.ordinary_key for account in mine))
        path = asked.path.removeprefix(wire.prefix)
        return wire.answer(
            Question(
                method=asked.method,
                path=path,
                params=asked.query,
                headers=headers,
                body=asked.body,
                account=account,
                ledger=self.ledger,
                now=self.now(),
                longest_page=self.longest_page,
            )
        )


def _refusal(wire: Wire, *, is_ordinary: bool) -> Reply:
    return wire.ordinary_key if is_ordinary else wire.unknown_key


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def __init__(self, provider: ScriptedProvider) -> None:
        super().__init__((HOST, 0), _Handler)
        self.provider = provider
        self.closing = threading.Event()
        self._open: set[socket.socket] = set()
        self._broken: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        if request in self._broken:
            # Closed without the polite end that the base class sends first: the other side sees a reset.
            self._broken.discard(request)
            self.close_request(request)
            return
        super().shutdown_request(request)

    def break_off(self, request: socket.socket) -> None:
        """Make the end of this connection a reset."""
        request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._broken.add(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: what is raised here is a reader that gave up, which is not an error of this side."""

    def close_everything(self) -> None:
        self.closing.set()
        self.shutdown()
        for request in list(self._open):
            try:
                request.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        self.server_close()


@dataclass(frozen=True)
class _Bytes:
    head: bytes
    body: bytes


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Nothing: `requests` records what was asked, without keys."""

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length") or 0))
        address = urlsplit(self.path)
        asked = Asked(
            self.command,
            address.path,
            tuple(parse_qsl(address.query, keep_blank_values=True)),
            json.loads(content) if content else None,
        )
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._send(self.server.provider.reply(asked, headers))

    def _send(self, reply: Reply) -> None:
        closing = self.server.closing
        if reply.delay_seconds and closing.wait(reply.delay_seconds):
            return
        if reply.delivery is Delivery.RESET:
            self.server.break_off(self.connection)
            self.close_connection = True
            return
        sent = self._bytes(reply)
        if not reply.seconds_a_byte:
            self.wfile.write(sent.head + sent.body)
            return
        self.wfile.write(sent.head)
        for byte in sent.body:
            self.wfile.write(bytes([byte]))
            if closing.wait(reply.seconds_a_byte):
                self.close_connection = True
                return

    def _bytes(self, reply: Reply) -> _Bytes:
        body = reply.body
        headers = {"content-type": "application/json", "date": self.date_time_string(), **reply.headers}
        match reply.delivery:
            case Delivery.CHUNKED | Delivery.CUT_CHUNK:
                headers["transfer-encoding"] = "chunked"
            case Delivery.UNTIL_CLOSE:
                headers["connection"] = "close"
            case _:
                headers["content-length"] = str(len(body))
        if reply.delivery in {Delivery.CUT, Delivery.CUT_CHUNK, Delivery.UNTIL_CLOSE}:
            self.close_connection = True
        phrase = HTTPStatus(reply.status).phrase if reply.status in set(HTTPStatus) else "Unknown"
        lines = [f"HTTP/1.1 {reply.status} {phrase}", *(f"{name}: {value}" for name, value in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        half = body[: len(body) // 2]
        match reply.delivery:
            case Delivery.CUT:
                return _Bytes(head, half)
            case Delivery.CUT_CHUNK:
                return _Bytes(head, b"%x\r\n%s\r\n" % (len(half), half))
            case Delivery.CHUNKED:
                return _Bytes(head, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
        return _Bytes(head, body)
