"""The section `alerts` of ai-costs.yaml: which rules are wanted, from where on, and for whom.

Belongs here: these settings. Does not: what the rules are (`notifications/rules`), or where alerts go (channels.py).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from pipelines.config.channels import ScopeDimension
from pipelines.config.section import Amount, Label, Section


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class AlertRuleSetting(Section):
    """What is wanted of one rule; what is left out is as the rule has it."""

    rule: Label = Field(description="The rule, by its name in the list of docs/configuration.md.")
    enabled: bool = Field(default=True, description="false: the rule reports nothing.")
    severity: Literal["info", "warning", "critical"] | None = Field(
        default=None, description="The severity of all its alerts; left out: as the rule judges each."
    )
    threshold: Amount | None = Field(
        default=None, ge=0, description="From where on it reports, as the list of rules explains for each."
    )
    repeat_hours: int | None = Field(
        default=None, gt=0, description="After how many hours an alert that is open is reported again."
    )
    scope: dict[ScopeDimension, Annotated[list[str], BeforeValidator(_as_list)]] = Field(
        default_factory=dict,
        description="Only what is about one of these values of each dimension; {} is everything.",
    )
    channels: Annotated[tuple[str, ...] | None, BeforeValidator(_as_list)] = Field(
        default=None, description="Names of channels; left out: every channel."
    )


class AlertSettings(Section):
    """Which alerts are wanted."""

    total_budget_silences_parts: bool = Field(
        default=False,
        description="While a budget over everything has an alert, those of other budgets with the same period and "
        "severity are not reported.",
    )
    rules: tuple[AlertRuleSetting, ...] = ()
