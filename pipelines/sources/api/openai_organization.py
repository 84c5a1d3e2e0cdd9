"""What OpenAI's organization endpoints share: address, key and pages of daily buckets.

Proven against the documented shape and a recording of a month of one organization's answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.client import RefusedError
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import KeyKind, Session

BASE_URL = "https://api.openai.com/v1"
KEY = KeyKind(
    "an admin key, which begins with sk-admin-; a project key cannot read usage",
    "https://platform.openai.com/settings/organization/admin-keys, with the scope api.usage.read",
    ("sk-admin-",),
    variable="OPENAI_ADMIN_KEY",
)
DOCS = "https://platform.openai.com/docs/api-reference/usage"
PROVEN = "the documented shape, a recorded month"
PROJECTS = "/organization/projects"
LIST = Shape(("has_more", "data[].id"))
ORGANIZATION_SHAPE = {PROJECTS: LIST}


def buckets_of(*quantities: str, expected: Sequence[str]) -> Shape:
    """The shape of a page of daily buckets whose results state `quantities`, and the `expected` dimensions.

    The OpenAPI description requires the quantities; dimensions that were grouped by are reported, or null.
    """
    return Shape(
        ("has_more", "data[].start_time", "data[].results", *(f"data[].results[].{name}" for name in quantities)),
        expected=tuple(f"data[].results[].{name}" for name in expected),
    )


def headers(key: str) -> Mapping[str, str]:
    """The key as OpenAI wants it."""
    return {"authorization": f"Bearer {key}"}


def organization(session: Session) -> str | None:
    """The key's organization, which OpenAI names in the header `openai-organization` of its answers.

    A gateway may leave the header out; the ids of projects and keys in the figures then say whose they are.
    """
    session.client.get(PROJECTS, [("limit", 1)])
    return session.client.headers.get("openai-organization") or None


def buckets(
    session: Session, path: str, window: Window, *, group_by: Sequence[str], per_page: int
) -> Iterator[tuple[date, list[Fields]]]:
    """(UTC day, its results) of every daily bucket that the pages hold; an idle day's results are empty."""
    fixed: list[tuple[str, str | int]] = [
        ("start_time", int(day_start(window.start).timestamp())),
        ("end_time", int(day_start(window.end).timestamp())),
        ("bucket_width", "1d"),
        ("limit", per_page),
        *(("group_by[]", name) for name in group_by),
    ]

    def ask(cursor: str | None) -> Fields:
        return session.client.get(path, [*fixed, *([("page", cursor)] if cursor else [])])

    for page in follow(ask):
        for bucket in page.objects("data"):
            day = utc_day(bucket.unix_moment("start_time"))
            if window.start <= day:
                yield day, bucket.objects("results")


def when_there(
    session: Session, service: str, ask: Callable[[], list[tuple[date, list[Fields]]]]
) -> list[tuple[date, list[Fields]]] | None:
    """What `ask` gives; None where the provider does not have the endpoint of `service`, and never had.

    Raises:
        SourceError: the endpoint is not there, and figures of it have landed: without it, days would become smaller.
    """
    try:
        return ask()
    except RefusedError as error:
        if error.status == 404 and service not in session.landed("service"):  # noqa: PLR2004 - not found
            return None
        raise
