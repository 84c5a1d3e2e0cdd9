"""The addresses that lead to the UI: what a request's Host and Origin may be, and what a person opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
EVERY_INTERFACE = {"0.0.0.0", "::"}  # noqa: S104 - compared with, not listened on
DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Addresses:
    """What the headers of a request to this server may say, in lower case, and the `url` (no slash at its end) to open.

    `port` is the one that is listened on.
    """

    url: str
    port: int
    hosts: frozenset[str]
    origins: frozenset[str]

    @property
    def prefix(self) -> str:
        """The path that everything is below: empty, or as in /costs."""
        return urlsplit(self.url).path

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach it by TLS."""
        return self.url.startswith("https:")


def addresses(host: str, port: int, public_url: str | None) -> Addresses:
    """The addresses of a server that listens on `host` and `port`, and that others reach by `public_url`, if by any.

    X-Forwarded headers are not needed, and not trusted: `public_url` has what a reverse proxy would put in them.
    """
    listening = f"[{host}]" if ":" in host else host.lower()
    names = LOCAL_NAMES if host in EVERY_INTERFACE else dict.fromkeys([listening, *LOCAL_NAMES])
    urls = [f"http://{name}:{port}" for name in names]
    if public_url is not None:
        urls.insert(0, public_url.rstrip("/"))
    return Addresses(
        url=urls[0],
        port=port,
        hosts=frozenset(host for url in urls for _, host in _spellings(url)),
        origins=frozenset(f"{scheme}://{host}" for url in urls for scheme, host in _spellings(url)),
    )


def _spellings(url: str) -> Iterator[tuple[str, str]]:
    """(scheme, host) as headers may have them: a scheme's default port is there or not."""
    parts = urlsplit(url)
    name = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    yield parts.scheme, f"{name}:{port}"
    if port == DEFAULT_PORTS[parts.scheme]:
        yield parts.scheme, name
