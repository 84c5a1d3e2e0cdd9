"""What an OpenAI organization calls its projects, archived ones included, and its keys, as long as they are there.

Keys are listed by project, so this takes a request for each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from pipelines.landing import NameKind
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.naming import Named, NameSource
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.openai_organization import BASE_URL, KEY, LIST, PROJECTS, headers

NAMES_PER_PAGE = 100


def fetch(client: ApiClient) -> Iterator[Named]:
    """Every project, and then the keys of each."""
    projects = list(_listed(client, PROJECTS, [("include_archived", "true")]))
    for project in projects:
        yield from _named(NameKind.PROJECT, project)
    for project in projects:
        for key in _listed(client, f"{PROJECTS}/{quote(project.text('id'), safe='')}/api_keys", []):
            yield from _named(NameKind.API_KEY, key)


def _named(kind: NameKind, row: Fields) -> Iterator[Named]:
    if name := row.optional_text("name"):
        yield kind, row.text("id"), name


def _listed(client: ApiClient, path: str, params: list[tuple[str, str | int]]) -> Iterator[Fields]:
    def ask(cursor: str | None) -> Fields:
        after = [("after", cursor)] if cursor else []
        return client.get(path, [("limit", NAMES_PER_PAGE), *params, *after])

    def after_last(page: Fields) -> str | None:
        rows = page.objects("data")
        return rows[-1].text("id") if page.flag("has_more") and rows else None

    for page in follow(ask, after_last):
        yield from page.objects("data")


NAMES = NameSource(
    provider="openai",
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers={PROJECTS: LIST, f"{PROJECTS}/*/api_keys": LIST},
    fetch=fetch,
)
