"""What Anthropic's organization endpoints share: address, key, pages of daily buckets, names of workspaces and keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.domain.periods import Window, utc_day
from pipelines.errors import SourceError
from pipelines.sources.api.answers import Fields
from pipelines.sources.api.paging import follow
from pipelines.sources.api.shape import Shape
from pipelines.sources.api.source import ApiAccount, Asked, KeyKind, Session

BASE_URL = "https://api.anthropic.com"
KEY = KeyKind(
    "an admin key of the organization, which begins with sk-ant-admin01-; a workspace's key (sk-ant-api03-) cannot",
    "https://platform.claude.com/settings/admin-keys",
    ("sk-ant-admin",),
)
ENTERPRISE_PREFIX = "sk-ant-api01-"
"""How an Analytics key of a Claude Enterprise organization begins: the reports of Console organizations refuse it."""
MOST_BUCKETS = 31
NAMES_PER_PAGE = 1000
WHOSE = {"/v1/organizations/me": Shape(("id",))}
NAMES = {
    "/v1/organizations/workspaces": Shape(("has_more", "data[].id")),
    "/v1/organizations/api_keys": Shape(("has_more", "data[].id")),
    **WHOSE,
}
DEFAULT_WORKSPACE = "default"
"""What null means where usage is grouped by workspace."""
CONSOLE = "console"
"""What null means where usage is grouped by key: the Console itself."""


def headers(key: str) -> Mapping[str, str]:
    """The key as Anthropic wants it."""
    return {"x-api-key": key, "anthropic-version": "2023-06-01"}


def buckets_of(*quantities: str, expected: Sequence[str]) -> Shape:
    """The shape of a page of daily buckets whose results state `quantities`, and the `expected` dimensions.

    The API reference has every one of them in every result; a dimension may be null.
    """
    return Shape(
        ("has_more", "data[].starting_at", "data[].results", *(f"data[].results[].{name}" for name in quantities)),
        expected=tuple(f"data[].results[].{name}" for name in expected),
    )


def asked(account: ApiAccount) -> Asked:
    """Console organizations have this; Claude Enterprise organizations have the analytics alone."""
    return Asked.NEVER if account.key.startswith(ENTERPRISE_PREFIX) else Asked.ALWAYS


def organization_id(session: Session) -> str:
    """The id of the key's organization: `GET /v1/organizations/me` of the Admin API has id, name and type."""
    return session.client.get("/v1/organizations/me").text("id")


def buckets(
    session: Session, path: str, window: Window, group_by: Sequence[str], headers: Mapping[str, str] | None = None
) -> Iterator[tuple[date, list[Fields]]]:
    """(UTC day, its results) of every daily bucket of `window` that the pages hold, asked with `headers`.

    A range without one complete day is refused, so it is asked from some days earlier; what comes back for those
    is left out.
    """
    today = utc_day(session.now)
    start = min(window.start, today - timedelta(days=3))
    fixed: list[tuple[str, str | int]] = [
        ("starting_at", f"{start}T00:00:00Z"),
        *([("ending_at", f"{window.end}T00:00:00Z")] if window.end <= today else []),
        ("bucket_width", "1d"),
        ("limit", MOST_BUCKETS),
        *(("group_by[]", name) for name in group_by),
    ]

    def ask(cursor: str | None) -> Fields:
        return session.client.get(path, [*fixed, *([("page", cursor)] if cursor else [])], headers=headers)

    for page in follow(ask):
        for bucket in page.objects("data"):
            day = utc_day(bucket.moment("starting_at"))
            if window.start <= day:
                yield day, bucket.objects("results")


@dataclass(frozen=True)
class Names:
    """What people call workspaces and keys, by id."""

    workspaces: Mapping[str, str]
    keys: Mapping[str, str]


def names(session: Session) -> Names:
    """The organization's names; those that may not be read are left out, with a note."""
    return session.once("names", lambda: _names(session))  # type: ignore[no-any-return]


def _names(session: Session) -> Names:
    workspaces, keys = {DEFAULT_WORKSPACE: "Default workspace"}, {CONSOLE: "Console"}
    try:
        workspaces |= _listed(session, "/v1/organizations/workspaces", [("include_archived", "true")])
        keys |= _listed(session, "/v1/organizations/api_keys", [])
    except SourceError as error:
        session.notes.append(f"not all names of workspaces and keys could be read, so ids stand for them: {error}")
    return Names(workspaces, keys)


def _listed(session: Session, path: str, params: list[tuple[str, str | int]]) -> dict[str, str]:
    def ask(cursor: str | None) -> Fields:
        after = [("after_id", cursor)] if cursor else []
        return session.client.get(path, [("limit", NAMES_PER_PAGE), *params, *after])

    def after_last(page: Fields) -> str | None:
        return page.optional_text("last_id") if page.flag("has_more") else None

    rows = [row for page in follow(ask, after_last) for row in page.objects("data")]
    return {row.text("id"): row.optional_text("name") or row.text("id") for row in rows}
