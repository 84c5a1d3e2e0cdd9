"""What ai-costs.yaml says of days that are not like others: events of a time, and public holidays.

Belongs here: what these settings mean as days and amounts. Does not: what a forecast makes of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipelines.config.section import Amount, Label, Section

LONGEST = 366
"""Days of an event."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


@cache
def _countries() -> dict[str, list[str]]:
    # It takes half a second to import, which a configuration without holidays should not wait for.
    from holidays import list_supported_countries  # noqa: PLC0415

    return list_supported_countries()


def _country(value: str) -> str:
    country, _, region = value.partition("-")
    if country not in _countries():
        raise ValueError(f"{value!r} is not the code of a country, such as DE, US or DE-BY")
    if region and region not in _countries()[country]:
        known = ", ".join(_countries()[country]) or "none"
        raise ValueError(f"{value!r}: {country} has no region {region!r} with holidays of its own; there are {known}")
    return value


CountryCode = Annotated[str, AfterValidator(_country)]


class Event(Section):
    """Something that made costs, or will make them, other than usual on some days, or from a day on."""

    name: Label = Field(description="A label.")
    kind: Literal["launch", "price_change", "migration", "outage"] = Field(
        description="Without end, a launch, price_change or migration begins a new level: forecasts start at the level "
        "of the days since, once there are two weeks of them."
    )
    start: date = Field(description="Its first UTC day.")
    end: date | None = Field(
        default=None,
        description="Its last UTC day: forecasts do not learn from its days. Left out: a new level; of an outage, one "
        "day.",
    )
    scope: dict[
        Literal["provider", "account", "project", "key"],
        Annotated[list[Label], BeforeValidator(_as_list), Field(min_length=1)],
    ] = Field(
        default_factory=dict,
        description="Whose costs: {} is everything; several values of one dimension are or, dimensions are and. "
        "Projects and keys by name, or by id where they have none.",
    )
    amount: Amount | None = Field(
        default=None,
        gt=0,
        description="What it is expected to add in all, in the reporting currency, evenly on its days; without end, on "
        "its first. Days ahead are forecast with it. It needs one provider in scope.",
    )

    @model_validator(mode="after")
    def _is_complete(self) -> Event:
        if self.end is not None and self.end < self.start:
            raise ValueError("end: it is before start")
        if self.end is not None and (self.end - self.start).days >= LONGEST:
            raise ValueError(f"end: an event of more than {LONGEST} days is a new level; leave end out")
        if self.amount is not None and len(self.scope.get("provider", [])) != 1:
            raise ValueError("amount: it needs one provider in scope, to be forecast as cost of that provider")
        return self

    @property
    def is_new_level(self) -> bool:
        """Whether costs stay as they are from its start on."""
        return self.end is None and self.kind != "outage"

    def days(self) -> Iterator[date]:
        """Each of its days; of a new level the first."""
        for number in range(((self.end or self.start) - self.start).days + 1):
            yield self.start + timedelta(days=number)


def holidays_of(code: str | None, years: range) -> frozenset[date]:
    """Public holidays of a country or region; none of None."""
    if code is None:
        return frozenset()
    from holidays import country_holidays  # noqa: PLC0415 - see `_countries`

    country, _, region = code.partition("-")
    return frozenset(country_holidays(country, subdiv=region or None, years=years))
