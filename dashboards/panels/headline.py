"""The finding in one sentence, and a few short ones under it, for each kind of cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from dashboards.attention import budget_clause, without_providers, yesterday
from dashboards.context import SPEND, CostView, ReportContext
from dashboards.panels import Panel, PanelView, Rows, by_kind
from dashboards.recorded import gap, named_amounts, without
from pipelines.presentation import formats, wording
from pipelines.presentation.labels import provider_name, spender_name


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """A sentence and a lede for every kind of cost; a kind without rows says that nothing is recorded."""
    found = by_kind(rows)
    return PanelView(
        {
            "sentences": [
                {
                    "kind": cost_view.cost_kind,
                    "finding": _finding(found.get(cost_view.cost_kind), cost_view, context),
                    "lede": _lede(found.get(cost_view.cost_kind), cost_view, context),
                }
                for cost_view in context.cost_views
            ]
        }
    )


def _finding(row: dict[str, Any] | None, cost_view: CostView, context: ReportContext) -> str:
    """Where the month will land if that is known, else where it is, else what there is at all."""
    if row is None:
        return "Nothing recorded yet"
    month = formats.month(context.this_month)
    of_what = "" if cost_view.cost_kind == SPEND else f" of {cost_view.noun}"
    late = _late(row, context)
    if row["month_amount"] is None and not (late and row["forecast_amount"]):
        return _finding_of_the_past(row, cost_view, context)
    without = f", not counting {named_amounts(row['other_month_amounts'])}" if row["other_month_amounts"] else ""
    if row["forecast_amount"] is None:
        amount = formats.money(row["month_amount"], context.currency)
        return f"{month} is at {amount}{of_what} so far{without}{late or _after(_budgets_over(row))}"
    forecast = Decimal(str(row["forecast_amount"]))
    heading = f"{month} is heading for {formats.money(forecast, context.currency)}{of_what}"
    # What a budget has left says nothing while part of the spend is in no total.
    against = without or _against_budget(forecast, row["budget_amount"])
    return f"{heading}{against}{late or _after(_budgets_over(row))}"


def _late(row: dict[str, Any], context: ReportContext) -> str:
    """Which providers lack the last complete days, or up to when there is any data; they are estimated."""
    late = row["late_providers"]
    if late and len(late) < (row["recent_providers"] or 0):
        return f", {without_providers(late)}"
    through = row["delivered_through"]
    if through is None or through >= context.today - timedelta(days=1):
        return ""
    return f", with no data since {formats.day(through)}"


def _budgets_over(row: dict[str, Any]) -> str:
    """The budgets that are over or will be, without the one that the forecast is measured by."""
    is_measured = row["forecast_amount"] is not None and not row["other_month_amounts"]
    named = row["budget"] if is_measured else None
    return budget_clause([budget for budget in row["over_budgets"] or [] if budget["budget"] != named])


def _after(clause: str) -> str:
    return f"; {clause}" if clause else ""


def _against_budget(forecast: Decimal, budget: Decimal | None) -> str:
    if not budget:
        return ""
    ratio = forecast / budget - 1
    if ratio > 0:
        return f", {formats.percent(ratio)} over budget"
    return f", {formats.percent(-ratio)} under budget" if ratio else ", right on budget"


def _finding_of_the_past(row: dict[str, Any], cost_view: CostView, context: ReportContext) -> str:
    others = row["other_ever_amounts"]
    if row["ever_amount"] is None and others:
        of_what = "" if cost_view.cost_kind == SPEND else f" of {cost_view.noun}"
        return f"{named_amounts(others)}{of_what} recorded, none of it in {context.currency}"
    if row["ever_amount"] is None:
        return "Use is recorded, but none of it has a price yet"
    amount = formats.money(row["ever_amount"], context.currency)
    of_month = row["other_month_amounts"]
    if of_month:
        month = formats.month(context.this_month)
        return f"{amount} of {cost_view.noun} in all; {month} has {named_amounts(of_month)} so far"
    return f"{amount} of {cost_view.noun} in all, none in {formats.full_month(context.this_month)}"


def _lede(row: dict[str, Any] | None, cost_view: CostView, context: ReportContext) -> str:
    if row is None:
        return (
            "Once logs, manual entries or provider data are found, they show here. "
            "The command ai-costs doctor says what was looked for, and where."
        )
    sentences = [
        # The headline says one thing: where data is missing, that.
        f"Also, {clause}." if _late(row, context) and (clause := _budgets_over(row)) else "",
        _standing(row, cost_view, context),
        "" if _late(row, context) else yesterday(row, cost_view.cost_kind, context.today, context.currency),
        _notable(row, context),
        _young(row, context),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _standing(row: dict[str, Any], cost_view: CostView, context: ReportContext) -> str:
    if row["ever_amount"] is None and row["other_ever_amounts"]:
        return (
            f"Totals are in {context.currency}, for which no exchange rate is known. To see these amounts there, set "
            "exchange_rates in ai-costs.yaml to convert them, or currency to the one that is charged."
        )
    if row["month_amount"] is None:
        first, last = row["first_recorded_on"], row["last_recorded_on"]
        return f"Recorded from {formats.full_day(first)} to {formats.full_day(last)}." if last else ""
    through = formats.days(context.this_month, context.today)
    text = f"{cost_view.label} on {through} is {formats.money(row['month_amount'], context.currency)}"
    if row["converted_amounts"]:
        text += f", with {named_amounts(row['converted_amounts'])} converted"
    if _late(row, context):
        return text + "."  # A comparison would hold days of nothing against whole ones.
    earlier = formats.month_before(context.this_month)
    before = formats.month(earlier)
    why = gap(row["recorded_from"], row["recorded_through"], earlier, context.first_day)
    if why:
        return f"{text}; it is compared with {before} once both are recorded: {why}."
    if not row["days_compared"] or not row["previous_amount"]:
        return text + "."
    ratio = Decimal(str(row["change_ratio"])) if row["change_ratio"] is not None else Decimal(0)
    span = wording.counted(row["days_compared"], "complete day")
    word = "above" if ratio > 0 else "below"
    compared = f"{formats.percent(abs(ratio))} {word}" if ratio else "level with"
    left_out = without(row["left_out"], context.currency)
    return f"{text}; its {span} are {compared} the same days of {before}{left_out}."


def _notable(row: dict[str, Any], context: ReportContext) -> str:
    parts = []
    moved = row["mover"] if row["month_amount"] is not None and not _late(row, context) else None
    if moved:
        word = "rose" if row["mover_change"] > 0 else "fell"
        amount = formats.money(abs(row["mover_change"]), context.currency)
        parts.append(f"{spender_name(moved)} {word} most, by {amount}")
    if row["anomalies"]:
        parts.append(f"{wording.counted(row['anomalies'], 'anomaly', 'anomalies')} this month")
    if row["forecast_amount"] is None and row["forecast_starts_on"] is not None:
        parts.append(f"a forecast starts on {formats.day(row['forecast_starts_on'])}")
    if not parts:
        return ""
    text = "; ".join(parts)
    return (text if moved else text[0].upper() + text[1:]) + "."


def _young(row: dict[str, Any], context: ReportContext) -> str:
    """Which providers are too new to be in the forecast, and what they add to it if they go on."""
    if row["forecast_amount"] is None or not row["young"]:
        return ""
    names = wording.listed([provider_name(provider["name"]) for provider in row["young"]])
    pace = formats.money(Decimal(str(sum(provider["pace"] for provider in row["young"]))), context.currency)
    verb = "is" if len(row["young"]) == 1 else "are"
    return f"{names} {verb} new and not yet in the forecast; at the pace so far, 30 days add {pace}."


PANEL = Panel(id="headline", area="headline", order=1, prepare=prepare)
