"""What is left of credit that was bought ahead, and where a purchase of it is missing."""

from __future__ import annotations

from typing import Any

from dashboards.context import SPEND, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats
from pipelines.presentation.labels import provider_name


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A sentence for each account that is prepaid; None where none is. Credit is of spend alone."""
    is_first = context.cost_views[0].cost_kind == SPEND
    return PanelView({"lines": [_text(row) for row in rows], "kind": SPEND, "is_first": is_first}) if rows else None


def _text(row: dict[str, Any]) -> str:
    subject = f"{provider_name(row['provider'])} ({row['account_name']})"
    used = formats.money(row["used_amount"], row["currency"])
    unpriced = f" Without a price, and so still in it: {formats.tokens(row['unpriced_tokens'])} tokens."
    known = (unpriced if row["unpriced_tokens"] else "") + _balance_note(row)
    if row["is_overdrawn"]:
        missing = formats.money(-row["lowest_amount"], row["currency"])
        return f"{subject} is prepaid. {missing} more was used than is entered: a purchase or a gift is missing.{known}"
    left = formats.money(row["closing_amount"], row["currency"])
    return (
        f"{subject} is prepaid: {used} was used this month and {left} is left. Spend counts credit when it is used, "
        f"not when it is bought.{known}"
    )


def _balance_note(row: dict[str, Any]) -> str:
    """What the provider states to be left, and how far that is from what is known here."""
    reported, difference = row["reported_amount"], row["reported_difference_amount"]
    if reported is None:
        return ""
    remark = f" The provider reports {formats.money(reported, row['currency'])}"
    if not difference:
        return f"{remark}, which agrees."
    return f"{remark}: {formats.money(abs(difference), row['currency'])} {'more' if difference > 0 else 'less'}."


PANEL = Panel(id="credit", area="figures", order=3, prepare=prepare)
