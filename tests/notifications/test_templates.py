"""A person's template wins; one that fails is named with its line, and the alert arrives by the usual one."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from notifications.examples import every_message
from notifications.observations import Observations
from notifications.rendering import Wording, worded_by
from notifications.rules import evaluate
from notifications.rules.source_failing import RULE
from pipelines.app.alert_templates import template_problems
from tests.home.homes import home_at

SEEN = Observations(rows={RULE.name: (RULE.example,)})
OURS = (
    "{% macro cause() %}Ask the platform team: {{ message }}{% endmacro %}{% macro action() %}Call 4711.{% endmacro %}"
)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{% macro cause() %}\n\n{{ mesage }}{% endmacro %}", "source_failing.j2:3: 'mesage' is undefined"),
        ("{% macro cause() %}\n{% endmcro %}", "source_failing.j2:2: Encountered unknown tag 'endmcro'."),
        (
            "{% macro cause() %}{{ ''.__class__.__mro__ }}{% endmacro %}",
            "source_failing.j2:1: access to attribute '__class__' of 'str' object is unsafe.",
        ),
    ],
)
def test_a_template_that_fails_is_named_and_the_usual_one_is_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str, problem: str
):
    home = home_at(tmp_path)
    (usual,) = evaluate(SEEN)
    folder = home.folders.templates
    folder.mkdir()
    (folder / "source_failing.j2").write_text(text)
    with caplog.at_level(logging.WARNING), worded_by(Wording(folder)):
        assert evaluate(SEEN) == [usual]
    assert problem in caplog.text
    (found,) = template_problems(home)
    assert found.startswith(problem)
    assert found.endswith("; the usual template is used")


def test_a_template_of_a_person_wins_and_is_escaped_where_it_is_html(tmp_path: Path):
    home = home_at(tmp_path)
    home.folders.templates.mkdir()
    (home.folders.templates / "source_failing.j2").write_text(OURS)
    assert template_problems(home) == []
    with worded_by(Wording(home.folders.templates, "https://costs.example.com/?a=1&b=2")):
        (alert,) = evaluate(SEEN)
    assert "Ask the platform team: the server answered 500 three times" in alert.body_text
    assert "Call 4711." in alert.body_html
    assert "&lt;acme&gt;" in alert.body_html
    assert alert.body_text.endswith("\nReport: https://costs.example.com/?a=1&b=2\n")
    assert '<a href="https://costs.example.com/?a=1&amp;b=2"' in alert.body_html


def test_a_name_that_no_template_has_is_named(tmp_path: Path):
    home = home_at(tmp_path)
    home.folders.templates.mkdir()
    (home.folders.templates / "source_fialing.j2").write_text(OURS)
    assert template_problems(home) == ["source_fialing.j2: no template has this name: did you mean source_failing.j2?"]


def test_every_message_is_small_and_has_its_parts():
    messages = dict(every_message())
    assert {"storm", "digest", "several", "resolved", "test", "undelivered", "anomaly"} <= set(messages)
    for name, alert in messages.items():
        assert len(alert.body_html) < 25_000, name
        assert "<style" not in alert.body_html, name
        assert "<svg" not in alert.body_html, name
        assert (alert.picture is None) == ("<img" not in alert.body_html), name
    assert [name for name, alert in messages.items() if alert.picture] == [
        "anomaly",
        "budget_threshold",
        "digest",
    ]
