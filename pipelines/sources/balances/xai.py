"""xAI: prepaid credit of a team. Its ledger counts US cents as text, what was paid in below 0: -1000 is 10 USD."""

from __future__ import annotations

from decimal import Decimal

from pipelines.sources.api import xai_usage
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.balances.source import BalanceSource

BALANCE = "/v1/billing/teams/{team}/prepaid/balance"
CENTS = 100


def read(client: ApiClient, account: ApiAccount) -> dict[str, Decimal]:
    """What is left."""
    answer = client.get(BALANCE.format(team=account.organization))
    return {"USD": -answer.object("total").money("val", per_unit=CENTS)}


SOURCE = BalanceSource(
    provider="xai",
    base_url=xai_usage.SOURCE.base_url,
    headers=xai_usage.SOURCE.headers,
    key=xai_usage.SOURCE.key,
    answers={BALANCE.format(team="*"): Shape(("total.val",))},
    read=read,
    fetched="prepaid credit left",
    docs=xai_usage.SOURCE.docs,
    needs_organization=True,
)
