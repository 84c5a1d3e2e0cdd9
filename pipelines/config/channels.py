"""The sections `channels` and `delivery` of ai-costs.yaml: where alerts go, which, when and how many.

Belongs here: these settings. Does not: sending (`notifications`). URLs are secrets: only variables are named here.
"""

from __future__ import annotations

from datetime import time
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipelines.config.section import Label, Section, TimeZone, VariableName

ScopeDimension = Literal["provider", "account", "model", "project", "cost_center", "tag", "source_kind"]


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _time_of_day(value: Any) -> Any:
    # YAML reads 22:00 without quotes as the number 1320.
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return time(value // 60, value % 60)
    return value


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]


class QuietHoursSetting(Section):
    """When a channel gets only critical alerts; the others arrive together afterwards."""

    start: TimeOfDay = Field(description="The time of day from which on it is quiet, such as 22:00.")
    end: TimeOfDay = Field(description="The time of day at which it ends; before the start: on the next day.")
    timezone: TimeZone | None = Field(default=None, description="Whose clock it is; left out: `timezone` of the file.")

    @model_validator(mode="after")
    def _has_a_length(self) -> QuietHoursSetting:
        if self.start == self.end:
            raise ValueError("quiet_hours: start and end are the same; leave quiet_hours out for none")
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError("quiet_hours: write times as 22:00, and their zone as timezone")
        return self


class RouteSetting(Section):
    """Which alerts go to a channel; all that is set must apply."""

    rules: Annotated[tuple[Label, ...], BeforeValidator(_as_list)] = Field(
        default=(), description="Rules by name, such as budget_threshold; left out: all."
    )
    severity: Literal["info", "warning", "critical"] = Field(
        default="info", description="The least severity that goes there."
    )
    scope: dict[ScopeDimension, Annotated[list[str], BeforeValidator(_as_list)]] = Field(
        default_factory=dict, description="Only alerts about these values and no others; {} is everything."
    )


class ChannelSetting(Section):
    """Where alerts go: any Apprise URL."""

    name: Label = Field(description="A unique label.")
    url: VariableName = Field(description="The NAME of the environment variable with the Apprise URL.")
    routes: tuple[RouteSetting, ...] = Field(
        default=(), description="Which alerts go there: those of any of these routes; left out: every alert."
    )
    per_hour: int | None = Field(
        default=None,
        gt=0,
        description="The most messages to each recipient in an hour; what is beyond goes out as one digest. Left out: "
        "10 by mail, 20 elsewhere.",
    )
    per_day: int | None = Field(
        default=None,
        gt=0,
        description="The most messages to each recipient in 24 hours. Left out: 50 by mail, 100 elsewhere.",
    )
    quiet_hours: QuietHoursSetting | None = Field(
        default=None, description="When it gets only critical alerts; left out: never."
    )
    attach_report: bool = Field(
        default=False,
        description="Whether mails with a digest of `alerts.digests` have the report attached, up to 10 MB.",
    )
    private_network: bool = Field(
        default=False,
        description="Whether its server may be in a private network or on this computer. Mail servers always may.",
    )


class DeliverySettings(Section):
    """Where alerts are stored until they have arrived, and who watches that runs happen at all."""

    database: VariableName | None = Field(
        default=None,
        description="The NAME of the environment variable with the URL of a PostgreSQL database, for alerts that "
        "several computers send; needs the extra `postgresql`. Left out: a SQLite file in state/.",
    )
    heartbeat: VariableName | None = Field(
        default=None,
        description="The NAME of the environment variable with an https URL that is requested after each run that "
        "succeeded, such as a check of healthchecks.io: it notifies you when the requests stop.",
    )
