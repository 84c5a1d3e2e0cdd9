"""An anomaly event in a title and a few sentences, from its row of rpt_anomalies and its contributors.

Belongs here: how an event is put in words, the same on the report and the terminal. Does not: what is an event.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from pipelines.presentation import formats
from pipelines.presentation.drivers import DRIVERS
from pipelines.presentation.wording import counted

KINDS: Mapping[str, str] = {
    "spike": "Spike",
    "burst": "Burst",
    "drop": "Drop",
    "level_shift": "New level",
    "slow_rise": "Slow rise",
    "missing_data": "Missing data",
    "new_spender": "New spender",
    "gone_spender": "Gone spender",
}
SEVERITIES: Mapping[str, str] = {"low": "Low", "medium": "Medium", "high": "High", "critical": "Critical"}
VERDICTS: Mapping[str, str] = {"confirmed": "Confirmed", "dismissed": "Dismissed", "expected": "Expected"}
LEVELS: Mapping[str, str] = {"provider": "", "project": "project ", "api_key": "key "}
DIMENSIONS: Mapping[str, str] = {
    "provider": "",
    "model_id": "",
    "project": "project ",
    "api_key": "key ",
    "person": "person ",
}
_EXPLAINING = ("volume", "mix", "price", "new", "gone")
"""Costs of an event may lack tokens because a bill was spread: that they are other explains nothing."""
_MOST = 0.5
_TIMES = "\N{MULTIPLICATION SIGN}"

Row = Mapping[str, Any]


def name(event: Row) -> str:
    """Whose event it is: "all providers", "anthropic", "project search", "key ci"."""
    if event["series_kind"] == "total":
        return "all providers"
    return f"{LEVELS[event['series_kind']]}{event['series']}"


def title(event: Row) -> str:
    """Its days and whose it is: "Nov 12, 2026: project search"."""
    first, last = event["start_date"], event["end_date"]
    when = formats.full_day(first) if first == last else f"{formats.days(first, last)}, {last.year}"
    goes_on = event["kind"] in ("level_shift", "new_spender") or event["is_open"]
    if goes_on and event["days"] > 1:
        when = f"Since {formats.full_day(first)}"
    return f"{when}: {name(event)}"


def sentences(event: Row, contributors: Sequence[Row] = ()) -> str:
    """What happened, and where it came from.

    Args:
        event: a row of rpt_anomalies.
        contributors: the first of each dimension, with `dimension`, `dimension_value` and `share`.
    """
    return " ".join(filter(None, [_what(event), _why(event, contributors)]))


def _what(event: Row) -> str:
    expected = _money(event["expected_amount"], event)
    first = formats.day(event["start_date"])
    span = counted(event["days"], "day")
    if event["kind"] == "missing_data":
        when = f"since {first}" if event["is_open"] else f"for {formats.days(event['start_date'], event['end_date'])}"
        return f"No data {when} ({span}); about {expected} was expected."
    actual, difference = _money(event["actual_amount"], event), _difference(event)
    if event["kind"] == "new_spender":
        return f"New since {first}: {actual} in {span}."
    if event["kind"] == "gone_spender":
        when = f"since {first}" if event["is_open"] else f"for {formats.days(event['start_date'], event['end_date'])}"
        return f"Nothing {when} ({span}), where {_a_day(event, 'expected_amount')} a day was expected."
    if event["kind"] == "level_shift":
        level, before = _a_day(event, "actual_amount"), _a_day(event, "expected_amount")
        return f"New level since {first}: {level} a day, where {before} was expected; {difference} in {span}."
    if event["kind"] == "slow_rise":
        return f"Rising since {first}: {actual} in {span}, where {expected} was expected; {difference}."
    within = "" if event["days"] == 1 else f" in {span}"
    return f"{actual}{within}, where {expected} was expected; {difference}."


def _difference(event: Row) -> str:
    more = "more" if event["direction"] == "up" else "less"
    text = f"{_money(abs(event['excess_amount']), event)} {more}"
    ratio = event["ratio"]
    return text if ratio is None or ratio <= 1 else f"{text} ({ratio:.1f}{_TIMES})"


def _why(event: Row, contributors: Sequence[Row]) -> str:
    """The contributors that most of it came from, from the broadest to the narrowest, and by what."""
    itself = {"provider": "provider", "project": "project", "api_key": "api_key"}.get(event["series_kind"])
    named = [
        DIMENSIONS[each["dimension"]] + each["dimension_value"]
        for each in sorted(contributors, key=lambda each: list(DIMENSIONS).index(each["dimension"]))
        if each["dimension"] != itself and each["share"] > _MOST
    ]
    driver = _driver(event)
    if named:
        return f"Most of it came from {', '.join(named)}{f': {driver}' if driver else ''}."
    return f"Mostly {driver}." if driver else ""


def _driver(event: Row) -> str | None:
    """What more than half of the excess is, in words."""
    excess = event["excess_amount"]
    if not excess or event["kind"] in ("new_spender", "gone_spender"):
        return None
    for part in _EXPLAINING:
        amount = event[f"{part}_amount"]
        if amount is not None and amount / excess > _MOST:
            return DRIVERS[part][amount < 0]
    return None


def _a_day(event: Row, column: str) -> str:
    return _money(event[column] / event["days"], event)


def _money(amount: float, event: Row) -> str:
    return formats.money(Decimal(str(amount)), event["currency"])
