"""What an Anthropic organization calls its workspaces and keys; archived workspaces have a name too."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.landing import NameKind
from pipelines.sources.api.anthropic_organization import BASE_URL, CONSOLE, DEFAULT_WORKSPACE, KEY, headers
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.naming import Named, NameSource
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.framework.shape import Shape

NAMES_PER_PAGE = 1000
WORKSPACES, KEYS = "/v1/organizations/workspaces", "/v1/organizations/api_keys"
LIST = Shape(("has_more", "data[].id"))


def fetch(client: ApiClient) -> Iterator[Named]:
    """Every workspace and every key."""
    yield from _listed(client, NameKind.PROJECT, WORKSPACES, [("include_archived", "true")])
    yield from _listed(client, NameKind.API_KEY, KEYS, [])


def _listed(client: ApiClient, kind: NameKind, path: str, params: list[tuple[str, str | int]]) -> Iterator[Named]:
    def ask(cursor: str | None) -> Fields:
        after = [("after_id", cursor)] if cursor else []
        return client.get(path, [("limit", NAMES_PER_PAGE), *params, *after])

    def after_last(page: Fields) -> str | None:
        return page.optional_text("last_id") if page.flag("has_more") else None

    for page in follow(ask, after_last):
        for row in page.objects("data"):
            if name := row.optional_text("name"):
                yield kind, row.text("id"), name


NAMES = NameSource(
    provider="anthropic",
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers={WORKSPACES: LIST, KEYS: LIST},
    fetch=fetch,
    constant=(
        (NameKind.PROJECT, DEFAULT_WORKSPACE, "Default workspace"),
        (NameKind.API_KEY, CONSOLE, "Console"),
    ),
)
