"""A thousand budgets and a thousand anomalies at once are one message for each recipient, with their number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.alert_log import AlertLog, Findings
from notifications.outbox import Outbox
from notifications.rules import RuleOptions, anomaly, budget_threshold
from notifications.rules.budget_threshold import EXAMPLE as BUDGET
from tests.notifications.budgets import NOW
from tests.notifications.outboxes import deliver, hook_channel, mail_channel
from tests.notifications.receivers import mail_server, web_server

MANY = 1_000


@pytest.mark.e2e
def test_a_storm_of_two_kinds_is_one_message_in_each_interval(tmp_path: Path):
    outbox = Outbox(tmp_path / "outbox.sqlite")
    rules = (anomaly.RULE, budget_threshold.RULE)
    with mail_server() as inbox, web_server() as hook:
        channels = [mail_channel(inbox.url_for("anna", "ben"), hourly=10), hook_channel(hook.url, hourly=20)]
        receivers = [channel.receiver for channel in channels]
        for hours, factor in ((0, 1), (1, 4)):
            events = tuple(
                replace(anomaly.EXAMPLE, event_id=f"{number:08x}", excess_amount=160.0 * factor)
                for number in range(MANY)
            )
            level = 70 if factor == 1 else 90
            budgets = tuple(replace(BUDGET, budget=f"team {number}", level_reached=level) for number in range(MANY))
            found = [
                condition
                for rule, rows in zip(rules, (events, budgets), strict=True)
                for condition in rule.conditions(rows, RuleOptions())
            ]
            findings = Findings(conditions=found, rules={rule.name: rule.policy for rule in rules})
            moment = NOW + timedelta(hours=hours)
            AlertLog(outbox).apply(findings, receivers, moment)
            deliver(outbox, *channels, at=moment)
            assert [len(inbox.received("anna")), len(inbox.received("ben")), len(hook.bodies)] == [hours + 1] * 3
    for mail in inbox.mails:
        assert str(mail["subject"]).startswith("2,000 alerts at once, first: team ")
        assert len(mail.as_bytes()) < 100_000
        text = mail.get_body(("plain",))
        assert text is not None
        lines = text.get_content().splitlines()
        assert lines[0] == "2,000 alerts at once: 2,000 warnings."
        assert sum(line.startswith("- team ") for line in lines) == 20
        assert "and 1,980 more, of smaller amounts" in lines
    assert len(AlertLog(outbox).alerts()) == 2 * MANY
