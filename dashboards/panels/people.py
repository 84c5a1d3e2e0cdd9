"""Who uses AI: what the use of each person costs, as far as a source names persons."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from dashboards.context import CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats
from pipelines.presentation.wording import counted

NAMELESS: Final = "No person named"
SHOWN_AT_FIRST = 8


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A table per kind of cost; None where nobody is named."""
    if all(row["person"] is None for row in rows):
        return None
    return PanelView(
        {"tables": [_table(rows, cost_view, context) for cost_view in context.cost_views], "shown": SHOWN_AT_FIRST}
    )


def _table(all_rows: Rows, cost_view: CostView, context: ReportContext) -> dict[str, Any]:
    rows = [row for row in all_rows if row["cost_kind"] == cost_view.cost_kind]
    months = sorted({row["month"] for row in rows})
    named = {"kind": cost_view.cost_kind, "label": cost_view.label, "months": [_month(month, rows) for month in months]}
    if not months:
        return named | {"lines": [], "finding": f"No {cost_view.noun} in these months."}
    by_cell = {(row["person"], row["month"]): row["cost_amount"] for row in rows}
    newest = {person: by_cell.get((person, months[-1])) for person, _ in by_cell}
    order = sorted(newest, key=lambda person: (person is None, -(newest[person] or 0), person or ""))
    return named | {
        "lines": [
            {
                "name": person or NAMELESS,
                "amounts": [_money(by_cell.get((person, month)), context) for month in months],
                "share": _share(newest[person], newest.values()),
            }
            for person in order
        ],
        "finding": _finding(newest, order[0], _month(months[-1], rows), cost_view),
    }


def _finding(newest: dict[str | None, Decimal | None], first: str | None, month: str, cost_view: CostView) -> str:
    """Who uses most in the newest month: "November: 2 people, maya most with 40% of spend"; and what is nobody's."""
    people = sum(person is not None and amount is not None for person, amount in newest.items())
    nobody = _share(newest.get(None), newest.values())
    rest = "" if nobody == formats.EN_DASH else f"; of {nobody} no person is known"
    if first is None or not people:
        return f"{month}: nobody is named."
    return (
        f"{month}: {counted(people, 'person', 'people')}, {first} most{_most(newest[first], newest, cost_view)}{rest}."
    )


def _most(amount: Decimal | None, newest: dict[str | None, Decimal | None], cost_view: CostView) -> str:
    share = _share(amount, newest.values())
    return "" if share == formats.EN_DASH else f" with {share} of {cost_view.noun}"


def _share(amount: Decimal | None, of: Iterable[Decimal | None]) -> str:
    """Nothing where a credit would make somebody more than all of it."""
    known = [each for each in of if each is not None]
    total = sum(known, Decimal(0))
    is_credited = any(each < 0 for each in known)
    return formats.EN_DASH if amount is None or is_credited or total <= 0 else formats.percent(amount / total)


def _money(amount: Decimal | None, context: ReportContext) -> str:
    return formats.EN_DASH if amount is None else formats.money(amount, context.currency)


def _month(month: date, rows: Rows) -> str:
    is_provisional = any(row["is_provisional"] for row in rows if row["month"] == month)
    return f"{formats.month(month)} so far" if is_provisional else formats.month(month)


PANEL = Panel(id="people", area="grid", order=61, prepare=prepare)
