"""The public address of the UI: what is taken, how it is understood, and what is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.config import load_settings
from pipelines.errors import ConfigError
from pipelines.front_door.addresses import addresses


def public_url(folder: Path, value: str) -> str:
    (folder / "ai-costs.yaml").write_text(f"serve:\n  public_url: '{value}'\n")
    settings = load_settings(home=folder, config=None, environ={}, cwd=folder)
    return str(settings.configuration.serve.public_url)


@pytest.mark.parametrize(
    ("value", "url", "host", "origin"),
    [
        ("https://costs.example.com", "https://costs.example.com", "costs.example.com", "https://costs.example.com"),
        ("https://Example.com:443/costs/", "https://example.com/costs", "example.com", "https://example.com"),
        ("http://costs.lan:8080/a/b", "http://costs.lan:8080/a/b", "costs.lan:8080", "http://costs.lan:8080"),
        ("http://ü.example", "http://xn--tda.example", "xn--tda.example", "http://xn--tda.example"),
    ],
)
def test_an_address_is_understood_as_browsers_write_it(
    tmp_path: Path, value: str, url: str, host: str, origin: str
) -> None:
    reached = addresses("127.0.0.1", 3000, public_url(tmp_path, value))
    assert (reached.url, reached.is_secure) == (url, url.startswith("https"))
    assert url == f"{origin}{reached.prefix}"
    assert host in reached.hosts
    assert origin in reached.origins


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("costs.example.com", "this should be a valid URL, relative URL without a base"),
        ("/costs", "this should be a valid URL, relative URL without a base"),
        ("ftp://costs.example.com", "URL scheme should be 'http' or 'https'"),
        ("https://me:secret@costs.example.com", "give only the scheme, the host and the path: no user, ? or #"),
        ("https://costs.example.com/?", "give only the scheme, the host and the path: no user, ? or #"),
        ("https://costs.example.com/#a", "give only the scheme, the host and the path: no user, ? or #"),
        (
            "https://costs.example.com//evil.example",
            "the path may have letters, digits and . _ ~ - between single slashes",
        ),
        ("https://costs.example.com/a b", "the path may have letters, digits and . _ ~ - between single slashes"),
    ],
)
def test_what_is_no_address_is_refused_with_its_place(tmp_path: Path, value: str, problem: str) -> None:
    with pytest.raises(ConfigError) as refused:
        public_url(tmp_path, value)
    assert str(refused.value).endswith(f"ai-costs.yaml:2:3: serve.public_url: {problem}")
    assert "secret" not in str(refused.value)
