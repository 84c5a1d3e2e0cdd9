"""An alert is reported when it appears, grows, goes and comes back; never twice at one level within its interval."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.alert_log import Act, AlertLog, Findings, UnknownAlertError
from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.lifecycle import Policy, State
from notifications.outbox import Outbox
from notifications.routing import Receiver, Route
from notifications.schema import alert_states
from tests.examples import examples

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAILY = Policy(resolved_after=6 * HOUR, repeat_after=24 * HOUR, reports_end=True)
RULE = "run_failed"
MAIL = Receiver(channel="mail")
FACTS = {"reason": "no key", "run_id": "4f1c2a"}


def condition(subject: str = "acme", level: float = 1, **values: Any) -> Condition:
    named = {"severity": Severity.WARNING, "headline": f"{subject} at {level:g}", "facts": FACTS}
    return Condition(rule=RULE, subject=subject, level=level, **{**named, **values})


class Course:
    """Evaluations of one rule, an hour apart unless said otherwise; each gives the subjects of its messages."""

    def __init__(self, folder: Path, policy: Policy = DAILY) -> None:
        self.outbox = Outbox(folder / "outbox.sqlite")
        self.log = AlertLog(self.outbox)
        self.policy = policy
        self.now = NOW
        self.receivers = [MAIL]
        self.evaluate()

    def evaluate(self, *conditions: Condition, after: timedelta = HOUR, inhibited: set[str] | None = None) -> list[str]:
        self.now += after
        findings = Findings(conditions=conditions, rules={RULE: self.policy}, inhibited=inhibited or set())
        return [alert.subject for alert in self.log.apply(findings, self.receivers, self.now)]

    def events(self, of: Condition) -> list[str]:
        return [event.event for event in self.log.history(of.alert_id)]

    def act(self, detail: str = "") -> Act:
        return Act("maya", self.now, detail)


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_it_is_reported_when_it_opens_grows_repeats_and_ends(course: Course):
    assert course.evaluate(condition()) == ["acme at 1"]
    assert course.evaluate(condition()) == []
    assert course.evaluate(condition(level=2)) == ["acme at 2"]
    assert course.evaluate(condition(level=1)) == [], "less of it is no news"
    assert course.evaluate(condition(level=2), after=23 * HOUR) == ["Still: acme at 2"]
    assert course.evaluate() == []
    assert course.evaluate(after=5 * HOUR) == [], "it has to be absent for six hours"
    assert course.evaluate() == ["Resolved: acme at 2"]
    assert course.evaluate() == []
    assert course.evaluate(condition()) == ["Again: acme at 1"]
    assert course.events(condition()) == ["opened", "escalated", "repeated", "resolved", "reopened"]


def test_what_comes_and_goes_within_the_hours_of_its_rule_is_reported_once(course: Course):
    found = [course.evaluate(*([condition()] if hour % 2 else [])) for hour in range(1, 20)]
    assert found == [["acme at 1"], *[[]] * 18]


def test_a_rule_may_wait_for_several_evaluations_in_a_row(tmp_path: Path):
    course = Course(tmp_path, replace(DAILY, after_evaluations=3))
    assert [course.evaluate(condition()) for _ in range(2)] == [[], []]
    assert course.log.alerts() == []
    assert course.evaluate() == []
    assert [course.evaluate(condition()) for _ in range(4)] == [[], [], ["acme at 1"], []]


def test_without_an_interval_it_is_never_repeated_and_less_of_it_does_not_count(tmp_path: Path):
    course = Course(tmp_path, Policy(growth=2))
    assert course.evaluate(condition(level=10)) == ["acme at 10"]
    assert course.evaluate(condition(level=19), after=900 * HOUR) == []
    assert course.evaluate() == []
    assert course.evaluate(condition(level=10)) == [], "it was reported, and its end was not"
    assert course.evaluate(condition(level=20)) == ["acme at 20"]


def test_another_basis_is_reported_again(course: Course):
    assert course.evaluate(condition(basis="500 USD")) == ["acme at 1"]
    assert course.evaluate(condition(basis="500 USD")) == []
    assert course.evaluate(condition(basis="1000 USD")) == ["acme at 1"]
    assert course.events(condition()) == ["opened", "reported"]


def test_what_is_over_is_reported_once_and_resolved(course: Course):
    assert course.evaluate(condition(is_over=True)) == ["acme at 1"]
    assert course.log.alerts() == []
    assert course.evaluate(condition(is_over=True)) == []
    assert course.evaluate(condition(level=2, is_over=True)) == ["acme at 2"], "costs that arrived later"
    assert course.evaluate(condition("other")) == ["other at 1"]
    assert course.evaluate(condition("other", is_over=True)) == ["Resolved: other at 1"]
    assert course.evaluate(condition("other", is_over=True)) == [], "it stays over"


def test_what_was_over_before_a_rule_was_evaluated_is_noted_and_not_reported(tmp_path: Path):
    log = AlertLog(Outbox(tmp_path / "outbox.sqlite"))

    def evaluate(level: float, hours: int) -> list[str]:
        findings = Findings(conditions=[condition(level=level, is_over=True)], rules={RULE: DAILY})
        return [alert.subject for alert in log.apply(findings, [MAIL], NOW + hours * HOUR)]

    assert [evaluate(1, 0), evaluate(1, 1), evaluate(2, 2)] == [[], [], ["acme at 2"]]


@pytest.mark.parametrize("silence", ["ack", "snooze"])
def test_a_person_silences_repeats_and_growth_but_no_higher_severity(course: Course, silence: str):
    course.evaluate(condition())
    alert_id = condition().alert_id
    if silence == "ack":
        course.log.acknowledge(alert_id[:4], course.act("on it"))
    else:
        course.log.snooze(alert_id, course.now + 100 * HOUR, course.act())
    assert course.evaluate(condition(), after=30 * HOUR) == []
    assert course.evaluate(condition(level=2)) == []
    critical = condition(level=2, severity=Severity.CRITICAL)
    assert course.evaluate(critical) == ["acme at 2"]
    assert course.log.alert(alert_id).state is State.OPEN
    assert course.log.history(alert_id)[1].actor == "maya"


def test_a_snooze_ends_and_what_grew_meanwhile_is_reported(course: Course):
    course.evaluate(condition())
    course.log.snooze(condition().alert_id, course.now + 3 * HOUR, course.act())
    assert course.evaluate(condition(level=2)) == []
    assert course.evaluate(condition(level=2), after=3 * HOUR) == ["acme at 2"]
    assert course.events(condition()) == ["opened", "snoozed", "snooze ended", "escalated"]


def test_what_a_person_resolved_stays_so_until_there_is_more_or_it_comes_back(course: Course):
    course.evaluate(condition())
    course.log.resolve(condition().alert_id, course.act("a launch"))
    assert course.evaluate(condition(), after=48 * HOUR) == []
    assert course.log.alerts() == []
    assert course.evaluate(condition(level=2)) == ["acme at 2"]
    course.log.resolve(condition().alert_id, course.act())
    course.evaluate()
    assert course.evaluate(condition(level=2), after=25 * HOUR) == ["Again: acme at 2"]
    assert course.events(condition()) == ["opened", "resolved", "reopened", "escalated", "resolved", "reopened"]


def test_a_channel_that_is_added_gets_what_is_open(course: Course):
    course.evaluate(condition(), condition("gone"))
    course.evaluate(condition(), after=7 * HOUR)
    course.receivers = [MAIL, Receiver(channel="chat")]
    course.evaluate(condition())
    course.evaluate(condition())
    listed = Counter((listed.subject, listed.channel) for listed in course.outbox.list_alerts())
    assert listed == {("acme at 1", "mail"): 1, ("gone at 1", "mail"): 1, ("acme at 1", "chat"): 1}
    assert course.events(condition()) == ["opened", "forwarded"]


def test_an_alert_that_another_includes_is_reported_once_it_no_longer_does(course: Course):
    part = condition("part")
    assert course.evaluate(part, inhibited={part.alert_id}) == []
    assert course.evaluate(part) == ["part at 1"]
    over = condition("over", is_over=True)
    assert course.evaluate(part, over, inhibited={over.alert_id}) == []
    assert course.evaluate(part, over) == ["over at 1"]


def test_a_storm_is_one_digest_with_the_largest_twenty(course: Course):
    storm = [condition(f"budget {number}", money=Decimal(number), currency="USD") for number in range(1000)]
    (subject,) = course.evaluate(*storm)
    assert subject == "1,000 alerts at once, first: budget 999 at 1"
    message = course.outbox.claim("mail", course.now)
    assert message is not None
    (listed,) = message.alerts
    lines = listed.body_text.splitlines()
    assert lines[0] == "1,000 alerts at once: 1,000 warnings."
    assert lines[2] == "- budget 999 at 1"
    assert lines[21:23] == ["- budget 980 at 1", "and 980 more, of smaller amounts"]
    assert len(listed.body_html) < 100_000
    assert len(course.log.alerts()) == 1000
    assert course.evaluate(*storm) == [], "a digest reports each of them"


def test_a_channel_of_a_team_gets_what_is_the_teams_its_end_and_its_storms(course: Course):
    route = Route(scope={"project": ("atlas",)}, severity=Severity.WARNING)
    course.receivers = [Receiver(channel="team", routes=(route,))]
    mine = [condition(f"mine {number}", money=Decimal(number), scope={"project": ("atlas",)}) for number in range(21)]
    others = [condition(f"other {number}", scope={"project": ("zeus",)}) for number in range(5)]
    assert course.evaluate(mine[0], others[0]) == ["mine 0 at 1", "other 0 at 1"]
    course.evaluate()
    assert sorted(course.evaluate(after=6 * HOUR)) == ["Resolved: mine 0 at 1", "Resolved: other 0 at 1"]
    course.evaluate(*mine, *others)
    listed = [listed.subject for listed in course.outbox.list_alerts() if listed.channel == "team"]
    assert sorted(listed) == ["21 alerts at once, first: mine 20 at 1", "Resolved: mine 0 at 1", "mine 0 at 1"]


def test_an_id_that_is_none_or_several_is_refused(course: Course):
    course.evaluate(*(condition(f"budget {number}") for number in range(40)))
    with pytest.raises(UnknownAlertError, match="there is no alert 'zz'; `ai-costs alerts list --all` lists all"):
        course.log.alert("zz")
    with pytest.raises(UnknownAlertError, match="several alerts begin with ''"):
        course.log.alert("")


LEVELS = st.dictionaries(st.sampled_from("abc"), st.sampled_from([1, 2, 4]), max_size=3)


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(LEVELS, st.integers(1, 30)), min_size=1, max_size=12))
def test_every_condition_is_reported_and_no_level_twice_within_its_interval(
    tmp_path_factory: pytest.TempPathFactory, evaluations: list[tuple[dict[str, int], int]]
):
    course = Course(tmp_path_factory.mktemp("log"))
    reported: dict[str, tuple[int, datetime]] = {}
    for levels, hours in evaluations:
        subjects = course.evaluate(
            *(condition(name, level) for name, level in levels.items()), after=timedelta(hours=hours)
        )
        assert len(subjects) == len(set(subjects))
        for subject in subjects:
            name = subject.removeprefix("Still: ").removeprefix("Again: ").removeprefix("Resolved: ")[0]
            if subject.startswith("Resolved: "):
                del reported[name]
                continue
            level, at = reported.get(name, (0, NOW))
            assert levels[name] > level or course.now - at >= 24 * HOUR
            reported[name] = (max(level, levels[name]), course.now)
        assert all(reported[name][0] >= level for name, level in levels.items()), "what applies was reported"
        with course.outbox.transaction() as connection:
            rows = connection.execute(sa.select(alert_states.c.subject, alert_states.c.state)).all()
        assert len(rows) == len({row.subject for row in rows})
        is_open = {row.subject for row in rows if row.state == "open"}
        assert set(levels) <= is_open


def test_an_outlook_is_what_an_evaluation_would_leave_and_changes_nothing(course: Course):
    course.evaluate(condition("grows"), condition("goes"), condition("answered"))
    course.log.acknowledge(condition("answered").alert_id, course.act())
    known = course.log.alerts()
    found = Findings(conditions=[condition("grows", 2), condition("new"), condition("answered")], rules={RULE: DAILY})
    ahead = course.log.outlook(found, course.now + 9 * HOUR)
    seen = {(alert.subject, alert.level, alert.state) for alert in ahead}
    is_open = State.OPEN
    assert seen >= {("grows", 2, is_open), ("new", 1, is_open), ("answered", 1, State.ACKNOWLEDGED)}
    assert course.log.alerts() == known
    course.log.apply(found, [], course.now + 9 * HOUR)
    assert [(alert.subject, alert.level, alert.state) for alert in course.log.alerts()] == [
        (alert.subject, alert.level, alert.state) for alert in ahead
    ]
