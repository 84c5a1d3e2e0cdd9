"""The configuration as rows of the tables that the dbt models read.

A section with a row for each of its entries reports the table itself (`Section.TABLE`); others are defined here.

The warehouse makes tables of them, Dagster assets with their descriptions, and `make readme` their entries among the
sources of dbt. Belongs here: what one setting means as rows. Does not: what the models make of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, get_args

from pipelines.config.model import Configuration
from pipelines.config.section import EntryTable, Section

Row = Mapping[str, Any]


@dataclass(frozen=True)
class SettingsTable:
    """A table of schema `landing` that settings alone fill; `columns` are its names with Python types, in order."""

    name: str
    description: str
    columns: Mapping[str, Any]
    rows: Callable[[Configuration], list[tuple[Any, ...]]]


BUILD_SETTINGS: Mapping[str, tuple[Any, Callable[[Configuration], Any]]] = {
    "currency": (str, lambda settings: settings.currency),
    "organisation": (str, lambda settings: settings.organisation),
    "timezone": (str, lambda settings: settings.timezone),
    "tolerance_percent": (Decimal, lambda settings: settings.reconciliation.tolerance_percent),
    "restate_prices_at": (date, lambda settings: settings.restate_prices_at),
}
"""Settings of which there is one: the columns of landing.build that they fill, with their types."""


def _scopes(entries: Iterator[tuple[Any, Mapping[Any, list[str]]]]) -> list[tuple[Any, ...]]:
    return [
        (key, dimension, value)
        for key, scope in entries
        for dimension, values in scope.items()
        for value in dict.fromkeys(values)
    ]


def _paid_accounts(settings: Configuration) -> list[tuple[Any, ...]]:
    """A gateway pays for what it sends on to the provider of an account, and for what it names no provider of."""
    provider_of = {account.name: account.provider for account in settings.accounts}
    gateways = [
        (account.name, None, None, provider, paid)
        for account in settings.accounts
        for paid in dict.fromkeys(account.pays)
        for provider in sorted({provider_of[paid], account.provider})
    ]
    return [
        *gateways,
        *((None, agent.agent, agent.host, None, agent.pays) for agent in settings.agents if agent.pays is not None),
    ]


def _of_entries() -> Iterator[SettingsTable]:
    """The tables that sections state themselves."""
    for name, field in Configuration.model_fields.items():
        for section in get_args(field.annotation):
            if isinstance(section, type) and issubclass(section, Section) and section.TABLE is not None:
                yield _of_each(name, section.TABLE)


def _of_each(section: str, table: EntryTable) -> SettingsTable:
    """A row for each entry of the section of that name."""

    def rows(settings: Configuration) -> list[tuple[Any, ...]]:
        return [tuple(value(entry) for _, value in table.columns.values()) for entry in getattr(settings, section)]

    columns = {name: kind for name, (kind, _) in table.columns.items()}
    return SettingsTable(table.name, table.description, columns, rows)


SETTINGS_TABLES = (
    *_of_entries(),
    SettingsTable(
        "paid_accounts",
        "One row per account or agent, host, provider and the account whose bill pays for it.",
        {"account_name": str, "source": str, "host": str, "provider": str, "pays": str},
        _paid_accounts,
    ),
    SettingsTable(
        "budget_scopes",
        "One row per budget, dimension and value that it covers; a budget without one covers everything.",
        {"budget": str, "dimension": str, "value": str},
        lambda settings: _scopes((budget.name, budget.scope) for budget in settings.budgets),
    ),
    SettingsTable(
        "cost_center_rules",
        "One row per rule, in order, and cost centre that it gives to, with its percentage and days.",
        {"rule": int, "cost_center": str, "percent": Decimal, "since": date, "until": date},
        lambda settings: [
            (number, name, percent, rule.since, rule.until)
            for number, rule in enumerate(settings.cost_centers, start=1)
            for name, percent in rule.percentages.items()
        ],
    ),
    SettingsTable(
        "cost_center_scopes",
        "One row per rule, dimension and value that it matches; a rule without one matches everything.",
        {"rule": int, "dimension": str, "value": str},
        lambda settings: _scopes((number, rule.match) for number, rule in enumerate(settings.cost_centers, start=1)),
    ),
)
"""The tables that settings alone fill: those of one section's entries, and those of several sections or of lists."""


def configured_rows(configuration: Configuration) -> dict[str, list[Row]]:
    """Table of schema `landing` -> its rows, for every table that settings fill alone."""
    return {
        table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows(configuration)]
        for table in SETTINGS_TABLES
    }


def configured_build(configuration: Configuration) -> Row:
    """The columns of landing.build that settings fill."""
    return {name: value(configuration) for name, (_, value) in BUILD_SETTINGS.items()}
