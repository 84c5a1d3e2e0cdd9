"""What the rules of sources share: a feed of rpt_source_freshness, with the providers whose costs it has.

Belongs here: the row, the query, the condition that it gives and the words. Does not: which feeds are reported, and how
severe that is, which its rules define.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from notifications.alerts import Severity
from notifications.conditions import Condition, Figures
from notifications.lifecycle import Policy
from pipelines.presentation.messages import KEY_REFUSED
from pipelines.presentation.wording import shortened

UNTIL_FIXED = Policy(resolved_after=timedelta(0), repeat_after=timedelta(days=7), reports_end=True)
"""Reported again each week until it is fixed, and once when it is."""
UNKNOWN_PAST = "a build knows how each source was last read, and not how it was read before"
REFUSED_KEY = f"status = 'failed' and coalesce(message, '') like '%{KEY_REFUSED}%'"
"""A condition on rpt_source_freshness: the feed failed because its key is refused."""
LONGEST_MESSAGE = 600


@dataclass(frozen=True, kw_only=True)
class Feed:
    """A feed and how it was last read."""

    source: str
    feed: str
    source_kind: str
    status: str
    message: str
    rejected_lines: int
    row_count: int
    last_success_at: datetime | None
    expected_every_hours: int | None
    providers: tuple[str, ...]


def query_of(which: str) -> str:
    """The feeds for which `which`, a condition on rpt_source_freshness, is true."""
    return f"""
    select
        source,
        feed,
        source_kind,
        status,
        coalesce(message, '') as message,
        coalesce(rejected_lines, 0) as rejected_lines,
        coalesce(row_count, 0) as row_count,
        last_success_at,
        expected_every_hours,
        coalesce((
            select list(distinct costs.provider order by costs.provider)
            from fct_costs as costs
            where costs.source = freshness.source and costs.feed = freshness.feed and costs.provider is not null
        ), []) as providers
    from rpt_source_freshness as freshness
    where {which}
    order by source, feed
    """  # noqa: S608 - conditions of ours


def condition_of(
    feed: Feed,
    rule: str,
    headline: str,
    *,
    severity: Severity = Severity.WARNING,
    level: float = 0,
    figures: Figures = (),
    **facts: Any,
) -> Condition:
    """The condition of a feed, with `figures` after those of every feed; `facts` are what its template words."""
    return Condition(
        rule=rule,
        subject=f"{feed.source} {feed.feed}",
        severity=severity,
        headline=headline,
        level=level,
        figures=(*_figures(feed), *figures),
        facts={"message": message_of(feed), **facts},
        scope=_scope(feed),
    )


def named(feed: Feed) -> str:
    """The feed as people name it."""
    return f"{feed.feed} ({feed.source})"


def _figures(feed: Feed) -> Figures:
    """What is known of a feed."""
    last = "never" if feed.last_success_at is None else f"{feed.last_success_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    return (("Source", feed.source), ("Account or file", feed.feed), ("Last read", last))


def _scope(feed: Feed) -> dict[str, tuple[str, ...]]:
    """Whose costs a feed has."""
    found: dict[str, tuple[str, ...]] = {"source": (feed.source,), "account": (feed.feed,)}
    return {**found, "provider": feed.providers} if feed.providers else found


def message_of(feed: Feed) -> str:
    """The message of the source, no longer than a person reads."""
    return shortened(feed.message, LONGEST_MESSAGE)


def example(**values: object) -> Feed:
    """A feed for the examples of rules."""
    given = {
        "source": "openai_costs",
        "feed": "<acme>",
        "source_kind": "api",
        "status": "failed",
        "message": "the server answered 500 three times",
        "rejected_lines": 0,
        "row_count": 120,
        "last_success_at": datetime(2026, 11, 18, 9, 4, tzinfo=UTC),
        "expected_every_hours": 26,
        "providers": ("openai",),
    }
    return Feed(**{**given, **values})  # type: ignore[arg-type]
