"""Days of an account were not delivered, so that having no cost does not mean having cost nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.feeds import UNTIL_FIXED
from notifications.rules import Rule, Threshold
from pipelines.presentation.formats import full_day
from pipelines.presentation.wording import counted

NAME = "days_missing"
QUERY = """
select
    provider,
    account_name,
    count(distinct missing_date) as missing_days,
    min(missing_date) as first_day,
    max(missing_date) as last_day,
    bool_and(is_late) as is_late
from rpt_missing_days
where cost_kind = 'spend'
group by provider, account_name
order by provider, account_name
"""


@dataclass(frozen=True, kw_only=True)
class MissingDays:
    """An account with days that were not delivered. `is_late`: nothing was delivered after them either."""

    provider: str
    account_name: str
    missing_days: int
    first_day: date
    last_day: date
    is_late: bool


def condition(missing: MissingDays, threshold: Decimal) -> Condition | None:
    """One for each account from `threshold` days on, and again at twice as many."""
    if missing.missing_days < threshold:
        return None
    number = counted(missing.missing_days, "day")
    verb = "is" if missing.missing_days == 1 else "are"
    return Condition(
        rule=NAME,
        subject=f"{missing.provider} {missing.account_name}",
        severity=Severity.WARNING,
        headline=f"{number} of {missing.account_name} ({missing.provider}) {verb} missing",
        level=missing.missing_days,
        figures=(
            ("Days missing", str(missing.missing_days)),
            ("First", full_day(missing.first_day)),
            ("Last", full_day(missing.last_day)),
        ),
        facts={"is_late": missing.is_late, "first_day": missing.first_day.isoformat()},
        scope={"provider": (missing.provider,), "account": (missing.account_name,)},
    )


RULE = Rule(
    name=NAME,
    title="Days of an account were not delivered",
    row=MissingDays,
    query=QUERY,
    condition=condition,
    example=MissingDays(
        provider="openai",
        account_name="<acme>",
        missing_days=3,
        first_day=date(2026, 11, 12),
        last_day=date(2026, 11, 14),
        is_late=False,
    ),
    threshold=Threshold(Decimal(3), "the number of days"),
    policy=UNTIL_FIXED,
    past="a build knows which days are missing now; a day that arrived late is in no build as missing",
)
