"""The stored forecasts are those of the last run to the last digit, and a damaged file only costs time."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from pipelines.analytics.forecast import forecast
from pipelines.app.stored_forecasts import StoredForecasts
from pipelines.state import files_set_aside
from tests.analytics.costs import AS_OF, daily, rows, working_weeks

COSTS = daily(rows(working_weeks(40)), rows([0.0, 0.0, 7.0] * 20, "groq"))


def test_what_was_stored_is_read_to_the_last_digit(tmp_path: Path):
    stored = StoredForecasts(tmp_path / "forecasts" / "usage.json")
    assert stored.all() == {}
    made = forecast(COSTS, AS_OF).usage
    stored.replace(made)
    assert stored.all() == made
    one = dict(list(made.items())[:1])
    stored.replace(one)
    assert stored.all() == one


@pytest.mark.parametrize(
    "damaged", [b"", b"{}", b'{"forecasts": [{"key": "a"}]}', b"\x00\xff", b'[{"key": "a", "forecast": {"path": []}}]']
)
def test_a_damaged_file_is_set_aside_and_everything_is_forecast_again(
    damaged: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    path = tmp_path / "usage.json"
    stored = StoredForecasts(path)
    made = forecast(COSTS, AS_OF).usage
    path.write_bytes(damaged)
    with caplog.at_level(logging.WARNING):
        assert stored.all() == {}
    assert [aside.original for aside in files_set_aside(tmp_path)] == [path]
    assert "Every series is forecast again; no figure depends on it." in caplog.text
    stored.replace(made)
    assert stored.all() == made


def test_one_changed_digit_is_damage(tmp_path: Path):
    path = tmp_path / "usage.json"
    stored = StoredForecasts(path)
    stored.replace(forecast(COSTS, AS_OF).usage)
    content = path.read_bytes()
    at = content.index(b"path") + 20
    while not content[at : at + 1].isdigit():
        at += 1
    path.write_bytes(content[:at] + (b"1" if content[at : at + 1] != b"1" else b"2") + content[at + 1 :])
    assert stored.all() == {}
