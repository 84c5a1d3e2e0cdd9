"""Five figures: the month so far, where it will end, the budget, the change on last month, anomalies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from dashboards.attention import without_providers
from dashboards.context import SPEND, CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows, by_kind
from dashboards.recorded import gap, named_amounts, without
from pipelines.presentation import formats, wording
from pipelines.presentation.labels import SOURCE_KINDS, in_a_sentence, provider_name

_DAYS_NEEDED = 14
_TOO_YOUNG = f"needs {_DAYS_NEEDED} days of history"


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure with its label above and its qualification below."""

    id: str
    label: str
    value: str
    detail: str
    direction: str | None = None
    """up or down, when the detail opens with a change"""
    change: str | None = None
    meter: dict[str, Any] | None = None


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """The five figures of every kind of cost."""
    found = by_kind(rows)
    return PanelView(
        {
            "sets": [
                {
                    "kind": cost_view.cost_kind,
                    "figures": list(_figures(found.get(cost_view.cost_kind), cost_view, context)),
                }
                for cost_view in context.cost_views
            ]
        }
    )


def _figures(row: dict[str, Any] | None, cost_view: CostView, context: ReportContext) -> Iterator[Figure]:
    # A row that holds nothing reads like a missing one: every figure says what it waits for.
    known = row or {}
    note = "" if cost_view.cost_kind == SPEND else f", {cost_view.noun}"
    yield _month_to_date(known, note, context)
    yield _forecast(known, note, context)
    yield _budget(known, cost_view, context)
    yield _change(known, note, context)
    yield _anomalies(known, note, context)


def _month_to_date(row: dict[str, Any], note: str, context: ReportContext) -> Figure:
    label = f"Month to date, {formats.days(context.this_month, context.today)}{note}"
    amount = row.get("month_amount")
    others = row.get("other_amounts") or []
    if amount is None:
        detail = "recorded, but unpriced" if row.get("has_unpriced") else "nothing recorded this month"
        if others:
            detail = f"nothing in {context.currency}; {named_amounts(others)} in other currencies"
        return Figure(id="month", label=label, value=formats.EN_DASH, detail=detail)
    detail = _by_source(row["sources"], amount, context)
    if row["has_unpriced"]:
        detail += "; at least, as some use is unpriced"
    if others:
        detail += f"; not counting {named_amounts(others)}"
    if late := without_providers(row["late_providers"]):
        detail += f"; {late}"
    return Figure(id="month", label=label, value=formats.money(amount, context.currency), detail=detail)


def _no_rate(row: dict[str, Any], context: ReportContext) -> str | None:
    """What a figure in the reporting currency waits for where all there is this month is in others."""
    is_apart = row.get("month_amount") is None and row.get("other_amounts")
    return f"no exchange rate to {context.currency}" if is_apart else None


def _by_source(sources: Rows, amount: Decimal, context: ReportContext) -> str:
    """Where the amount came from: in shares, or in money where a credit would make shares nonsense."""
    named = [
        (in_a_sentence(SOURCE_KINDS[source["source_kind"]]), source["amount"]) for source in sources if source["amount"]
    ]
    if len(named) == 1:
        return f"all {named[0][0]}"
    if all(part > 0 for _, part in named):
        return ", ".join(f"{formats.percent(part / amount)} {word}" for word, part in named)
    return ", ".join(f"{formats.money(part, context.currency)} {word}" for word, part in named)


def _forecast(row: dict[str, Any], note: str, context: ReportContext) -> Figure:
    label = f"{formats.month(context.this_month)} forecast{note}"
    if row.get("forecast_amount") is None:
        starts = row.get("forecast_starts_on")
        if why := _no_rate(row, context):
            return Figure(id="forecast", label=label, value=formats.EN_DASH, detail=why)
        detail = f"starts on {formats.day(starts)}" if starts else row.get("forecast_message") or _TOO_YOUNG
        return Figure(id="forecast", label=label, value=formats.EN_DASH, detail=detail)
    lower, amount, upper = (Decimal(str(row[name])) for name in ("lower_80", "forecast_amount", "upper_80"))
    written = f"{formats.money(lower, context.currency)} to {formats.money(upper, context.currency)}"
    detail = f"80% interval {written}" + ("; little history" if row["forecast_status"] == "low_confidence" else "")
    if late := row["late_providers"]:
        first = min(each["missing_from"] for each in late)
        names = wording.listed([provider_name(each["provider"]) for each in late])
        detail += f"; {names} estimated from {formats.day(first)} on"
    return Figure(id="forecast", label=label, value=formats.money(amount, context.currency), detail=detail)


