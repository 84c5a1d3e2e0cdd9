"""What the two reports of Anthropic's Usage and Cost Analytics API share: who may ask, pages of rows by day, actors.

It serves Console organizations, with an admin key, and Claude Enterprise organizations, with an Analytics key, which
the older reports refuse (API reference "Beta, Organization, Analytics"; Anthropic's client 2.12). Of an Enterprise
plan with seats it contains what is used beyond them. Ranges span 31 days at most, within the last 365 and from 2026
on. A row is one combination of at most five dimensions in one day; its last figures come 30 days after the use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.sources.api.anthropic_organization import ENTERPRISE_PREFIX
from pipelines.sources.api.anthropic_organization import headers as organization_headers
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import ApiAccount, Asked, KeyKind, Session

KEY = KeyKind(
    "an admin key of a Console organization, which begins with sk-ant-admin01-, or an Analytics key of a Claude "
    "Enterprise organization with the scope read:analytics, which begins with sk-ant-api01-",
    "https://platform.claude.com/settings/admin-keys, or claude.ai, Organization settings, API",
    ("sk-ant-admin", ENTERPRISE_PREFIX),
    variable="ANTHROPIC_ADMIN_KEY",
)
DOCS = "https://platform.claude.com/docs/en/manage-claude/usage-cost-analytics-api"
BEGINS = date(2026, 1, 1)
HISTORY = 365
LONGEST_RANGE = 31
FINAL_AFTER = 30
ROWS_PER_PAGE = 1000
OF_CONSOLE = ("actor", "api_key_id", "workspace_id", "model", "speed")
OF_ENTERPRISE = ("actor", "product", "context_window", "model", "speed")
"""The five dimensions that are asked for: an Enterprise organization has neither keys nor workspaces."""


def page_of(figures: Sequence[str], nullable: Sequence[str] = ()) -> Shape:
    """The shape of a page whose rows state `figures`, as every row of the reference does."""
    rows = ("starting_at", "ending_at", "group", *figures)
    return Shape(
        ("has_more", "data", *(f"data[].{path}" for path in rows)),
        nullable=("next_page", *(f"data[].{path}" for path in nullable)),
    )


def headers(key: str) -> Mapping[str, str]:
    """The key as Anthropic wants it, with the beta that these reports are."""
    return {**organization_headers(key), "anthropic-beta": "analytics-usage-cost-2026-08-24"}


def asked(account: ApiAccount) -> Asked:
    """An Enterprise organization has no other report; a Console organization may not have this one."""
    if account.key.startswith(ENTERPRISE_PREFIX):
        return Asked.ALWAYS
    return Asked.WHERE_THERE if account.key.startswith(KEY.prefixes) else Asked.NEVER


@dataclass(frozen=True)
class Row:
    """One row of a report: its day, its fields, and the columns of a record that its group decides.

    `row_ordinal` counts rows of one day with the same group: each identity that the provider does not name is a row of
    its own.
    """

    day: date
    fields: Fields
    dimensions: Mapping[str, Any]


def rows(session: Session, report: str, window: Window, fan_out: tuple[str, ...] = ()) -> Iterator[Row]:
    """Every row of `window` by day, actor and what else is asked for; `fan_out` splits rows further."""
    is_enterprise = session.account.key.startswith(ENTERPRISE_PREFIX)
    dimensions = (*(OF_ENTERPRISE if is_enterprise else OF_CONSOLE), *fan_out)
    end = min(day_start(window.end), session.now)
    fixed: list[tuple[str, str | int]] = [
        ("starting_at", f"{window.start}T00:00:00Z"),
        ("ending_at", f"{end:%Y-%m-%dT%H:%M:%SZ}"),
        ("time_bucket_width", "1d"),
        ("order_by", "time"),
        ("order", "asc"),
        ("limit", ROWS_PER_PAGE),
        *(("group_by[]", name) for name in dimensions),
    ]

    def ask(cursor: str | None) -> Fields:
        return session.client.get(report, [*fixed, *([("page", cursor)] if cursor else [])])

    seen: Counter[tuple[object, ...]] = Counter()
    for page in follow(ask):
        for row in page.objects("data"):
            day, group = _day(row), row.object("group")
            for name in dimensions:
                if not group.states(name):
                    session.lacks(f"data[].group.{name}")
            columns = _columns(session, group)
            identity = (day, *columns.values())
            seen[identity] += 1
            yield Row(day, row, {**columns, "row_ordinal": seen[identity] - 1})


def covered(window: Window, found: list[Row], session: Session) -> set[date]:
    """The days that are answered for; the one under way only where it has rows."""
    today = utc_day(session.now)
    return {day for day in window.days() if day < today} | {row.day for row in found}


def _day(row: Fields) -> date:
    start, end = row.moment("starting_at"), row.moment("ending_at")
    day = utc_day(start)
    if start != day_start(day) or not start < end <= start + timedelta(days=1):
        raise AnswerError(f"a row is of {start:%Y-%m-%dT%H:%MZ} to {end:%Y-%m-%dT%H:%MZ}, where days were asked for")
    return day


def _columns(session: Session, group: Fields) -> dict[str, str | None]:
    person, key = _actor(session, group)
    return {
        "project": group.optional_text("workspace_id"),
        "api_key_id": group.optional_text("api_key_id") or key,
        "user_id": person,
        "service": group.optional_text("product"),
        "model_raw": group.optional_text("model"),
        "speed": group.optional_text("speed"),
        "context_window": group.optional_text("context_window"),
        "meter": group.optional_text("token_type"),
        "line_item": group.optional_text("cost_type"),
    }


def _actor(session: Session, group: Fields) -> tuple[str | None, str | None]:
    """(The person or service account, the key) that the use is attributed to; one of them or none."""
    actor = group.optional_object("actor")
    if actor is None:
        return None, None
    kind = actor.text("type")
    if kind == "api_actor":
        return None, actor.text("api_key_id")
    if kind == "user_actor":
        if not actor.states("email_address"):
            session.lacks("data[].group.actor.email_address")
        return actor.optional_text("email_address") or actor.text("user_id"), None
    if kind == "service_account_actor":
        return actor.text("service_account_id"), None
    # A caller whom another provider vouched for, or a kind of identity that is newer than this version.
    return actor.optional_text("subject") or kind, None
