"""The rules: one file each, found here by name. A rule turns a row into a condition, and knows no past.

A module of this folder defines `RULE`. What was reported before is known to the lifecycle.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from notifications.alerts import Alert, Severity
from notifications.conditions import Condition, Scope
from notifications.lifecycle import Evaluation, Event, Policy, advance
from notifications.notices import worded
from notifications.observations import Observations

ONCE = Policy()
"""Reported once, and again only if it is more severe or has grown."""


@dataclass(frozen=True)
class Threshold:
    """From where on a rule reports: its default, and what the number means."""

    default: Decimal
    meaning: str


@dataclass(frozen=True, kw_only=True)
class RuleOptions:
    """What a user wants of a rule; None is the rule's default.

    `scope`: only what is about one of these, by dimension. `channels`: where its alerts go.
    """

    is_enabled: bool = True
    severity: Severity | None = None
    threshold: Decimal | None = None
    repeat_after: timedelta | None = None
    scope: Scope = field(default_factory=dict)
    channels: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule: what it reads, and what it makes of a row.

    `title` is what it reports, for the documentation. `row` is a dataclass with a field for each column of `query`,
    which is SQL on the published marts; without a query, `pipelines.app.alerting` knows the rows. `condition` gets a
    row and the threshold, 0 without one, and gives what applies, or None. `example` is a row that gives an alert.
    `past`: why the rule's past cannot be known; None: it can be replayed.
    """

    name: str
    title: str
    row: type
    condition: Callable[[Any, Decimal], Condition | None]
    example: Any
    query: str | None = None
    threshold: Threshold | None = None
    policy: Policy = ONCE
    past: str | None = None

    def conditions(self, rows: tuple[Any, ...], options: RuleOptions) -> list[Condition]:
        """What applies according to the rows, as the user wants it."""
        if not options.is_enabled:
            return []
        threshold = options.threshold
        if threshold is None:
            threshold = self.threshold.default if self.threshold else Decimal(0)
        found = (self.condition(row, threshold) for row in rows)
        return [_as_wanted(each, options) for each in found if each is not None and _is_wanted(each, options.scope)]

    def policy_of(self, options: RuleOptions) -> Policy:
        """How its alerts behave, as the user wants it."""
        if options.repeat_after is None:
            return self.policy
        return replace(self.policy, repeat_after=options.repeat_after)


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule of this folder, in order of name.

    Raises:
        ValueError: two modules claim one name.
    """
    found: dict[str, Rule] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        rule: Rule = importlib.import_module(f"{__name__}.{module.name}").RULE
        if rule.name in found:
            raise ValueError(f"two rules are named {rule.name!r}: rename one of them")
        found[rule.name] = rule
    return tuple(found.values())


def conditions(observations: Observations, options: Mapping[str, RuleOptions]) -> list[Condition]:
    """What applies according to all rules that were asked, each as its user wants it."""
    return [
        condition
        for rule in rules()
        for condition in rule.conditions(observations.rows.get(rule.name, ()), options.get(rule.name, RuleOptions()))
    ]


def evaluate(observations: Observations) -> list[Alert]:
    """What all rules say of `observations`, as to a person who was never notified of anything."""
    evaluation = Evaluation(now=observations.as_of, policy=ONCE)
    alerts = []
    for condition in conditions(observations, {}):
        change = advance(None, condition, evaluation)
        if change is not None:
            alerts.append(worded(change.state, condition, Event.OPENED, is_sample=observations.is_sample))
    return alerts


def _is_wanted(condition: Condition, scope: Scope) -> bool:
    """Whether it is about one of the names of each dimension; what has no such dimension is not."""
    return all(set(names) & set(condition.scope.get(dimension, ())) for dimension, names in scope.items())


def _as_wanted(condition: Condition, options: RuleOptions) -> Condition:
    if options.severity is not None:
        condition = replace(condition, severity=options.severity)
    if options.channels is not None and condition.channels is None:
        condition = replace(condition, channels=options.channels)
    return condition
