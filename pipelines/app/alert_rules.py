"""What the rules of alerts are given: rows of the marts as their dataclasses, and the user's options.

Belongs here: the meeting of rules with a build's tables and with ai-costs.yaml. Does not: what becomes of what they
find (alerting.py).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import duckdb

from notifications.alerts import Severity
from notifications.observations import Observations
from notifications.rules import Rule, RuleOptions, rules
from pipelines.config import Configuration


def observations(
    connection: duckdb.DuckDBPyConnection, configuration: Configuration, only: Collection[str] | None = None
) -> Observations:
    """What the query of each rule, or of `only` these, answers on the tables that `connection` sees."""
    ((as_of, is_sample),) = connection.execute("select as_of, is_sample from rpt_build").fetchall()
    tables = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    asked = [rule for rule in rules() if rule.query is not None and (only is None or rule.name in only)]
    rows = {rule.name: _rows(connection, rule, tables) for rule in asked}
    return Observations(
        rows={name: tuple(_with_budget(row, configuration) for row in found) for name, found in rows.items()},
        as_of=as_of,
        is_sample=is_sample,
    )


def _rows(connection: duckdb.DuckDBPyConnection, rule: Rule, tables: set[str]) -> list[Any]:
    """The rows of a rule; none where the published file, of an earlier version, lacks one of its marts."""
    if rule.query is None or not connection.get_table_names(rule.query) <= tables:
        return []
    cursor = connection.execute(rule.query)
    columns = [column[0] for column in cursor.description]
    found = [dict(zip(columns, map(_value, row), strict=True)) for row in cursor.fetchall()]
    return [rule.row(**values) for values in found]


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _with_budget(row: Any, configuration: Configuration) -> Any:
    """A row about a budget with what the marts do not have of it."""
    names = {field.name for field in fields(row)}
    if not {"budget", "channels", "scopes"} <= names:
        return row
    budgets = {budget.name: budget for budget in configuration.budgets}
    if (budget := budgets.get(row.budget)) is None:
        return row
    scopes = {dimension: tuple(values) for dimension, values in budget.scope.items()}
    return replace(row, channels=budget.channels, scopes=scopes)


def rule_options(configuration: Configuration) -> dict[str, RuleOptions]:
    """What the user wants of each rule."""
    wanted = {rule.name: RuleOptions() for rule in rules()}
    for setting in configuration.alerts.rules:
        wanted[setting.rule] = RuleOptions(
            is_enabled=setting.enabled,
            severity=None if setting.severity is None else Severity(setting.severity),
            threshold=setting.threshold,
            repeat_after=None if setting.repeat_hours is None else timedelta(hours=setting.repeat_hours),
            scope={dimension: tuple(values) for dimension, values in setting.scope.items()},
            channels=setting.channels,
        )
    return wanted
