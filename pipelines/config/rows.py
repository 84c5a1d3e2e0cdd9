"""The configuration as rows of the tables that the dbt models read; `warehouse.landing_tables` has their columns.

Belongs here: what one setting means as rows. Does not: what the models make of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.config.model import Configuration

Row = Mapping[str, Any]


def configured_rows(configuration: Configuration) -> dict[str, list[Row]]:
    """Table of schema `landing` -> its rows, for every table that settings fill alone."""
    return {
        "agent_billing": [
            {"source": agent.agent, "host": agent.host, "billing": agent.billing} for agent in configuration.agents
        ],
        "paid_accounts": _paid_accounts(configuration),
        "prepaid_accounts": [
            {"provider": prepaid.provider.lower(), "account_name": prepaid.account} for prepaid in configuration.prepaid
        ],
        "budgets": [
            {
                "budget": budget.name,
                "amount": budget.amount,
                "currency": budget.currency,
                "period": budget.period,
                "since": budget.since,
                "until": budget.until,
                "rollover": budget.rollover,
                "rollover_cap": budget.rollover_cap,
                "alert_at": list(budget.alert_at),
            }
            for budget in configuration.budgets
        ],
        "budget_scopes": [
            {"budget": budget.name, "dimension": dimension, "value": value}
            for budget in configuration.budgets
            for dimension, values in budget.scope.items()
            for value in dict.fromkeys(values)
        ],
        "cost_center_rules": [
            {"rule": number, "cost_center": name, "percent": percent, "since": rule.since, "until": rule.until}
            for number, rule in enumerate(configuration.cost_centers, start=1)
            for name, percent in rule.percentages.items()
        ],
        "cost_center_scopes": [
            {"rule": number, "dimension": dimension, "value": value}
            for number, rule in enumerate(configuration.cost_centers, start=1)
            for dimension, values in rule.match.items()
            for value in dict.fromkeys(values)
        ],
    }


def _paid_accounts(configuration: Configuration) -> list[Row]:
    """A gateway pays for what it sends on to the provider of an account, and for what it names no provider of."""
    provider_of = {account.name: account.provider for account in configuration.accounts}
    gateways = [
        {"account_name": account.name, "source": None, "host": None, "provider": provider, "pays": paid}
        for account in configuration.accounts
        for paid in dict.fromkeys(account.pays)
        for provider in sorted({provider_of[paid], account.provider})
    ]
    agents = [
        {"account_name": None, "source": agent.agent, "host": agent.host, "provider": None, "pays": agent.pays}
        for agent in configuration.agents
        if agent.pays is not None
    ]
    return [*gateways, *agents]
