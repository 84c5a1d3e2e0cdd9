"""What Anthropic's organization endpoints share: address, key, pages of daily buckets, cache writes by duration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from pipelines.domain.meters import TOKEN_METERS
from pipelines.domain.periods import Window, utc_day
from pipelines.domain.records import CACHE_WRITES_FOR, UsageRecord
from pipelines.sources.api.framework.answers import Fields
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import ApiAccount, Asked, KeyKind, Session

BASE_URL = "https://api.anthropic.com"
KEY = KeyKind(
    "an admin key of the organization, which begins with sk-ant-admin01-; a workspace's key (sk-ant-api03-) cannot",
    "https://platform.claude.com/settings/admin-keys",
    ("sk-ant-admin",),
    variable="ANTHROPIC_ADMIN_KEY",
)
DOCS = "https://platform.claude.com/docs/en/manage-claude/usage-cost-api"
ENTERPRISE_PREFIX = "sk-ant-api01-"
"""How an Analytics key of a Claude Enterprise organization begins: the reports of Console organizations refuse it."""
MOST_BUCKETS = 31
ORGANIZATION_SHAPE = {"/v1/organizations/me": Shape(("id",))}
DEFAULT_WORKSPACE = "default"
"""What null means where usage is grouped by workspace."""
CONSOLE = "console"
"""What null means where usage is grouped by key: the Console itself."""

DURATIONS = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
"""The durations of cache writes that have a column."""


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


def with_other_durations(session: Session, record: UsageRecord, written: Fields) -> list[UsageRecord]:
    """The record, and one for the cache writes of each other duration in `written`: no price is known for them."""
    found = [record]
    for name in written.names():
        tokens = None if name in DURATIONS else written.optional_count(name)
        if not tokens:
            continue
        tier = CACHE_WRITES_FOR + name.removeprefix("ephemeral_").removesuffix("_input_tokens")
        counts = {**dict.fromkeys(TOKEN_METERS, 0), "cache_write_other_tokens": tokens}
        nothing = {"is_batch": None, "requests": None, "web_search_requests": None, "extra": None}
        found.append(replace(record, service_tier=tier, **counts, **nothing))  # type: ignore[arg-type]
        finding = f"{tier} have no known price"
        if finding not in session.findings:
            session.findings.append(finding)
    return found
