"""Accounts whose use is paid from credit that was bought before: what ai-costs.yaml says of them."""

from __future__ import annotations

from pydantic import Field

from pipelines.config.section import Label, Section


class PrepaidAccount(Section):
    """Buying credit is cash and no cost; its use is a cost and no cash. So each amount counts once."""

    provider: Label = Field(description="Who sells the credit: openrouter, anthropic, …")
    account: Label | None = Field(default=None, description="The account it is for; left out: any of the provider.")
