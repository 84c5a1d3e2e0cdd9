"""What an OpenRouter account calls its keys, by the hash that activity is asked with."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.landing import NameKind
from pipelines.sources.api import openrouter_activity as activity
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.naming import Named, NameSource


def fetch(client: ApiClient) -> Iterator[Named]:
    """Every key, disabled ones included."""
    for page in activity.key_pages(client):
        for row in page:
            if name := row.optional_text("name"):
                yield NameKind.API_KEY, row.text("hash"), name


NAMES = NameSource(
    provider=activity.SOURCE.provider,
    base_url=activity.SOURCE.base_url,
    headers=activity.SOURCE.headers,
    key=activity.SOURCE.key,
    answers={activity.KEYS: activity.ANSWERS[activity.KEYS]},
    fetch=fetch,
)
