"""Accounts whose use is paid from credit that was bought before: what ai-costs.yaml says of them."""

from __future__ import annotations

from operator import attrgetter

from pydantic import Field

from pipelines.config.section import EntryTable, Label, Section


class PrepaidAccount(Section):
    """Buying credit is cash and no cost; its use is a cost and no cash. So each amount counts once."""

    TABLE = EntryTable(
        "prepaid_accounts",
        "One row per provider, or account of it, whose usage is paid from prepaid credit.",
        {"provider": (str, lambda entry: entry.provider.lower()), "account_name": (str, attrgetter("account"))},
    )

    provider: Label = Field(description="Who sells the credit: openrouter, anthropic, …")
    account: Label | None = Field(default=None, description="The account it is for; left out: any of the provider.")
