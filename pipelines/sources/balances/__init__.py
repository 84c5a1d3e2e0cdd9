"""What accounts have left at their providers, as these state it; one file for each provider that does.

A file here with `SOURCE` is found by itself:

    SOURCE = BalanceSource(provider="acme", …, read=read)

    def read(client: ApiClient, account: ApiAccount) -> dict[str, Decimal]: …

Belongs here: asking for balances, and the log of what was answered. Does not: spend, which a balance never is. What
came and went between two balances is not known: buying, giving and using credit all move it.
"""

from __future__ import annotations

from functools import cache

from pipelines.domain.registry import members
from pipelines.sources.balances.source import Balance, BalanceSource

__all__ = ["Balance", "BalanceSource", "balance_sources"]


@cache
def balance_sources() -> dict[str, BalanceSource]:
    """Provider -> what reads its balances.

    Raises:
        ValueError: two of them are for one provider.
    """
    return members(__name__, __path__, constant="SOURCE", kind=BalanceSource, name_of=lambda source: source.provider)
