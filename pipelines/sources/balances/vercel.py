"""Vercel AI Gateway: credits that are left, in US dollars as text; `GET /v1/credits`, which is not billed."""

from __future__ import annotations

from decimal import Decimal

from pipelines.sources.api import vercel_gateway
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.balances.source import BalanceSource

CREDITS = "/v1/credits"


def read(client: ApiClient, _: ApiAccount) -> dict[str, Decimal]:
    """What is left."""
    return {"USD": client.get(CREDITS).money("balance")}


SOURCE = BalanceSource(
    provider="vercel",
    base_url=vercel_gateway.SOURCE.base_url,
    headers=vercel_gateway.SOURCE.headers,
    key=vercel_gateway.SOURCE.key,
    answers={CREDITS: Shape(("balance",))},
    read=read,
    fetched="credits left",
    docs=vercel_gateway.SOURCE.docs,
)
