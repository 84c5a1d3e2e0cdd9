"""What to know before quoting these figures, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dashboards.context import COST_VIEWS, LIST_PRICE_VALUE, ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats, wording

Note = tuple[str, str, str, str]
"""tone, icon, word, text"""

_MODELS_NAMED = 5
_SOURCES_NAMED = 4


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """The notes, cautions first."""
    # What applies to spend and for list-price value alike is reported once.
    notes = dict.fromkeys([*_cautions(rows, context), *_explanations(rows, context)])
    return PanelView({"notes": [dict(zip(("tone", "icon", "word", "text"), note, strict=True)) for note in notes]})


def _cautions(rows: Rows, context: ReportContext) -> Iterator[Note]:
    if context.is_sample:
        yield _caution("These are sample figures of a company that does not exist. They say nothing about your costs.")
    yield from _sources(_part(rows, "source"))
    for row in _part(rows, "other_currency"):
        amount = formats.exact_money(row["amount"], row["subject"])
        noun = COST_VIEWS[row["cost_kind"]].noun
        yield _caution(
            f"{amount} of {noun} is recorded in {row['subject']}: not in these totals, which are in {context.currency}."
        )
    yield from _unpriced(_part(rows, "unpriced"))
    if _part(rows, "provisional"):
        yield _caution(
            f"{formats.full_day(context.today)} is not over. It is marked Incomplete and left out of comparisons and "
            "of what a forecast learns from."
        )
    for row in _part(rows, "estimated"):
        yield _caution(
            f"{formats.money(row['amount'], context.currency)} of {COST_VIEWS[row['cost_kind']].noun} on "
            f"{wording.counted(row['quantity'], 'earlier day')} is use at list price: the bill for it is not final, "
            "and will take its place."
        )
    for row in _part(rows, "early"):
        yield _caution(
            f"{formats.money(row['amount'], context.currency)} of {COST_VIEWS[row['cost_kind']].noun} on "
            f"{wording.counted(row['quantity'], 'earlier day')} is from files that were read before their bill was "
            "final: export them again once it is."
        )


def _sources(rows: Rows) -> Iterator[Note]:
    for row in rows[:_SOURCES_NAMED]:
        reach = f"its data reaches {formats.full_day(row['day'])}" if row["day"] else "it has no data yet"
        remark = f": {wording.shortened(row['message'], wording.LONGEST_REMARK)}" if row["message"] else "."
        yield _caution(f"{row['subject']} is {row['status']}; {reach}{remark}")
    more = len(rows) - _SOURCES_NAMED
    if more > 0:
        yield _caution(f"{wording.counted(more, 'more source')} {'is' if more == 1 else 'are'} not up to date.")


def _unpriced(rows: Rows) -> Iterator[Note]:
    if not rows:
        return
    amounts = [f"{row['subject']} ({formats.tokens(row['quantity'])} tokens)" for row in rows]
    named = ", ".join(amounts[:_MODELS_NAMED])
    more = len(amounts) - _MODELS_NAMED
    others = f" and {wording.counted(more, 'other model')}" if more > 0 else ""
    yield _caution(
        f"No price is known for {named}{others}. That use counts as unpriced, not as free, so totals that cover it "
        "are at least what they say. Set a price under price_overrides."
    )


def _explanations(rows: Rows, context: ReportContext) -> Iterator[Note]:
    if any(cost_view.cost_kind == LIST_PRICE_VALUE for cost_view in context.cost_views):
        yield _note(
            "List-price value is what use covered by a subscription would cost at the provider's list price. Nobody is "
            "billed for it, so it is never added to spend."
        )
    for row in _part(rows, "manual"):
        yield _note(
            f"{formats.money(row['amount'], context.currency)} of {COST_VIEWS[row['cost_kind']].noun} on "
            f"{wording.counted(row['quantity'], 'day')} was entered manually. An entry for a period is spread evenly "
            "over its days. Most have no tokens, so the cost per million tokens excludes them."
        )
    for row in _part(rows, "waiting"):
        starts = f" Forecasts start on {formats.full_day(row['day'])}." if row["day"] else ""
        noun = COST_VIEWS[row["cost_kind"]].noun
        history = f"There are {wording.counted(row['quantity'] or 0, 'day')} of history of {noun}."
        yield _note(wording.sentence(row["message"]) if row["message"] else f"{history}{starts}")
    yield _note(
        f"Amounts are in {context.currency} and days are UTC. Sums are of exact amounts, rounded only when shown."
    )


def _part(rows: Rows, part: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["part"] == part]


def _caution(text: str) -> Note:
    return ("warn", "caution", "Caution", text)


def _note(text: str) -> Note:
    return ("plain", "note", "Note", text)


PANEL = Panel(id="notes", area="grid", order=90, prepare=prepare)
