"""Where alerts arrive in these tests: a real SMTP server and a real web server, both on loopback."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

PASSWORD = "canary-5ab1e0c7"  # noqa: S105 - looked for where it must not be


@dataclass
class Inbox:
    """What the mail server took, and what it answers to the next messages instead of taking them."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The server as an Apprise URL that carries a password, as real ones do."""
        return (
            f"mailto://127.0.0.1:{self.port}?from=costs@northwind.example&to=finance@northwind.example"
            f"&mode=insecure&format=html&reply={PASSWORD}@northwind.example"
        )

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


@dataclass
class Hook:
    """What the web server was sent, and what it answers next (200 unless scripted)."""

    port: int = 0
    bodies: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, str]] = field(default_factory=list)

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
            hook.bodies.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self._answer()

        def do_GET(self) -> None:
            hook.bodies.append({"followed": self.path})
            self._answer()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

        def _answer(self) -> None:
            status, location = hook.answers.pop(0) if hook.answers else (200, "")
            self.send_response(status)
            if location:
                self.send_header("location", location)
            self.send_header("content-length", "0")
            self.end_headers()

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
