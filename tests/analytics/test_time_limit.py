"""What takes too long makes do with what is ready, says so, and holds nothing else up."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest

from pipelines.analytics import models
from pipelines.analytics.forecast import forecast
from pipelines.analytics.time_limit import TimeLimit
from tests.analytics.costs import AS_OF, daily, rows, working_weeks

COSTS = daily(rows(working_weeks(200)), rows([0.0, 0.0, 7.0] * 40, "groq"))


def test_without_any_time_the_profiles_answer_and_the_status_says_so():
    found = forecast(COSTS, AS_OF, seconds_each=0)
    assert found.daily.groupby("series")["method"].first().to_dict() == {
        "anthropic": "weekday profiles",
        "groq": "irregular",
        "total": "weekday profiles",
    }
    statuses = found.status.set_index("series")
    assert set(statuses["status"]) == {"ready"}
    assert set(statuses["message"]) == {"not all methods were ready in time"}
    assert found.backtest.empty
    usual = forecast(COSTS, AS_OF)
    assert usual.status["message"].tolist() == [None, "AutoETS was nearer: 2% against 3%", None]
    thirty = [
        each.totals.set_index(["series", "horizon"])["total_amount"]["anthropic", "30"] for each in (found, usual)
    ]
    assert thirty[0] == pytest.approx(thirty[1], rel=0.05)


def test_a_fit_that_is_slow_is_ended_at_the_limit():
    """Prophet's optimiser is a process of its own; thirty thousand days take it many times as long as it has here."""
    days = pd.date_range("1940-01-01", periods=30_000, freq="D")
    slow = pd.DataFrame({"ds": days, "y": np.random.default_rng(1).normal(10, 3, len(days)).cumsum()})
    started = time.monotonic()
    with pytest.raises(TimeoutError, match="processes timed out"):
        models._fit(slow, len(days), TimeLimit.of(2))
    assert time.monotonic() - started < 20
