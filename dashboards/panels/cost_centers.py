"""The statement of cost centres: what each of them bears, month by month, and what is allocated to none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats, wording
from pipelines.presentation.labels import provider_name

UNALLOCATED: Final = "unallocated"
"""What the mart calls the cost that no rule gives to a cost centre."""

SHOWN_AT_FIRST = 12
_PROVIDERS_NAMED = 2


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A statement per kind of cost; None where no rule names a cost centre."""
    if all(row["cost_center"] == UNALLOCATED for row in rows):
        return None
    statements = [_statement(rows, cost_view, context) for cost_view in context.cost_views]
    return PanelView({"statements": statements, "currency": context.currency, "shown": SHOWN_AT_FIRST})


def _statement(all_rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    options = {"kind": cost_view.cost_kind, "label": cost_view.label}
    rows = [row for row in all_rows if row["cost_kind"] == cost_view.cost_kind]
    months = sorted({row["month"] for row in rows})
    if not months:
        return options | {"months": [], "finding": f"No {cost_view.noun} in these months."}
    by_center: dict[str, Rows] = defaultdict(list)
    for row in rows:
        by_center[row["cost_center"]].append(row)
    newest = {center: _sum(_in_month(mine, months[-1])) for center, mine in by_center.items()}
    order = sorted(newest, key=lambda center: (center == UNALLOCATED, -newest[center], center))
    names = [_month(month, rows) for month in months]
    return options | {
        "months": names,
        "lines": [_line(center, by_center[center], months, newest, context) for center in order],
        "totals": [_written(rows, month, context) for month in months],
        "finding": _finding(newest, order[0], names[-1], cost_view),
    }


def _line(
    center: str, rows: Rows, months: list[date], newest: dict[str, Decimal], context: ReportContext
) -> dict[str, Any]:
    shared = _sum(row["shared_amount"] for row in rows if row["month"] == months[-1])
    return {
        "name": "Unallocated" if center == UNALLOCATED else center,
        "providers": _providers([row for row in rows if row["month"] == months[-1]]),
        "amounts": [_written(rows, month, context) for month in months],
        "shared": f"{formats.money(shared, context.currency)} of it shared" if shared else None,
        "share": _share(newest[center], newest.values()),
    }


def _finding(newest: dict[str, Decimal], first: str, month: str, cost_view: CostView) -> str:
    """Who bears most of the newest month, and how much of it nobody bears."""
    left = newest.get(UNALLOCATED, Decimal(0))
    nobody = f"{_share(left, newest.values())} of it is unallocated." if left else "all of it is allocated."
    if first == UNALLOCATED:
        return f"{month}: {nobody}"
    return f"{month}: {first} is allocated {_share(newest[first], newest.values())} of {cost_view.noun}; {nobody}"


def _providers(rows: Rows) -> str:
    total = [row["cost_amount"] for row in rows]
    largest = sorted(rows, key=lambda row: (-row["cost_amount"], row["provider"]))[:_PROVIDERS_NAMED]
    named = [f"{provider_name(row['provider'])} {_share(row['cost_amount'], total)}" for row in largest]
    more = len(rows) - len(named)
    return ", ".join([*named, wording.counted(more, "other")] if more else named)


def _share(amount: Decimal, of: Iterable[Decimal]) -> str:
    total = _sum(of)
    return formats.percent(amount / total) if total > 0 else formats.EN_DASH


def _month(month: date, rows: Rows) -> str:
    is_provisional = any(row["is_provisional"] for row in rows if row["month"] == month)
    return f"{formats.month(month)} so far" if is_provisional else formats.month(month)


def _in_month(rows: Rows, month: date) -> list[Decimal]:
    return [row["cost_amount"] for row in rows if row["month"] == month]


def _written(rows: Rows, month: date, context: ReportContext) -> str:
    amounts = _in_month(rows, month)
    return formats.money(_sum(amounts), context.currency) if amounts else formats.EN_DASH


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


PANEL = Panel(id="cost_centers", area="grid", order=65, prepare=prepare)
