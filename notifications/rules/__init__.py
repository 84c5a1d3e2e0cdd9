"""The rules: one file each, found here by name. A rule turns observations into alerts, and knows no past.

A module of this folder states `RULE`. What was alerted before is the outbox's to know.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from notifications.alerts import Alert
from notifications.observations import Observations


@dataclass(frozen=True)
class Rule:
    """A rule: its name, and what it makes of what was observed.

    `example` is something to observe that gives an alert, from which tests show how it is worded. `query` is SQL on the
    published marts; its rows are in `Observations.rows` under the rule's name.
    """

    name: str
    evaluate: Callable[[Observations], list[Alert]]
    example: Observations
    query: str | None = None


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


def evaluate(observations: Observations) -> list[Alert]:
    """What all rules say to `observations`."""
    return [alert for rule in rules() for alert in rule.evaluate(observations)]
