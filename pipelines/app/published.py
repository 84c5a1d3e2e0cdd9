"""What the published build says of itself, for the commands: its sources, its sums, and what these may lack.

Belongs here: reading rows of the marts. Does not: how they are shown, and any figure that is not in a mart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from duckdb import DuckDBPyConnection, DuckDBPyRelation

from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.presentation.wording import counted
from pipelines.sources.outcomes import OutcomeLog


@dataclass(frozen=True)
class UnpricedModel:
    """Use of one model that has no price and so is in no sum: tokens and requests over the whole history.

    `model_id` is None where the source names no model; `reason` says why there is no price, where that is known.
    """

    provider: str
    model_id: str | None
    tokens: int
    requests: int
    reason: str | None = None

    @property
    def sentence(self) -> str:
        """What is missing from the sums."""
        name = self.model_id or "use without a model's name"
        amount = counted(self.tokens, "token") if self.tokens else counted(self.requests, "request")
        why = f" ({self.reason})" if self.reason else ""
        return f"{name} of {self.provider} has no price{why}: its {amount} are missing from the totals"


def summarise(home: Home) -> dict[str, Any]:
    """The published build in short: sources, money, what has no price, and where the files are.

    Raises:
        HomeError: nothing was published yet.
    """
    with warehouse_of(home.folders).reading() as connection:
        feeds = _rows(connection.table("main.rpt_source_freshness").order("source_kind, source, feed"))
        money = connection.table("main.fct_costs").aggregate(
            "source, feed, cost_kind, cost_basis, currency, sum(cost_amount) as amount, sum(total_tokens) as tokens"
        )
        amounts = _rows(money.order("all"))
        unpriced = unpriced_models(connection)
        build = _rows(connection.table("main.rpt_build"))[0]
    read_at = {outcome.feed: outcome.last_success_at for outcome in OutcomeLog(home.folders.outcomes).all()}
    for feed in feeds:
        # A run that changed nothing publishes nothing, but the sources were read all the same.
        key = Feed(SourceKind(feed["source_kind"]), feed["source"], feed["feed"])
        feed["last_success_at"] = read_at.get(key) or feed["last_success_at"]
    return {
        "build": build,
        "sources": feeds,
        "costs": amounts,
        "unpriced_models": unpriced,
        "report": str(home.report),
        "exports": str(home.settings.paths.exports),
    }


def unpriced_models(connection: DuckDBPyConnection) -> list[UnpricedModel]:
    """What was used and has no price, the most tokens first."""
    rows = connection.table("main.fct_costs").filter("price_status = 'unpriced'")
    summed = rows.aggregate(
        "provider, model_id, coalesce(sum(total_tokens), 0)::bigint as tokens, "
        "coalesce(sum(requests), 0)::bigint as requests"
    )
    models = connection.table("main.dim_models").project("provider, model_id, unpriced_reasons").fetchall()
    reasons = {(provider, model): reason for provider, model, reason in models}
    ordered = summed.order("tokens desc, requests desc, provider, model_id").fetchall()
    return [
        UnpricedModel(provider, model, tokens, requests, reasons.get((provider, model)))
        for provider, model, tokens, requests in ordered
    ]


def _rows(relation: DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]
