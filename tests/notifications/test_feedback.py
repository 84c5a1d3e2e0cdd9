"""What a person says of an anomaly closes the alert about it, and no other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from notifications.alert_log import Act, Findings
from notifications.rules import RuleOptions
from notifications.rules.anomaly import EXAMPLE, RULE
from pipelines.app.alerting import opened_log, resolve_alerts_about
from tests.home.homes import NOW, home_at


def test_a_judged_anomaly_has_no_open_alert(tmp_path: Path):
    home = home_at(tmp_path)
    found = RULE.conditions((EXAMPLE, replace(EXAMPLE, event_id="0badcafe")), RuleOptions())
    with opened_log(home) as log:
        log.apply(Findings(conditions=found, rules={RULE.name: RULE.policy}), [], NOW)
    resolve_alerts_about(home, EXAMPLE.event_id, Act("maya", NOW, "expected: a launch"))
    with opened_log(home) as log:
        assert [alert.subject for alert in log.alerts()] == ["0badcafe"]
        last = log.history(found[0].alert_id)[-1]
    assert (last.event, last.actor, last.detail) == ("resolved", "maya", "expected: a launch")
