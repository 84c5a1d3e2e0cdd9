"""Where alerts arrive in these tests: a real SMTP server and a real web server, both on loopback."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PASSWORD = "canary-5ab1e0c7"  # noqa: S105 - looked for where it must not be
HANG_SECONDS = 3


@dataclass
class Inbox:
    """What the mail server took, and what it answers to the next messages instead of taking them."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    answers_of: dict[str, list[str]] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The server as an Apprise URL that carries a password, as real ones do."""
        return self.url_for("finance")

    def url_for(self, *names: str) -> str:
        """The same for several people of the company."""
        people = ",".join(f"{name}@northwind.example" for name in names)
        return (
            f"mailto://127.0.0.1:{self.port}?from=costs@northwind.example&to={people}"
            f"&mode=insecure&format=html&reply={PASSWORD}@northwind.example"
        )

    def received(self, name: str) -> list[EmailMessage]:
        """The mails to one of them."""
        return [mail for mail in self.mails if mail["to"] == f"{name}@northwind.example"]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd names it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take a recipient, or answer with what is scripted; `hang` holds the answer back for a while."""
        del server, session, options
        name = address.partition("@")[0]
        self.tried.append(name)
        answers = self.answers_of.get(name)
        if answers:
            answer = answers.pop(0)
            if answer == "hang":
                await asyncio.sleep(HANG_SECONDS)
            else:
                return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd names it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail, or answer with what is scripted."""
        del server, session
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Inbox]:
    """An SMTP server until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    inbox = Inbox(port)
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield inbox
    finally:
        controller.stop()


@dataclass(frozen=True)
class Answer:
    """What the web server answers: a status, headers, a text, after a delay, and dripping byte by byte."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    delay: float = 0
    drip: float = 0


def redirect(status: int) -> Answer:
    """A redirect on the same server."""
    return Answer(status, (("location", "/elsewhere"),))


@dataclass
class Hook:
    """What the web server was sent, and what it answers next (200 unless scripted)."""

    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The server as an Apprise URL whose path is a secret token."""
        return f"json://127.0.0.1:{self.port}/{PASSWORD}"


@contextmanager
def web_server() -> Iterator[Hook]:
    """A web server until the block ends."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = hook.answers.pop(0) if hook.answers else Answer()
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            hook.keys.append(self.headers["idempotency-key"])
            self._answer(answer)

        def do_GET(self) -> None:
            hook.bodies.append({"followed": self.path})
            self._answer(Answer())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

        def _answer(self, answer: Answer) -> None:
            time.sleep(answer.delay)
            with suppress(OSError):  # who asked may have left
                self.send_response(answer.status)
                for name, value in answer.headers:
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                for byte in answer.body:
                    time.sleep(answer.drip)
                    self.wfile.write(bytes([byte]))

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hook.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
