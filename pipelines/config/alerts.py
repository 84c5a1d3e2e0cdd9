"""The section `alerts` of ai-costs.yaml: which rules and digests are wanted, from where on, and for whom.

Belongs here: these settings. Does not: what the rules are (`notifications/rules`), or where alerts go (channels.py).
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, field_validator, model_validator

from pipelines.config.channels import ScopeDimension, TimeOfDay
from pipelines.config.section import Amount, Label, Section, TimeZone

DAYS_OF_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIRST_DAYS = {"week": "monday", "month": 2}
"""When a digest is sent, unless the settings say so: bills of a month's last day arrive on the first of the next."""
LAST_DAY = 28


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


class DigestSetting(Section):
    """A message about each week or month: spend, change, forecast, budgets and open alerts."""

    every: Literal["week", "month"] = Field(description="The period that it is about.")
    enabled: bool = Field(default=True, description="false: it is not sent.")
    day: str | int = Field(
        default="",
        description="The day on which it is sent: of a week its name, of a month a number up to 28. A weekly one is "
        "about the seven days before, a monthly one about the month before. Left out: monday, or 2.",
    )
    at: TimeOfDay = Field(default=time(8), description="From which time of day on it is sent, such as 08:00.")
    timezone: TimeZone | None = Field(default=None, description="Whose clock it is; left out: `timezone` of the file.")
    channels: Annotated[tuple[str, ...] | None, BeforeValidator(_as_list)] = Field(
        default=None, description="Names of channels; left out: every channel whose routes take it."
    )

    @model_validator(mode="before")
    @classmethod
    def _has_a_day(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("every") in FIRST_DAYS:
            return {"day": FIRST_DAYS[values["every"]], **values}
        return values

    @model_validator(mode="after")
    def _is_a_day_of_its_period(self) -> DigestSetting:
        if self.every == "week" and self.day not in DAYS_OF_WEEK:
            raise ValueError(f"a digest of the week is sent on one of {', '.join(DAYS_OF_WEEK)}")
        if self.every == "month" and not (isinstance(self.day, int) and 1 <= self.day <= LAST_DAY):
            raise ValueError(f"a digest of the month is sent on a day from 1 to {LAST_DAY}, which every month has")
        if self.at.tzinfo is not None:
            raise ValueError("write the time as 08:00, and its zone as timezone")
        return self


class AlertSettings(Section):
    """Which alerts are wanted."""

    total_budget_silences_parts: bool = Field(
        default=False,
        description="While a budget over everything has an alert, those of other budgets with the same period and "
        "severity are not reported.",
    )
    rules: tuple[AlertRuleSetting, ...] = ()
    digests: tuple[DigestSetting, ...] = ()
    report_url: str | None = Field(
        default=None,
        description="The https address at which people of yours open the report; every message links to it. Left out: "
        "messages name the command that makes it.",
    )

    @field_validator("report_url")
    @classmethod
    def _is_a_link(cls, url: str | None) -> str | None:
        if url is not None:
            parts = urlsplit(url)
            if (
                parts.scheme != "https"
                or not parts.hostname
                or parts.password is not None
                or url != "".join(url.split())
            ):
                raise ValueError("give an https address without a password, such as https://costs.example.com")
        return url
