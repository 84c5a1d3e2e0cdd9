"""A stand-in for the ECB: its history as it publishes it, served on loopback."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.sources.api.canned import Provider, Reply, provider

HEADER = "Date,USD,JPY,GBP,CYP,"
FRIDAY = "2026-04-24,1.1700,185.26,0.8700,N/A,"
THURSDAY = "2026-04-23,1.1600,184.00,0.8650,,"


def history(*lines: str) -> bytes:
    """The CSV, newest day first."""
    return "\n".join([HEADER, *lines, ""]).encode()


def archive(content: bytes, name: str = "eurofxref-hist.csv") -> bytes:
    """A zip with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr(name, content)
    return buffer.getvalue()


@contextmanager
def publishing(*replies: Reply | bytes) -> Iterator[Provider]:
    """A server that gives these one after the other, the last one for good; bytes are a CSV."""
    left = [Reply(body=archive(reply)) if isinstance(reply, bytes) else reply for reply in replies]
    with provider(lambda _: left.pop(0) if len(left) > 1 else left[0]) as server:
        yield server
