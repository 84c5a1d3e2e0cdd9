"""The shape of ai-costs.yaml. Editors show these descriptions; `ai-costs init` writes the JSON Schema."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipelines.config.alerts import AlertSettings
from pipelines.config.channels import ChannelSetting, DeliverySettings
from pipelines.config.events import CountryCode, Event
from pipelines.config.exchange_rates import ExchangeRates
from pipelines.config.exports import ScheduledExport
from pipelines.config.imports import ImportSettings
from pipelines.config.prepaid import PrepaidAccount
from pipelines.config.recurring import ExpectedEntry, RecurringCost
from pipelines.config.section import Amount, CurrencyCode, EntryTable, Label, Section, TimeZone, VariableName
from pipelines.config.serving import Serving
from pipelines.domain.meters import PRICED_METERS

UNALLOCATED = "unallocated"
WHOLE = 100
PERCENT_SCALE = 6
"""Digits after the point of a percentage: as many as the models divide by."""


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _ends_after_it_begins(subject: str, since: date | None, until: date | None) -> None:
    if since is not None and until is not None and until <= since:
        raise ValueError(f"until: a {subject} ends after it begins")


def _names_a_value(setting: str, tags: list[str]) -> None:
    unclear = [tag for tag in tags if "=" not in tag]
    if unclear:
        raise ValueError(f"{setting}: the tag {unclear[0]!r} is not of the form name=value")


class Account(Section):
    """One account with a provider, whose key is in the environment."""

    name: Label = Field(description="A unique label.")
    provider: Label = Field(description="The provider of the account: openai, anthropic, …")
    key: VariableName | None = Field(
        default=None, description="The NAME of the environment variable with the key, never the key."
    )
    was: Annotated[tuple[Label, ...], BeforeValidator(_as_list)] = Field(
        default=(),
        description="Its former names here: data landed and entered under them belongs to it and counts once.",
    )
    closed: bool = Field(default=False, description="No longer fetched; what has landed still counts.")
    base_url: str | None = Field(
        default=None, description="A gateway or a test server instead of the provider's server."
    )
    since: date | None = Field(default=None, description="The first day to fetch.")
    organization: Label | None = Field(
        default=None,
        description="The provider's id of the organization, team or account, where it asks for one: github, xai, …",
    )
    pays: Annotated[tuple[Label, ...], BeforeValidator(_as_list)] = Field(
        default=(),
        description="For a gateway: the accounts whose bills include the same spend. Where such a bill states the "
        "day, it counts and the gateway's figures are stored alongside.",
    )

    @model_validator(mode="after")
    def _can_be_asked(self) -> Account:
        if self.key is None and not self.closed:
            raise ValueError("key is missing: add the name of its variable, or `closed: true`")
        return self


class Agent(Section):
    """How the use of a coding agent is paid for."""

    TABLE = EntryTable(
        "agent_billing",
        "One row per coding agent and host: whether it is paid for by subscription or by the token.",
        {
            "source": (str, attrgetter("agent")),
            "host": (str, attrgetter("host")),
            "billing": (str, attrgetter("billing")),
        },
    )

    agent: Label = Field(description="The coding agent whose logs are read.")
    host: str | None = Field(default=None, description="Only on this machine; left out: on every machine.")
    billing: Literal["subscription", "metered"] = Field(
        description="subscription: shown at list price, never as spend. metered: paid by the token, so it is spend."
    )
    pays: Label | None = Field(
        default=None,
        description="For a metered agent: the account whose bill includes its tokens. Left out: any account of the "
        "provider whose figures state the day.",
    )

    @model_validator(mode="after")
    def _pays_by_the_token(self) -> Agent:
        if self.pays is not None and self.billing != "metered":
            raise ValueError("pays: only a metered agent spends through an account; a subscription has a fixed price")
        return self


class Budget(Section):
    """An amount for each period, and the percentages at which people want to know."""

    TABLE = EntryTable(
        "budgets",
        "One row per configured budget.",
        {
            "budget": (str, attrgetter("name")),
            "amount": (Decimal, attrgetter("amount")),
            "currency": (str, attrgetter("currency")),
            "period": (str, attrgetter("period")),
            "since": (date, attrgetter("since")),
            "until": (date, attrgetter("until")),
            "rollover": (bool, attrgetter("rollover")),
            "rollover_cap": (Decimal, attrgetter("rollover_cap")),
            "alert_at": (list[int], lambda budget: list(budget.alert_at)),
        },
    )

    name: Label = Field(description="A unique label.")
    amount: Amount = Field(gt=0, description="The amount for each period.")
    currency: CurrencyCode = Field(default="USD", description="Only costs in this currency count.")
    period: Literal["month", "quarter", "year", "custom"] = Field(
        default="month", description="Calendar months, quarters or years in UTC, or custom: once, from since to until."
    )
    since: date | None = Field(
        default=None,
        description="The first UTC day of a custom period. Otherwise a day of the first period; left out: that of the "
        "first cost.",
    )
    until: date | None = Field(
        default=None,
        description="The day after the last of a custom period. Otherwise periods begin before it; left out: no end.",
    )
    rollover: bool = Field(
        default=False, description="The unspent rest of a period is added to the next; overspend is not deducted."
    )
    rollover_cap: Amount | None = Field(default=None, gt=0, description="The most that a period takes over.")
    scope: dict[
        Literal["provider", "account", "model", "project", "cost_center", "tag", "source_kind"],
        Annotated[list[str], BeforeValidator(_as_list)],
    ] = Field(
        default_factory=dict,
        description="What counts: {} is everything; several values of one dimension are or, dimensions are and. "
        "Projects by id or name, tags as name=value.",
    )
    alert_at: tuple[Annotated[int, Field(gt=0, le=1000)], ...] = Field(
        default=(70, 90, 100), description="Percentages of the amount, each alerted once a period."
    )
    channels: tuple[str, ...] | None = Field(default=None, description="Names of channels; left out: every channel.")

    @model_validator(mode="after")
    def _has_periods(self) -> Budget:
        _ends_after_it_begins("budget", self.since, self.until)
        if self.period == "custom" and (self.since is None or self.until is None):
            raise ValueError("period: a custom one needs since, its first day, and until, the day after its last")
        if self.period == "custom" and self.rollover:
            raise ValueError("rollover: a custom period has no next period to roll over to")
        if self.rollover_cap is not None and not self.rollover:
            raise ValueError("rollover_cap: it needs rollover: true")
        _names_a_value("scope", self.scope.get("tag", []))
        return self


class PriceSetting(Section):
    """A custom price of one model, in USD per million tokens, in effect from a day on."""

    provider: Label = Field(description="The provider of the price: anthropic, openai, …")
    model: Label = Field(description="The name in the logs, or the canonical id.")
    since: date = Field(description="The first UTC day this price is in force.")
    input: Amount | None = Field(default=None, ge=0, description="Input tokens that no cache has.")
    cache_read: Amount | None = Field(default=None, ge=0, description="Input tokens read from a cache.")
    cache_write_5m: Amount | None = Field(
        default=None, ge=0, description="Input tokens written to a cache, for 5 minutes or an unknown time."
    )
    cache_write_1h: Amount | None = Field(
        default=None, ge=0, description="Input tokens written to a cache for an hour."
    )
    output: Amount | None = Field(default=None, ge=0, description="Output tokens.")
    meters: dict[str, Annotated[Amount, Field(ge=0)]] = Field(
        default_factory=dict,
        description="Prices of other meters by name, such as input_audio_tokens: in USD per million tokens, or for one "
        "image, character, second or search.",
    )

    @model_validator(mode="after")
    def _names_meters(self) -> PriceSetting:
        unknown = sorted(self.meters.keys() - PRICED_METERS)
        if unknown:
            raise ValueError(f"meters: {unknown[0]!r} is not a meter; choose from {', '.join(PRICED_METERS)}")
        return self


class Reconciliation(Section):
    """When an estimate from usage and prices agrees with what is billed."""

    tolerance_percent: Amount = Field(
        default=Decimal(1), ge=0, description="The tolerated difference, in percent of the billed amount."
    )


class AnomalySettings(Section):
    """Which anomalies are worth a person's time."""

    minimum_impact: Amount | None = Field(
        default=None,
        gt=0,
        description="The least amount of a day, in the reporting currency, from which an alert is sent. Left out: 1, "
        "or 100 of a currency without a smaller unit, such as JPY.",
    )


