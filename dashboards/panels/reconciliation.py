"""Whether providers bill what their use costs at list price, and in plain words why not."""

from __future__ import annotations

from decimal import Decimal
from itertools import groupby
from typing import Any, Final

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats, wording
from pipelines.presentation.labels import provider_name

CAUSES: Final = {
    "not_usage": "for charges that are not usage: seats, subscriptions, taxes, credits",
    "non_token": "for use that is not tokens: searches, images, storage",  # nosec B105 - the name of a cause
    "missing_days": "on days that only one side has",
    "not_charged": "on days with usage for which the bill charges nothing",
    "timing": "on recent days, where data may still arrive",
    "unpriced": "for models without a known price",
    "tier": "for batches and other service tiers",
    "cache": "for caches",
    "rounding": "from rounding",
    "unexplained": "unexplained",
}
"""Each part of a difference as a sentence says it after its amount."""

VERDICTS: Final = {
    "within": ("ok", "check", "Agrees"),
    "explained": ("plain", "note", "Explained"),
    "outside": ("warn", "caution", "Not explained"),
}
"""The tone, icon and word of what is reported of a provider that has both sides."""

_ONE_SIDED: Final = {
    "no_estimate": "Billed, without priced usage",
    "not_billed": "Used, not billed yet",
}
_MONTHS_SHOWN = 2
_CAUSES_NAMED = 3
_LEAST_NAMED = Decimal("0.005")


def prepare(rows: Rows, _context: ReportContext) -> PanelView | None:
    """The newest months, providers with both sides first; None where no provider has both."""
    if not any(row["verdict"] in VERDICTS for row in rows):
        return None
    groups = [(month, list(group)) for month, group in groupby(rows, key=lambda row: row["month"])]
    shown = [row for _, group in groups[:_MONTHS_SHOWN] for row in group]
    tolerance = formats.percent(rows[0]["tolerance_percent"] / 100)
    return PanelView(
        {
            "finding": _finding(shown),
            "subtitle": f"Usage at list price against bills; a difference up to {tolerance} counts as agreement",
            "months": [_month(group, is_beyond=place >= _MONTHS_SHOWN) for place, (_, group) in enumerate(groups)],
            "alone": _alone(shown),
            "earlier": max(0, len(groups) - _MONTHS_SHOWN),
        }
    )


def _finding(rows: Rows) -> str:
    compared = [row for row in rows if row["verdict"] in VERDICTS]
    if not compared:
        return "No bill to compare with use in these months"
    outside = [row for row in compared if row["verdict"] == "outside"]
    if not outside:
        return "Bills agree with use, or the difference is explained"
    if len(outside) > 1:
        return f"{len(outside)} of {wording.counted(len(compared), 'bill')} not fully explained"
    row = outside[0]
    amount = formats.money(abs(row["unexplained_amount"]), row["currency"])
    return f"{amount} of {provider_name(row['provider'])} in {formats.month(row['month'])} is not explained"


def _month(rows: Rows, *, is_beyond: bool) -> dict[str, Any]:
    name = formats.full_month(rows[0]["month"])
    return {
        "name": f"{name}, not over yet" if rows[0]["is_provisional"] else name,
        "is_beyond": is_beyond,
        "lines": [_line(row) for row in rows if row["verdict"] in VERDICTS],
    }


def _line(row: dict[str, Any]) -> dict[str, Any]:
    tone, icon, word = VERDICTS[row["verdict"]]
    return {
        "provider": provider_name(row["provider"]),
        "estimated": formats.money(row["estimated_amount"], row["currency"]),
        "billed": formats.money(row["billed_amount"], row["currency"]),
        "difference": formats.money(row["difference_amount"], row["currency"], signed=True),
        "tone": tone,
        "icon": icon,
        "word": word,
        "text": " ".join(filter(None, [_causes(row), _use_alone(row), _trend(row)])),
    }


def _causes(row: dict[str, Any]) -> str | None:
    """The largest parts of the difference, with what each of them is; if the sides agree, only what is not use."""
    parts = {cause: row[f"{cause}_amount"] for cause in CAUSES}
    if row["verdict"] == "within":
        parts = {"not_usage": parts["not_usage"]}
    known = [cause for cause, amount in parts.items() if abs(amount) >= _LEAST_NAMED]
    named = sorted(known, key=lambda cause: -abs(parts[cause]))
    if not named:
        return None
    amounts = {cause: formats.money(parts[cause], row["currency"], signed=True) for cause in named}
    texts = [f"{amounts[cause]} {CAUSES[cause]}" for cause in named[:_CAUSES_NAMED]]
    more = len(named) - _CAUSES_NAMED
    return "; ".join([*texts, wording.counted(more, "smaller cause")] if more > 0 else texts) + "."


def _use_alone(row: dict[str, Any]) -> str | None:
    """How far the two sides are apart without what is not use, where the causes do not say so already."""
    if row["verdict"] != "within" and not row["not_usage_amount"]:
        return None
    amount = row["difference_amount"] - row["not_usage_amount"]
    if not amount:
        return "Use is billed at list price."
    ratio = row["difference_ratio"]
    apart = "" if ratio is None else f" ({formats.percent(abs(Decimal(str(ratio))))})"
    side = "over" if amount > 0 else "under"
    return f"Use is billed {formats.money(abs(amount), row['currency'])}{apart} {side} list price."


def _trend(row: dict[str, Any]) -> str | None:
    if row["verdict"] == "within" or row["trend"] not in {"closer", "further"}:
        return None
    return "Closer than the month before." if row["trend"] == "closer" else "Further apart than the month before."


def _alone(rows: Rows) -> list[dict[str, Any]]:
    """The providers of the months shown that have one side only, each month's amount in a sentence."""
    found: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["verdict"] in _ONE_SIDED:
            amount = row["billed_amount"] if row["estimated_amount"] is None else row["estimated_amount"]
            remark = f"{formats.money(amount, row['currency'])} in {formats.month(row['month'])}"
            found.setdefault((row["provider"], row["verdict"]), []).append(remark)
    return [
        {"provider": provider, "text": f"{_ONE_SIDED[verdict]}: {', '.join(amounts)}."}
        for (provider, verdict), amounts in sorted(found.items())
    ]


PANEL = Panel(id="reconciliation", area="grid", order=70, columns=8, prepare=prepare)
