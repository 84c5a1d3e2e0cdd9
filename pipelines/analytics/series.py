"""Daily series out of the daily costs: one for the total and one for each provider, per cost kind and currency.

Belongs here: what each day cost, and whether its data was delivered at all. Does not: what a past says about the days
to come.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipelines.analytics.charges import are_charges
from pipelines.analytics.masks import Calendar, by_day, holiday_factor, learnt

TOTAL = "total"
COLUMNS = ("cost_date", "provider", "cost_kind", "currency", "cost_amount")
SCOPES = ("account_name", "project", "api_key", "billing_currency")
USUAL = {"charge_category": "Usage", "is_spread": False, "source_kind": "api", "price_factor": 1.0}
"""Columns of int_forecast_costs that tell charges from usage, and what usage is worth at the prices in force."""
IMMATERIAL_SHARE = 0.05
"""A day counts as delivered while the accounts that miss it have no more than this share of the series."""
MISSING_COLUMNS = ["provider", "account_name", "cost_kind", "missing_date"]
REGULAR_DAYS, REGULAR_SHARE, REGULAR_LEAST = 90, 0.5, 7
LATEST = 28
"""Days; the same rules and figures as rpt_missing_days, see there."""


@dataclass(frozen=True)
class Series:
    """Cost per UTC day from the first day with a cost to the last complete day; a day without a row cost 0.

    `delivered` says for each of these days whether its data has arrived: a 0 of another day means nothing.
    """

    cost_kind: str
    series_kind: str
    series: str
    currency: str
    costs: pd.Series[float]
    delivered: pd.Series[bool]
    usage: pd.Series[float]
    """Of `costs`, what is charged for use, as it is learnt: see `learnt`."""
    charges: pd.DataFrame
    """The rows of all else, and of days from the one under way on, see charges.py."""
    holidays: Mapping[pd.Timestamp, float] = field(default_factory=dict)
    """Of each holiday what it costs as a share of its weekday."""

    @property
    def identity(self) -> dict[str, str]:
        """The columns that name this series in every answer."""
        return {
            "cost_kind": self.cost_kind,
            "series_kind": self.series_kind,
            "series": self.series,
            "currency": self.currency,
        }

    @property
    def key(self) -> tuple[str, ...]:
        """The same, as one value."""
        return tuple(self.identity.values())

    @property
    def delivered_through(self) -> date:
        """The last day that was delivered; the first one is, because it has a cost."""
        day: date = self.costs.index[self.delivered.to_numpy()][-1].date()
        return day

    @property
    def observed(self) -> pd.Series[float]:
        """Cost per day from the first day to the last delivered one; NaN where a day between was not delivered."""
        return self.costs.where(self.delivered).loc[: pd.Timestamp(self.delivered_through)]

    @property
    def observed_usage(self) -> pd.Series[float]:
        """Of `observed` what is charged for use, from the first day with any; empty where there is none."""
        usage = self.usage.where(self.delivered).loc[: pd.Timestamp(self.delivered_through)]
        return usage[(usage.fillna(0.0) != 0).cummax()]

    def is_within(self, total: Series) -> bool:
        """Whether this is one of the series that `total` is the sum of."""
        same = (self.cost_kind, self.currency) == (total.cost_kind, total.currency)
        return same and total.series_kind == TOTAL != self.series_kind


def daily_series(
    daily: pd.DataFrame, as_of: date, missing: pd.DataFrame | None = None, calendar: Calendar | None = None
) -> list[Series]:
    """The series of `daily`, in a fixed order.

    Args:
        daily: rows of int_forecast_costs: `COLUMNS` at least, the others where not all is usage of one account.
        as_of: the day under way, which is not complete; it and later days are left out, but for `charges`.
        missing: rows of rpt_missing_days. Without it a pause of a provider with costs on most days counts as missing
            when it is longer than the third longest it had, at the end or between.
        calendar: what people declared of days. A scope names columns of `daily`, and the currency that was billed.
    """
    calendar = calendar or Calendar()
    today = pd.Timestamp(as_of)
    rows_of_all = _named(_in_reporting_currency(_with_expected(daily, calendar, today), today))
    complete = rows_of_all[rows_of_all["cost_date"] < today]
    charges = rows_of_all[are_charges(rows_of_all) | (rows_of_all["cost_date"] >= today)]
    gaps = paused_days(complete, as_of) if missing is None else _same_names(missing)
    last = pd.Timestamp(as_of - timedelta(days=1))
    holidays = [pd.Timestamp(day) for day in sorted(calendar.holidays)]
    found = []
    for (kind, currency), group in complete.groupby(["cost_kind", "currency"], sort=True):
        parts = [(TOTAL, TOTAL, group)]
        parts += [("provider", str(name), rows) for name, rows in group.groupby("provider", sort=True)]
        of_kind = gaps[gaps["cost_kind"] == kind]
        charged = charges[(charges["cost_kind"] == kind) & (charges["currency"] == currency)]
        for series_kind, name, rows in parts:
            days = pd.date_range(rows["cost_date"].min(), last, freq="D")
            costs = by_day(rows, days)
            delivered = _delivered(days, rows, of_kind)
            used = rows[~are_charges(rows)]
            used = used.assign(cost_amount=used["cost_amount"] * used["price_factor"])
            usage = learnt(used, delivered, calendar)
            factor = holiday_factor(used, delivered, calendar.holidays)
            its_charges = charged if series_kind == TOTAL else charged[charged["provider"] == name]
            identity = (str(kind), series_kind, name, str(currency))
            found.append(Series(*identity, costs, delivered, usage, its_charges, dict.fromkeys(holidays, factor)))
    return found


def _with_expected(daily: pd.DataFrame, calendar: Calendar, today: pd.Timestamp) -> pd.DataFrame:
    """The rows, and one for each amount that is expected of a day from the one under way on."""
    ahead = [cost for cost in calendar.expected if pd.Timestamp(cost.day) >= today]
    if not ahead:
        return daily
    expected = {"cost_date": [cost.day for cost in ahead], "cost_amount": [cost.amount for cost in ahead]}
    expected |= {name: [getattr(cost, name) for cost in ahead] for name in ("currency", "provider")}
    rows = pd.DataFrame(expected).assign(cost_kind="spend")
    rows = rows.assign(reporting_currency=rows["currency"]) if "reporting_currency" in daily else rows
    return pd.concat([daily, rows], ignore_index=True)


def _in_reporting_currency(daily: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """The rows, converted where they have a rate.

    A currency with a rate on some days only would look like spend that begins or ends there: the converted series
    begins after the last complete day without one, and what is left of that currency is not a separate series.
    """
    rows = daily.assign(cost_date=pd.to_datetime(daily["cost_date"]), billing_currency=daily["currency"])
    if "converted_amount" not in daily:
        return rows
    is_foreign = (rows["currency"] != rows["reporting_currency"]) & rows["cost_amount"].notna()
    is_converted = is_foreign & rows["converted_amount"].notna()
    is_left = is_foreign & ~is_converted & rows["currency"].isin(rows.loc[is_converted, "currency"])
    last_left = rows.loc[is_left & (rows["cost_date"] < today), "cost_date"].max()  # NaT compares as False
    for column, value in (("currency", rows["reporting_currency"]), ("cost_amount", rows["converted_amount"])):
        rows[column] = rows[column].where(~is_converted, value)
    is_before = (rows["currency"] == rows["reporting_currency"]) & (rows["cost_date"] <= last_left)
    counted: pd.DataFrame = rows[~is_left & ~is_before]
    return counted


def _named(daily: pd.DataFrame) -> pd.DataFrame:
    """The columns that series are made of, with what is usual where a column is not there."""
    rows = _same_names(daily).reindex(columns=[*COLUMNS, *SCOPES, *USUAL])
    rows["cost_amount"] = rows["cost_amount"].astype(float)
    for name, usual in USUAL.items():
        rows[name] = rows[name].astype(object).where(rows[name].notna(), usual)
    rows = rows.astype({"is_spread": bool, "price_factor": float})
    rows = rows[rows["cost_amount"].notna()]
    # Sums of floats depend on the order of rows, which a table has none of.
    return rows.sort_values([*COLUMNS, *SCOPES, *USUAL])


def _same_names(rows: pd.DataFrame) -> pd.DataFrame:
    """A null account is one of its own, in costs and in what is missing."""
    named = rows.copy()
    named["account_name"] = named["account_name"].fillna("") if "account_name" in named else ""
    return named


def _delivered(days: pd.DatetimeIndex, rows: pd.DataFrame, missing: pd.DataFrame) -> pd.Series[bool]:
    """Which of `days` are delivered by the accounts that make up most of `rows`; the first day always is."""
    missing = missing[missing["provider"].isin(rows["provider"].unique())]
    if missing.empty:
        return pd.Series(True, index=days)  # noqa: FBT003 - its only value
    lately = rows[rows["cost_date"] > days[-1] - pd.Timedelta(days=2 * LATEST)]
    # An account matters that does now, or that did.
    shares = pd.concat([_shares(rows), _shares(lately)], axis=1).max(axis=1).rename("share").reset_index()
    late = missing.merge(shares, on=["provider", "account_name"])
    by_day = late.groupby(pd.to_datetime(late["missing_date"]))["share"].sum()
    delivered = by_day.reindex(days, fill_value=0.0) <= IMMATERIAL_SHARE
    delivered.iloc[0] = True
    return delivered


def _shares(rows: pd.DataFrame) -> pd.Series[float]:
    amounts = rows["cost_amount"].clip(lower=0).groupby([rows["provider"], rows["account_name"]]).sum()
    return amounts / (amounts.sum() or 1.0)


def paused_days(complete: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """What rpt_missing_days would say if nothing were known but the costs: a row per provider, account and day."""
    found = []
    yesterday = pd.Timestamp(as_of - timedelta(days=1))
    spending = complete[complete["cost_amount"] != 0]
    for (provider, account, kind), rows in spending.groupby(["provider", "account_name", "cost_kind"], sort=True):
        first = rows["cost_date"].min()
        days = pd.date_range(first, yesterday, freq="D")
        unusual = _unusual_pauses(~days.isin(rows["cost_date"]))
        found += [(provider, account, kind, day) for day in days[unusual]]
    return pd.DataFrame(found, columns=MISSING_COLUMNS)


def _unusual_pauses(idle: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which idle days lie in a pause that is longer than the third longest, of a series that is idle on few days.

    In the first four weeks only the last pause is one: two pauses that came so far may be usual.
    """
    unusual = np.zeros(len(idle), dtype=bool)
    last_cost = int(np.flatnonzero(~idle)[-1])
    recent = ~idle[max(0, last_cost + 1 - REGULAR_DAYS) : last_cost + 1]
    if recent.sum() < max(REGULAR_LEAST, REGULAR_SHARE * len(recent)):
        return unusual
    edges = np.flatnonzero(np.diff(np.concatenate([[0], idle.astype(int), [0]])))
    pauses = list(zip(edges[::2], edges[1::2], strict=True))
    usual = sorted((end - begin for begin, end in pauses), reverse=True)[2:3] or [0]
    for begin, end in pauses:
        is_last = end == len(idle)
        is_known = end - begin <= LATEST if is_last else last_cost >= LATEST
        unusual[begin:end] = is_known and end - begin > usual[0]
    return unusual