class CostCenterRule(Section):
    """Who bears the costs that match; the first rule that matches wins, and what none matches is unallocated."""

    to: Label | dict[Label, Annotated[Amount, Field(gt=0, le=100)]] = Field(
        description="A cost centre, or several with the percentage that each bears; together 100."
    )
    match: dict[
        Literal["provider", "account", "model", "project", "key", "tag", "source_kind"],
        Annotated[list[str], BeforeValidator(_as_list)],
    ] = Field(
        default_factory=dict,
        description="What it is for: {} is everything; several values of one dimension are or, dimensions are and. "
        "Projects and keys by id or name, tags as name=value.",
    )
    since: date | None = Field(default=None, description="The first UTC day on which this applies.")
    until: date | None = Field(default=None, description="The first UTC day on which this no longer applies.")

    @property
    def percentages(self) -> dict[str, Decimal]:
        """Each cost centre with the percentage it bears."""
        return {self.to: Decimal(100)} if isinstance(self.to, str) else dict(self.to)

    @model_validator(mode="after")
    def _divides_all_of_it(self) -> CostCenterRule:
        together = sum(self.percentages.values())
        if together != WHOLE:
            raise ValueError(f"to: the percentages come to {together}, not to 100")
        if any(share != round(share, PERCENT_SCALE) for share in self.percentages.values()):
            raise ValueError(f"to: a percentage has more than {PERCENT_SCALE} digits after the point")
        if UNALLOCATED in self.percentages:
            raise ValueError(f"to: {UNALLOCATED!r} is reserved for costs that match no rule; use another name")
        _ends_after_it_begins("rule", self.since, self.until)
        _names_a_value("match", self.match.get("tag", []))
        return self


