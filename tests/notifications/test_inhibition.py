"""A late source includes the anomalies of its missing data; the total budget those of its parts, if that is wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from notifications.conditions import Condition
from notifications.inhibition import inhibited
from notifications.rules import Rule, RuleOptions
from notifications.rules import anomaly as anomaly_rule
from notifications.rules.budget_threshold import RULE as BUDGETS
from notifications.rules.source_stale import RULE as STALE
from tests.notifications.budgets import budget


def conditions_of(rule: Rule, *rows: object) -> list[Condition]:
    return rule.conditions(rows, RuleOptions())


def test_a_late_source_includes_the_anomalies_that_its_missing_data_makes():
    late = conditions_of(STALE, replace(STALE.example, providers=("openai",)))
    events = [
        replace(anomaly_rule.EXAMPLE, event_id=f"{kind} {provider}", kind=kind, series_kind="provider", series=provider)
        for kind in ("missing_data", "drop", "spike")
        for provider in ("openai", "groq")
    ]
    anomalies = conditions_of(anomaly_rule.RULE, *events)
    found = inhibited([*late, *anomalies])
    assert {each.subject for each in anomalies if each.alert_id in found} == {"missing_data openai", "drop openai"}
    assert inhibited(anomalies) == set()


def test_the_budget_over_everything_includes_its_parts_only_if_that_is_wanted():
    rows = (
        budget("2100"),
        budget("2100", budget="part", scopes={"project": ("atlas",)}),
        budget("1500", budget="less severe", scopes={"project": ("zeus",)}),
        budget("2100", budget="other month", period_start=date(2026, 10, 1), scopes={"project": ("io",)}),
    )
    found = conditions_of(BUDGETS, *rows)
    assert inhibited(found) == set()
    parts = inhibited(found, total_silences_parts=True)
    assert {each.subject for each in found if each.alert_id in parts} == {"part"}
