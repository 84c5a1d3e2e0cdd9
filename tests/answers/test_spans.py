"""Spans of days in words: which days each one is, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.answers.spans import span_of
from pipelines.errors import ConfigError

TODAY = date(2026, 3, 4)
"""A Wednesday."""


@pytest.mark.parametrize(
    ("text", "first", "last", "label"),
    [
        ("today", "2026-03-04", "2026-03-04", "today"),
        ("yesterday", "2026-03-03", "2026-03-03", "yesterday"),
        ("week", "2026-03-02", "2026-03-04", "this week"),
        ("last-week", "2026-02-23", "2026-03-01", "last week"),
        ("month", "2026-03-01", "2026-03-04", "March 2026"),
        ("last-month", "2026-02-01", "2026-02-28", "February 2026"),
        ("quarter", "2026-01-01", "2026-03-04", "this quarter"),
        ("year", "2026-01-01", "2026-03-04", "2026"),
        ("all", "0001-01-01", "9999-12-31", "all days"),
        ("1d", "2026-03-04", "2026-03-04", "the last day"),
        ("30d", "2026-02-03", "2026-03-04", "the last 30 days"),
        ("2025", "2025-01-01", "2025-12-31", "2025"),
        ("2024-02", "2024-02-01", "2024-02-29", "February 2024"),
        ("9999-12", "9999-12-01", "9999-12-31", "December 9999"),
        ("2025-12", "2025-12-01", "2025-12-31", "December 2025"),
        ("2026-03-05", "2026-03-05", "2026-03-05", "Mar 5, 2026"),
        ("2026-01-30..2026-02-02", "2026-01-30", "2026-02-02", "2026-01-30 to 2026-02-02"),
    ],
)
def test_a_span_is_the_days_that_its_words_mean(text: str, first: str, last: str, label: str):
    span = span_of(text, TODAY)
    assert (span.first.isoformat(), span.last.isoformat(), span.label) == (first, last, label)


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13", "2026-02-30", "..", "2026-01-01..", "-3d", "0d", "d"])
def test_what_is_not_a_span_is_refused_with_what_is_one(text: str):
    with pytest.raises(ConfigError, match="is not a span of days: use today, yesterday, week"):
        span_of(text, TODAY)


def test_a_span_that_ends_before_it_begins_is_refused():
    with pytest.raises(ConfigError, match=r"^2026-02-02\.\.2026-02-01: a span cannot end before it begins$"):
        span_of("2026-02-02..2026-02-01", TODAY)
