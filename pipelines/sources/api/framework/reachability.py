"""What the sources of one run have found out about the network, so that each need not wait to find it out again.

Belongs here: which hosts answered, which cannot be reached, and whose certificates are trusted. Does not: asking them
(client.py).
"""

from __future__ import annotations

import ssl
import threading
from functools import cache

import httpx2


class Reachability:
    """Shared by all connections of a run, in any thread. A host that answered once is a host to be patient with."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answered: set[str] = set()
        self._unreachable: dict[str, str] = {}

    def answered(self, host: str) -> None:
        """Something came back from `host`, whatever it was."""
        with self._lock:
            self._answered.add(host)
            self._unreachable.pop(host, None)

    def gave_up(self, host: str, reason: str) -> None:
        """No connection to `host` came about, however often it was tried."""
        with self._lock:
            if host not in self._answered:
                self._unreachable[host] = reason

    def has_answered(self, host: str) -> bool:
        """Whether anything ever came back from `host`."""
        with self._lock:
            return host in self._answered

    def reason_against(self, host: str) -> str | None:
        """Why a request to `host` would fail in this run; None if it may succeed."""
        with self._lock:
            return self._unreachable.get(host)

    @property
    def is_offline(self) -> bool:
        """Whether a host could not be reached, and none was."""
        with self._lock:
            return bool(self._unreachable) and not self._answered


@cache
def certificates() -> ssl.SSLContext:
    """The certificates that this machine trusts: read once, because that takes longer than many a request."""
    return httpx2.create_ssl_context()
