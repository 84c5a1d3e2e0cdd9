"""DeepSeek: what is left, bought and granted, in each currency of the account. Its usage comes as files alone."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import ApiAccount, KeyKind
from pipelines.sources.balances.source import BalanceSource

BALANCE = "/user/balance"


def read(client: ApiClient, _: ApiAccount) -> dict[str, Decimal]:
    """What is left of each currency."""
    infos = client.get(BALANCE).objects("balance_infos")
    return {info.currency("currency"): info.money("total_balance") for info in infos}


def _headers(key: str) -> Mapping[str, str]:
    return {"authorization": f"Bearer {key}"}


SOURCE = BalanceSource(
    provider="deepseek",
    base_url="https://api.deepseek.com",
    headers=_headers,
    key=KeyKind("an API key", "https://platform.deepseek.com/api_keys", ("sk-",), variable="DEEPSEEK_API_KEY"),
    answers={BALANCE: Shape(("balance_infos[].currency", "balance_infos[].total_balance"))},
    read=read,
    fetched="balance in each currency; costs are imported from files",
    docs="https://api-docs.deepseek.com/api/get-user-balance",
)
