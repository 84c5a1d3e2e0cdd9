"""Which alerts are not reported because another one includes them.

Belongs here: one alert that includes others. Does not: many at once, which become a digest (digests.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from notifications.conditions import Condition

LATE_SOURCES = frozenset({"source_failing", "key_invalid", "source_stale"})
"""Rules about a source whose data is late."""
BUDGETS = frozenset({"budget_threshold", "budget_forecast"})
EVERYBODYS = {"budget"}
"""The dimensions that the alert of a budget over everything has."""


def inhibited(conditions: Sequence[Condition], *, total_silences_parts: bool = False) -> set[str]:
    """The ids of alerts that another one includes.

    A late source includes the anomalies that are made of its missing data. The budget over everything includes those of
    its parts, if its user wants that.
    """
    late = {
        provider
        for condition in conditions
        if condition.rule in LATE_SOURCES
        for provider in condition.scope.get("provider", ())
    }
    found = {
        condition.alert_id
        for condition in conditions
        if condition.facts.get("is_of_missing_data") and late & set(condition.scope.get("provider", ()))
    }
    if total_silences_parts:
        found |= _parts(conditions)
    return found


def _parts(conditions: Sequence[Condition]) -> set[str]:
    """The budgets of parts for whose period the budget over everything has an alert that is as severe."""
    budgets = [condition for condition in conditions if condition.rule in BUDGETS]
    totals = [condition for condition in budgets if condition.scope.keys() == EVERYBODYS]
    return {
        part.alert_id
        for part in budgets
        if part.scope.keys() != EVERYBODYS
        and any(
            (total.rule, total.period, total.severity) == (part.rule, part.period, part.severity) for total in totals
        )
    }
