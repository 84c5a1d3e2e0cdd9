"""Faults 1 to 7: refusals, busy providers, and connections that do not come about."""

from __future__ import annotations

import errno
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipelines.presentation.messages import ASKED_AGAIN, KEY_REFUSED, UNCHANGED
from pipelines.sample.provider import Fault
from pipelines.sample.provider.faults import status
from pipelines.sources.outcomes import Status
from tests.faults.figures import COSTS, KEY, ORDINARY_KEY, QUICK, SOURCE, Reader

ADVICE = SOURCE.key.advice
AGAIN = ASKED_AGAIN


def test_01_a_key_that_nobody_has(reader: Reader):
    outcome = reader.read(key="sk-admin-unknown")
    assert outcome.status is Status.FAILED
    refused = f"127.0.0.1 {KEY_REFUSED} (401): Incorrect API key provided. {ADVICE}"
    assert outcome.message == f"{refused}; put it into .env as OPENAI_ADMIN_KEY"
    assert reader.asked() == 1
    assert reader.days() == []


def test_02_a_key_that_may_not_read_figures(reader: Reader):
    assert reader.read().status is Status.OK
    outcome = reader.read(key=ORDINARY_KEY, hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        f"127.0.0.1 {KEY_REFUSED} (403): You have insufficient permissions for this operation. Missing scopes: "
        f"api.usage.read. {ADVICE}; put it into .env as OPENAI_ADMIN_KEY. {UNCHANGED} 2026-11-23"
    )
    assert ORDINARY_KEY not in outcome.message
    assert reader.is_true()


def test_03_an_endpoint_or_organization_that_is_not_there(reader: Reader):
    reader.provider.faults = [Fault(COSTS, status(404))]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        "127.0.0.1 has nothing at /openai/v1/organization/costs (404): Not Found; "
        "check base_url, organization and what the key may see"
    )
    assert reader.asked() == 1
    assert reader.days() == []


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_04_too_many_requests_with_a_time_to_wait(reader: Reader, form: str):
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    reader.provider.faults = [Fault(COSTS, status(429, retry_after="1" if form == "seconds" else later), calls=(2,))]
    started = time.monotonic()
    assert reader.read().status is Status.OK
    waited = time.monotonic() - started
    assert waited >= (1 if form == "seconds" else 0.5), "the header was honoured"
    assert reader.is_true()
    assert reader.asked() == 4


def test_04_a_wait_beyond_the_limit_is_left_to_the_next_run(reader: Reader):
    reader.provider.faults = [Fault(COSTS, status(429, retry_after="3600"), calls=(3,))]
    outcome = reader.read()
    assert outcome.status is Status.FAILED
    assert outcome.message == f"127.0.0.1 answered 429: Too Many Requests (tried once); {AGAIN}"
    assert reader.days() == [], "two of three pages are no day"
    assert reader.read(hours_later=1).status is Status.OK
    assert reader.is_true()


def test_05_too_many_requests_without_a_time(reader: Reader):
    reader.provider.faults = [Fault(COSTS, status(429), calls=range(2, 6))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    reader.provider.faults = [Fault(COSTS, status(429))]
    outcome = reader.read(hours_later=1)
    assert outcome.message == (
        f"127.0.0.1 answered 429: Too Many Requests (tried 6 times); {AGAIN}. {UNCHANGED} 2026-11-23"
    )
    assert reader.is_true()


@pytest.mark.parametrize("code", [500, 502, 503, 504, 529])
def test_06_the_provider_is_down(reader: Reader, code: int):
    reader.provider.faults = [Fault(COSTS, status(code, message="overloaded"), calls=(1, 3, 4))]
    assert reader.read().status is Status.OK
    assert reader.is_true()
    reader.provider.faults = [Fault(COSTS, status(code, message="overloaded"))]
    outcome = reader.read(hours_later=1)
    assert outcome.status is Status.FAILED
    assert outcome.message == (
        f"127.0.0.1 answered {code}: overloaded (tried 6 times); {AGAIN}. {UNCHANGED} 2026-11-23"
    )
    assert reader.is_true()


def test_07_nobody_listens(reader: Reader):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    outcome = reader.read(base_url=f"http://127.0.0.1:{port}/v1")
    refused = f"[Errno {errno.ECONNREFUSED}] Connection refused"
    assert outcome.message == f"127.0.0.1 could not be read: {refused} (tried 6 times); {AGAIN}"


def test_07_a_host_that_has_no_address(reader: Reader):
    outcome = reader.read(base_url="http://provider.invalid/v1", limits=replace(QUICK, attempts=2))
    assert outcome.message is not None
    assert outcome.message.startswith("provider.invalid could not be read: [Errno ")
    assert outcome.message.endswith(f" (tried 2 times); {AGAIN}")


def test_07_a_certificate_that_is_not_to_be_trusted(reader: Reader, tmp_path: Path):
    with https_server(tmp_path) as (port, connections):
        outcome = reader.read(base_url=f"https://localhost:{port}/v1")
    assert outcome.status is Status.FAILED
    assert outcome.message is not None
    assert outcome.message.startswith("the certificate of localhost is not to be trusted (")
    assert outcome.message.endswith("): check base_url and the clock; the check is never turned off")
    assert connections == [], "no request came through"
    assert KEY not in outcome.message


@contextmanager
def https_server(folder: Path) -> Iterator[tuple[int, list[str]]]:
    """(port, paths asked for) of a server with a certificate that it signed itself."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost"]
    subprocess.run(["openssl", "req", *made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)

    class Server(HTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """The reader broke off the handshake, as it should."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server.server_address[1], asked
        server.shutdown()
        thread.join()
