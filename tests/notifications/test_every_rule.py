"""One contract for every rule: its example is worded, its query fills its rows, and nothing from outside is markup."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import MISSING, fields, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from notifications import rules as room
from notifications.alerts import Alert
from notifications.observations import Observations
from notifications.rules import Rule, anomaly, evaluate, rules
from tests.notifications.marts import create_missing_marts

EACH = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
WITH_TEXT = pytest.mark.parametrize(
    "rule",
    [rule for rule in rules() if any(field.type == "str" for field in fields(rule.row))],
    ids=lambda rule: rule.name,
)
"""Those whose rows have a text that may be from outside."""
TEMPLATES = Path(room.__path__[0]).parent / "templates"
HOSTILE = "<script>alert(1)</script>{{ 10 * 37037 }}\r\nBcc: thief@example.com `rm -rf`"

LISTED = {
    "confidence",
    "cost_kind",
    "currency",
    "direction",
    "kind",
    "period",
    "series_kind",
    "severity",
    "source_kind",
    "status",
}
"""Columns whose values a contract lists, so that no name from outside is in them."""


def alerts_of(rule: Rule, row: Any, *, is_sample: bool = False) -> list[Alert]:
    as_of = datetime.fromisoformat("2026-11-20T09:00:00+00:00")
    return evaluate(Observations(rows={rule.name: (row,)}, as_of=as_of, is_sample=is_sample))


@EACH
def test_a_rule_words_its_example_as_an_alert(rule: Rule):
    (alert,) = alerts_of(rule, rule.example)
    assert alert.rule == rule.name
    assert alert.dedup_key.startswith(f"{rule.name}:")
    assert alert.subject.strip() == alert.subject
    assert len(alert.subject) < 150
    assert "\n" not in alert.subject
    assert alert.body_html.startswith("<!doctype html>")
    assert "&lt;b&gt;" not in alert.body_html, "the marks of a command are shown as text"
    assert "&amp;lt;" not in alert.body_html, "a name is escaped twice"
    assert "None" not in alert.subject + alert.body_text
    assert "`ai-costs " in alert.body_text.partition("\nAlert ")[0], "it names the command to use next"
    assert alert.body_text.startswith(f"{alert.subject}.\n\n")
    assert "\n\n\n" not in alert.body_text


@WITH_TEXT
def test_names_from_outside_are_data_in_every_part(rule: Rule):
    names = {
        field.name: HOSTILE
        for field in fields(rule.row)
        if isinstance(getattr(rule.example, field.name), str) and field.name not in LISTED
    }
    assert names
    for name, value in names.items():
        for alert in alerts_of(rule, replace(rule.example, **{name: value})):
            assert "<script" not in alert.body_html, name
            assert "\n" not in alert.subject, name
            assert "370370" not in alert.subject + alert.body_text, name


@WITH_TEXT
def test_the_example_of_a_rule_has_a_mark_that_its_html_escapes(rule: Rule):
    (alert,) = alerts_of(rule, rule.example)
    assert "<" in alert.body_text, "put a name such as <acme> into the example"
    assert "&lt;" in alert.body_html


@EACH
def test_an_alert_about_the_sample_company_says_so(rule: Rule):
    (alert,) = alerts_of(rule, rule.example, is_sample=True)
    assert alert.subject.startswith("SAMPLE ")
    assert alert.body_text.startswith("SAMPLE DATA. No real bill is behind these figures.\n")


@EACH
def test_a_rule_is_silent_about_nothing(rule: Rule):
    assert rule.conditions((), room.RuleOptions()) == []
    assert rule.conditions((rule.example,), room.RuleOptions(is_enabled=False)) == []


@EACH
def test_a_rules_template_has_its_name(rule: Rule):
    assert (TEMPLATES / f"{rule.name}.j2").is_file()


@pytest.fixture(scope="module")
def empty_marts() -> Iterator[duckdb.DuckDBPyConnection]:
    """Every mart as its contract states it, without a row."""
    with closing(duckdb.connect(":memory:")) as connection:
        create_missing_marts(connection)
        yield connection


@EACH
def test_a_rules_query_reads_marts_alone_and_fills_its_rows(rule: Rule, empty_marts: duckdb.DuckDBPyConnection):
    if rule.query is None:
        return
    assert all(name.startswith(("rpt_", "fct_", "dim_")) for name in empty_marts.get_table_names(rule.query))
    columns = {column[0] for column in empty_marts.execute(rule.query).description}
    needed = {field.name for field in fields(rule.row) if field.default is MISSING and field.default_factory is MISSING}
    assert needed <= columns <= {field.name for field in fields(rule.row)}


def test_missing_data_is_an_alert_of_what_was_expected_of_it():
    event = replace(anomaly.EXAMPLE, kind="missing_data", actual_amount=None, excess_amount=None, expected_amount=90.0)
    condition = anomaly.condition(event, Decimal(0))
    assert condition is not None
    assert (condition.money, condition.level) == (Decimal("90.0"), 90.0)
    assert condition.figures[:2] == (("Actual", "unknown"), ("Expected", "$90.00"))
    assert condition.headline == "Missing data: project <search>, since Nov 18, 2026"
    assert anomaly.condition(event, Decimal(91)) is None