def _budget(row: dict[str, Any], cost_view: CostView, context: ReportContext) -> Figure:
    if cost_view.cost_kind != SPEND:
        return Figure(id="budget", label="Budget used", value=formats.EN_DASH, detail="budgets count spend only")
    if row.get("budget") is None or row["budget_used_ratio"] is None:
        detail = "none set; add one under budgets in ai-costs.yaml"
        return Figure(id="budget", label="Budget used", value=formats.EN_DASH, detail=detail)
    label = "Budget used" if row["budget_scope"] == "everything" else f"Budget used: {row['budget']}"
    next_month = (context.this_month + timedelta(days=31)).replace(day=1)
    is_of_the_month = (row["budget_starts"], row["budget_ends"]) == (context.this_month, next_month)
    if not is_of_the_month:
        label += f", {formats.days(row['budget_starts'], row['budget_ends'] - timedelta(days=1))}"
    remaining = row["budget_remaining"]
    if remaining < 0:
        over = formats.money(-remaining, context.currency)
        detail = f"{over} over {formats.money(row['budget_amount'], context.currency)}"
    else:
        days_left = (row["budget_ends"] - context.today).days
        a_day = formats.money(remaining / days_left, context.currency)
        left = formats.money(remaining, context.currency)
        detail = f"{left} left, {a_day} a day for {wording.counted(days_left, 'day')}"
    if is_of_the_month and (others := row.get("other_amounts")):
        detail += f"; not counting {named_amounts(others)}"
    if row["budget_scope"] == "everything" and (late := without_providers(row["late_providers"])):
        detail += f"; {late}"
    used = row["budget_spent"] / row["budget_amount"]
    gone = period_gone(row["budget_starts"], row["budget_ends"], context)
    return Figure(id="budget", label=label, value=formats.percent(used), detail=detail, meter=meter(used, gone))


def meter(used: Decimal, gone: Decimal | None) -> dict[str, Any]:
    """How a budget's bar is drawn: its length, the tick of the time gone, and whether it is near or over."""
    state = "over" if used > 1 else "near" if gone is not None and used > gone else "fine"
    return {
        "used": f"{min(Decimal(100), max(Decimal(0), used * 100)):.1f}",
        "gone": None if gone is None else f"{gone * 100:.1f}",
        "state": state,
    }


def period_gone(start: date, end: date, context: ReportContext) -> Decimal:
    """The share of a budget's period that is gone, today included."""
    return Decimal((context.today - start).days + 1) / (end - start).days


def _change(row: dict[str, Any], note: str, context: ReportContext) -> Figure:
    before = formats.month_before(context.this_month)
    label = f"Change on {formats.month(before)}{note}"
    days = row.get("days_compared")
    if not days or row.get("change_amount") is None:
        why = gap(row.get("recorded_from"), row.get("recorded_through"), before, context.first_day)
        why = why or _no_rate(row, context)
        return Figure(id="change", label=label, value=formats.EN_DASH, detail=why or "no same days to compare yet")
    last = min(before + timedelta(days=days - 1), context.this_month - timedelta(days=1))
    span = f"on {formats.days(before, last)}{without(row['left_out'], context.currency)}"
    amount, ratio = row["change_amount"], row["change_ratio"]
    if not row["previous_amount"]:
        return Figure(id="change", label=label, value="new", detail=f"nothing {span}")
    value = formats.percent(Decimal(str(ratio)), signed=True) if ratio is not None else formats.EN_DASH
    direction = "up" if amount > 0 else "down" if amount < 0 else None
    written = formats.money(abs(amount), context.currency)
    return Figure(id="change", label=label, value=value, detail=span, direction=direction, change=written)


def _anomalies(row: dict[str, Any], note: str, context: ReportContext) -> Figure:
    label = f"Anomalies in {formats.month(context.this_month)}{note}"
    ever = row.get("anomalies_ever")
    if not ever and (row.get("days_of_history") or 0) < _DAYS_NEEDED:
        starts = row.get("forecast_starts_on")
        detail = f"watched from {formats.day(starts)}" if starts else _TOO_YOUNG
        return Figure(id="anomalies", label=label, value=formats.EN_DASH, detail=detail)
    detail = f"{formats.count(ever)} in all, listed below" if ever else "none found"
    return Figure(id="anomalies", label=label, value=formats.count(row["anomalies_this_month"]), detail=detail)


PANEL = Panel(id="figures", area="figures", order=1, prepare=prepare)
