"""What is known of the days to come: charges that are entered already, run on, or are billed on a day of each month.

Belongs here: telling charges from usage, and the days ahead that they fall on. Does not: forecasting usage.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

GROUP = ["provider", "account_name", "charge_category", "is_spread"]
SPIKES_A_MONTH = 4
"""A series with more outlying days than this has no bill among them that could be identified."""
OVERDUE = 7
"""Days: a bill that is late by more is not awaited any longer."""
MONTH = 31


@dataclass(frozen=True)
class Likeness:
    """When charges of neighbouring months are one bill that comes again.

    Args:
        days: how near to the same day of the month they are.
        ratio: how near to the same amount.
        least: how many months in a row it takes.
    """

    days: int
    ratio: float
    least: int


BILLS = Likeness(days=3, ratio=1.5, least=2)
SPIKES = Likeness(days=1, ratio=1.25, least=3)
"""Outlying days of usage: more of them occur by chance."""


def are_charges(rows: pd.DataFrame) -> pd.Series[bool]:
    """Which rows are owed whatever is used: all but usage, and what a person entered for a period."""
    entered_for_a_period = rows["is_spread"] & (rows["source_kind"] == "manual")
    return (rows["charge_category"] != "Usage") | entered_for_a_period


def planned(charges: pd.DataFrame, as_of: date, days: pd.DatetimeIndex) -> pd.Series[float]:
    """What is known to be charged on each of `days`.

    Args:
        charges: rows with the columns of `GROUP`, cost_date and cost_amount, past and future.
        as_of: the day under way. What is known of it and of later days is charged as it is entered.
        days: the days that are forecast.
    """
    amounts = pd.Series(0.0, index=days)
    if charges.empty:
        return amounts
    for (_, _, category, is_spread), rows in charges.groupby(GROUP, sort=True):
        known = rows.groupby("cost_date")["cost_amount"].sum()
        amounts += known.reindex(days, fill_value=0.0)
        if category == "Usage" and not is_spread:
            continue  # entered for a day ahead
        again = _running_on(known, as_of, days) if is_spread else bills_ahead(known, as_of, days)
        amounts += again
    return amounts


def _running_on(known: pd.Series[float], as_of: date, days: pd.DatetimeIndex) -> pd.Series[float]:
    """What a subscription goes on at after the last day entered; one that is entered for longer is not renewed."""
    last, today = known.index[-1], pd.Timestamp(as_of)
    is_monthly = abs((last - today).days) <= MONTH
    rate = float(known.iloc[-1]) if is_monthly and known.iloc[-1] > 0 else 0.0
    return pd.Series(np.where(days > last, rate, 0.0), index=days)


def bills_ahead(
    bills: pd.Series[float], as_of: date, days: pd.DatetimeIndex, likeness: Likeness = BILLS
) -> pd.Series[float]:
    """Each bill that came in each of the last months, on its day of the months ahead at its last amount."""
    ahead = np.zeros(len(days))
    today = pd.Timestamp(as_of)
    for chain in _chains(bills[bills > 0], likeness):
        if len(chain) < likeness.least:
            continue
        for months in range(1, len(days) // 28 + 2):
            day = _same_day(chain, months)
            if day < today - pd.Timedelta(days=OVERDUE):
                break  # it did not come
            ahead[days == max(day, today)] += bills[chain[-1]]
    return pd.Series(ahead, index=days)


def recurring_spikes(usage: pd.Series[float]) -> pd.Series[float]:
    """Of the outlying days of usage, about as large on one day of each month: by how much; 0 on other days."""
    weeks = pd.DataFrame(np.pad(usage.to_numpy(), (0, -len(usage) % 7), constant_values=np.nan).reshape(-1, 7))
    medians = weeks.rolling(9, center=True, min_periods=1).median().to_numpy().ravel()[: len(usage)]
    above = np.where(usage > 2.5 * medians, usage - medians, 0.0)
    excess = pd.Series(np.maximum(above, 0.0), index=usage.index)
    bills = pd.Series(0.0, index=usage.index)
    if (excess.iloc[-90:] > 0).sum() > SPIKES_A_MONTH * min(len(usage), 90) / 30:
        return bills
    for chain in _chains(excess[excess > 0], SPIKES):
        if len(chain) >= SPIKES.least:
            bills[chain] = excess[chain]
    return bills


def _chains(bills: pd.Series[float], likeness: Likeness) -> list[list[pd.Timestamp]]:
    """The bills as chains of months in a row, each in its order."""
    chains: list[list[pd.Timestamp]] = []
    for day in bills.index:
        for chain in chains:
            apart = abs((day - _same_day(chain, 1)).days)
            alike = 1 / likeness.ratio <= bills[day] / bills[chain[-1]] <= likeness.ratio
            if apart <= likeness.days and alike:
                chain.append(day)
                break
        else:
            chains.append([day])
    return chains


def _same_day(chain: list[pd.Timestamp], months: int) -> pd.Timestamp:
    """The day of the month of a chain, so many months after its last: the last one where all were."""
    month = chain[-1].replace(day=1) + pd.DateOffset(months=months)
    end = month + pd.offsets.MonthEnd(0)
    if all(day.is_month_end for day in chain):
        return end
    usual = int(np.median([day.day for day in chain]))
    return month.replace(day=min(usual, end.day))
