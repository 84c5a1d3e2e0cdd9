"""From which amount on an anomaly is worth a person's time, in each currency: one yen is not one dollar."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from babel.numbers import get_currency_precision

from pipelines.config import Configuration
from pipelines.rates import Rate


def least_impact_of(configuration: Configuration, rates: Iterable[Rate]) -> Callable[[str], float]:
    """The least amount of a day by currency: what is configured, at the last rate of the reporting currency.

    What nobody configured is 1, or 100 of a currency that has no smaller unit, such as the yen. So is the amount of a
    currency that has no rate.
    """
    latest = {rate.currency: float(rate.rate) for rate in sorted(rates, key=lambda rate: rate.rate_date)}
    setting = configuration.anomalies.minimum_impact
    reporting = _usual(configuration.currency) if setting is None else float(setting)

    def least_impact(currency: str) -> float:
        if currency == configuration.currency:
            return reporting
        return reporting / latest[currency] if currency in latest else _usual(currency)

    return least_impact


def _usual(currency: str) -> float:
    return 1.0 if get_currency_precision(currency) else 100.0
