"""One contract for every rule: its example is worded, without an error and without markup of its making."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from notifications import rules as room
from notifications.observations import Observations
from notifications.rules import Rule, rules

EACH = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.name)
TEMPLATES = Path(room.__path__[0]).parent / "templates"


@EACH
def test_a_rule_words_its_example_as_an_alert(rule: Rule):
    (alert, *_) = rule.evaluate(rule.example)
    assert alert.rule == rule.name
    assert alert.dedup_key.startswith(f"{rule.name}:")
    assert alert.subject.strip() == alert.subject
    assert "\n" not in alert.subject
    assert alert.body_text.strip()
    assert alert.body_html.startswith("<!doctype html>")
    assert "None" not in alert.body_text


@EACH
def test_the_example_of_a_rule_has_a_mark_that_its_html_escapes(rule: Rule):
    (alert, *_) = rule.evaluate(rule.example)
    assert "<" in alert.body_text, "put a name such as <acme> into the example"
    assert "&lt;" in alert.body_html


@EACH
def test_a_rule_is_silent_about_nothing_and_says_the_same_of_the_same(rule: Rule):
    assert rule.evaluate(Observations()) == []
    assert rule.evaluate(rule.example) == rule.evaluate(rule.example)
    keys = [alert.dedup_key for alert in rule.evaluate(rule.example)]
    assert len(keys) == len(set(keys))


@EACH
def test_a_rules_templates_have_its_name(rule: Rule):
    assert (TEMPLATES / f"{rule.name}.txt.j2").is_file()
    assert (TEMPLATES / f"{rule.name}.html.j2").is_file()


@EACH
def test_a_rules_query_reads_marts_alone(rule: Rule):
    if rule.query is not None:
        tables = duckdb.connect(":memory:").get_table_names(rule.query)
        assert tables
        assert all(name.startswith(("rpt_", "fct_", "dim_")) for name in tables)