class Configuration(Section):
    """The whole of ai-costs.yaml. Every part is optional."""

    organisation: Label = Field(default="AI costs", description="The name the report carries.")
    currency: CurrencyCode = Field(default="USD", description="The currency the report is in.")
    timezone: TimeZone = Field(
        default="UTC", description="The zone whose days rpt_local_daily_costs and whose hours fct_hourly_usage have."
    )
    accounts: tuple[Account, ...] = ()
    agents: tuple[Agent, ...] = ()
    budgets: tuple[Budget, ...] = ()
    channels: tuple[ChannelSetting, ...] = ()
    alerts: AlertSettings = AlertSettings()
    delivery: DeliverySettings = DeliverySettings()
    price_overrides: tuple[PriceSetting, ...] = ()
    restate_prices_at: date | None = Field(
        default=None,
        description="The day at whose prices rpt_price_restatements values all usage again; default: the build day.",
    )
    exchange_rates: ExchangeRates = ExchangeRates()
    reconciliation: Reconciliation = Reconciliation()
    anomalies: AnomalySettings = AnomalySettings()
    events: tuple[Event, ...] = ()
    holidays: CountryCode | None = Field(
        default=None,
        description="The country whose public holidays are unlike other days: DE, or DE-BY for those of a region. "
        "Forecasts do not learn from them, and forecast them as those that passed.",
    )
    cost_centers: tuple[CostCenterRule, ...] = ()
    imports: ImportSettings = ImportSettings()
    prepaid: tuple[PrepaidAccount, ...] = ()
    recurring: tuple[RecurringCost, ...] = ()
    expected: tuple[ExpectedEntry, ...] = ()
    exports: tuple[ScheduledExport, ...] = ()
    serve: Serving = Serving()
