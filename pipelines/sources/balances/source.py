"""What a source of balances is, and reading one account with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pipelines.errors import CostTrackerError, SourceError
from pipelines.sources.api.framework.client import ApiClient, Limits, redact
from pipelines.sources.api.framework.shape import Answers
from pipelines.sources.api.framework.source import ApiAccount, KeyKind


@dataclass(frozen=True)
class Balance:
    """What an account had left at a moment, in the major unit of a currency; below 0 where it owes."""

    provider: str
    account_name: str
    currency: str
    amount: Decimal
    observed_at: datetime


@dataclass(frozen=True)
class BalanceSource:
    """One provider that reports what an account has left.

    Args:
        provider: the `provider` of an account.
        base_url: the provider's address, unless the account has another.
        headers: what carries the key.
        key: the kind of key it needs.
        fetched: what is asked for, as the table of providers in docs/sources.md says it.
        docs: where the provider documents it.
        answers: what the answer at each path must have.
        read: currency -> what is left.
        needs_organization: whether the address names the account's `organization`.
    """

    provider: str
    base_url: str
    headers: Callable[[str], Mapping[str, str]]
    key: KeyKind
    answers: Answers
    read: Callable[[ApiClient, ApiAccount], Mapping[str, Decimal]]
    fetched: str = field(kw_only=True)
    docs: str = field(kw_only=True)
    needs_organization: bool = False

    def balances(self, account: ApiAccount, now: datetime, limits: Limits) -> list[Balance]:
        """What `account` has left now, in each currency.

        Raises:
            SourceError: it cannot be read; the message is without the key.
        """
        if not account.key:
            raise SourceError(f"{account.key_variable} is not set. {self.key.advice}")
        client: ApiClient | None = None
        try:
            client = ApiClient(
                account.base_url or self.base_url,
                self.headers(account.key),
                secret=account.key,
                key_advice=self.key.advice,
                unknown=set(),
                limits=limits,
                answers=self.answers,
            )
            found = self.read(client, account)
        except CostTrackerError as error:
            error.args = (redact(str(error), account.key),)
            raise
        finally:
            if client is not None:
                client.close()
        return [Balance(account.provider, account.name, currency, amount, now) for currency, amount in found.items()]
