"""Anthropic's Claude Code analytics: tokens and estimated cost by person, terminal and model, one day a question.

A second view of what Anthropic's usage and cost reports hold already: shown alongside them, never added. What a
subscription covers is estimated too, and billed to nobody. The wire counts US cents.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pipelines.domain.periods import Window, day_start, utc_day
from pipelines.domain.records import CostBasis, RecordKind, UsageRecord
from pipelines.sources.api.anthropic_organization import (
    BASE_URL,
    KEY,
    ORGANIZATION_SHAPE,
    asked,
    headers,
    organization_id,
)
from pipelines.sources.api.framework.answers import AnswerError, Fields
from pipelines.sources.api.framework.paging import follow
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import Answer, ApiSource, Session
from pipelines.sources.statements import StatementKind

ROWS_PER_PAGE = 1000
CENTS = 100
ACTIVITY = ("core_metrics", "tool_actions", "organization_id")
"""What is about work, not cost."""
REPORT = "/v1/organizations/usage_report/claude_code"
USED = "data[].model_breakdown[]"
ANSWERS = {
    REPORT: Shape(
        required=(
            "has_more",
            "data[].date",
            "data[].actor",
            "data[].customer_type",
            "data[].model_breakdown",
            f"{USED}.model",
            f"{USED}.tokens.input",
            f"{USED}.tokens.output",
            f"{USED}.tokens.cache_read",
            f"{USED}.tokens.cache_creation",
            f"{USED}.estimated_cost.amount",
            f"{USED}.estimated_cost.currency",
        ),
        expected=("data[].terminal_type",),
    )
}
"""The API reference has all of them in every answer."""


def fetch(session: Session, window: Window) -> Answer:
    """Every day of `window`, each asked for alone."""
    records = [record for day in window.days() for record in _day(session, day)]
    return Answer(records, window.days())


def _day(session: Session, day: date) -> Iterator[UsageRecord]:
    def ask(cursor: str | None) -> Fields:
        params: list[tuple[str, str | int]] = [("starting_at", str(day)), ("limit", ROWS_PER_PAGE)]
        if cursor:
            params.append(("page", cursor))
        return session.client.get(REPORT, params)

    for page in follow(ask):
        for row in page.objects("data"):
            if utc_day(row.moment("date")) != day:
                raise AnswerError(f"data[].date is {row.text('date')}, where only {day} was asked for")
            yield from _person(session, day, row)


def _person(session: Session, day: date, row: Fields) -> Iterator[UsageRecord]:
    actor = row.object("actor")
    person = actor.optional_text("email_address") or actor.optional_text("api_key_name")
    if person is None:
        session.lacks("data[].actor.email_address")
    terminal, customer = row.optional_text("terminal_type"), row.optional_text("customer_type")
    row.known("subscription_type", *ACTIVITY)
    breakdown = row.objects("model_breakdown")
    rest = row.extra()
    for used in breakdown:
        tokens, cost = used.object("tokens"), used.object("estimated_cost")
        yield session.record(
            record_kind=RecordKind.USAGE_COST,
            period_start=day_start(day),
            period_end=day_start(day + timedelta(days=1)),
            grain="1d",
            service="claude_code",
            user_id=person,
            model_raw=used.text("model"),
            line_item=" ".join(part for part in (terminal, customer) if part) or None,
            input_uncached_tokens=tokens.count("input"),
            output_tokens=tokens.count("output"),
            cache_read_tokens=tokens.count("cache_read"),
            cache_write_other_tokens=tokens.count("cache_creation"),
            cost_amount=cost.money("amount", per_unit=CENTS),
            currency=cost.currency("currency"),
            cost_basis=CostBasis.PROVIDER_ESTIMATE,
            is_billable=customer != "subscription",
            extra=used.extra() or rest,
        )


SOURCE = ApiSource(
    name="anthropic_claude_code",
    provider="anthropic",
    title="Anthropic's Claude Code analytics",
    fetched="Claude Code analytics",
    docs="https://platform.claude.com/docs/en/manage-claude/claude-code-analytics-api",
    base_url=BASE_URL,
    headers=headers,
    key=KEY,
    answers=ANSWERS | ORGANIZATION_SHAPE,
    asked=asked,
    fetch=fetch,
    identify=organization_id,
    longest_window=31,
    restated_for=3,
    bill="anthropic_costs",
    statement="second view of money that the provider reports",
    statement_kind=StatementKind.SECOND_VIEW,
    precedence=None,
)
