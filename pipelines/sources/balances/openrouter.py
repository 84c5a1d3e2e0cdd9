"""OpenRouter: credits bought less credits used, ever, in US dollars; `GET /credits` with a management key."""

from __future__ import annotations

from decimal import Decimal

from pipelines.sources.api import openrouter_activity
from pipelines.sources.api.framework.client import ApiClient
from pipelines.sources.api.framework.shape import Shape
from pipelines.sources.api.framework.source import ApiAccount
from pipelines.sources.balances.source import BalanceSource

CREDITS = "/credits"


def read(client: ApiClient, _: ApiAccount) -> dict[str, Decimal]:
    """What is left."""
    data = client.get(CREDITS).object("data")
    return {"USD": data.money("total_credits") - data.money("total_usage")}


SOURCE = BalanceSource(
    provider="openrouter",
    base_url=openrouter_activity.SOURCE.base_url,
    headers=openrouter_activity.SOURCE.headers,
    key=openrouter_activity.SOURCE.key,
    answers={CREDITS: Shape(("data.total_credits", "data.total_usage"))},
    read=read,
    fetched="credits left",
    docs=openrouter_activity.SOURCE.docs,
)
