"""How an alert goes from one state to the next: what applies now against what is known, without any database.

Belongs here: opened, escalated, repeated, resolved and reopened, and which of them is a message. Does not: what applies
(rules/), or where it is stored (alert_log.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.alerts import Severity
from notifications.conditions import Condition
from notifications.routing import RANKS


class State(StrEnum):
    """Where an alert is."""

    PENDING = "pending"
    """it applies, but not for as many evaluations yet as its rule waits for"""
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    RESOLVED = "resolved"


class Event(StrEnum):
    """What happened to an alert: a row of its history."""

    OPENED = "opened"
    ESCALATED = "escalated"
    REPEATED = "repeated"
    FORWARDED = "forwarded"
    """reported to a channel that was configured since"""
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    WOKEN = "snooze ended"
    REPORTED = "reported"
    """another alert no longer includes it, or what it is measured against has changed"""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """How alerts of one rule behave.

    `after_evaluations`: how many evaluations in a row have to find it before it opens. `resolved_after`: how long it
    has to be absent before it is resolved. `repeat_after`: how long until it is reported again while it is open; None:
    never. `growth`: the factor by which the level has to grow to be reported again. `reports_end`: whether a message
    says that it is resolved.
    """

    after_evaluations: int = 1
    resolved_after: timedelta = timedelta(0)
    repeat_after: timedelta | None = None
    growth: float = 1
    reports_end: bool = False


@dataclass(frozen=True, kw_only=True)
class AlertState:
    """One alert as it is now.

    `is_active`: the last evaluation found its condition; that of a resolved alert too, if a person resolved it.
    `notified_level` and `notified_severity` are the highest that were reported, and None where nothing was;
    `notified_channels` are the channels that know of it, `messages` is how many were made.
    """

    alert_id: str
    rule: str
    subject: str
    period: str
    headline: str
    severity: Severity
    level: float
    basis: str
    state: State
    is_active: bool
    opened_at: datetime
    changed_at: datetime
    evaluations: int
    absent_since: datetime | None = None
    snoozed_until: datetime | None = None
    notified_at: datetime | None = None
    notified_level: float | None = None
    notified_severity: Severity | None = None
    notified_channels: tuple[str, ...] = ()
    messages: int = 0

    @property
    def is_resolved(self) -> bool:
        """Whether nobody needs to look at it."""
        return self.state is State.RESOLVED

    @property
    def is_silent(self) -> bool:
        """Whether a person has asked for silence: only a higher severity is reported."""
        return self.state in {State.ACKNOWLEDGED, State.SNOOZED}


@dataclass(frozen=True)
class Change:
    """An alert after an evaluation: what happened to it, in order, and the event that a message reports, if any."""

    state: AlertState
    events: tuple[Event, ...] = ()
    message: Event | None = None


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """One evaluation of a rule; in its `is_first` what is over already is noted and not reported."""

    now: datetime
    policy: Policy
    is_first: bool = False


def advance(
    before: AlertState | None, condition: Condition | None, evaluation: Evaluation, *, is_inhibited: bool = False
) -> Change | None:
    """What becomes of an alert; None: nothing, it neither was nor is.

    Args:
        before: the alert as it was; None where it never was.
        condition: its condition, None where it does not apply.
        evaluation: the rule's policy and the moment.
        is_inhibited: another alert includes this one, so it is not reported for now.
    """
    if condition is None:
        return None if before is None else _absent(before, evaluation)
    refreshed = _refreshed(before, condition, evaluation.now)
    if condition.is_over:
        return _over(before, refreshed, evaluation, is_inhibited=is_inhibited)
    return _active(before, refreshed, evaluation, is_inhibited=is_inhibited)


def _refreshed(before: AlertState | None, condition: Condition, now: datetime) -> AlertState:
    """The alert with what is true of its condition now; one that is measured against another basis begins again."""
    if before is None:
        return AlertState(
            alert_id=condition.alert_id,
            rule=condition.rule,
            subject=condition.subject,
            period=condition.period,
            headline=condition.headline,
            severity=condition.severity,
            level=condition.level,
            basis=condition.basis,
            state=State.PENDING,
            is_active=True,
            opened_at=now,
            changed_at=now,
            evaluations=1,
        )
    refreshed = replace(
        before,
        headline=condition.headline,
        severity=condition.severity,
        level=condition.level,
        basis=condition.basis,
        is_active=True,
        absent_since=None,
        evaluations=before.evaluations + 1,
    )
    return refreshed if condition.basis == before.basis else _forgotten(refreshed)


def _forgotten(state: AlertState) -> AlertState:
    return replace(state, notified_at=None, notified_level=None, notified_severity=None)


def _absent(before: AlertState, evaluation: Evaluation) -> Change:
    """Its condition does not apply: it is resolved once that was so for long enough."""
    now = evaluation.now
    gone = replace(before, is_active=False, evaluations=0, absent_since=before.absent_since or now)
    if before.is_resolved:
        return Change(replace(gone, absent_since=None))
    if before.state is State.PENDING:
        return Change(replace(gone, state=State.RESOLVED, changed_at=now, absent_since=None))
    if now - (gone.absent_since or now) < evaluation.policy.resolved_after:
        return Change(gone)
    return _resolved(gone, evaluation)


def _resolved(state: AlertState, evaluation: Evaluation) -> Change:
    """A resolution that is reported ends what was reported before, so a reopened alert is reported again."""
    resolved = replace(
        state, state=State.RESOLVED, changed_at=evaluation.now, absent_since=None, snoozed_until=None, evaluations=0
    )
    if evaluation.policy.reports_end and state.notified_level is not None:
        return Change(_forgotten(resolved), (Event.RESOLVED,), Event.RESOLVED)
    return Change(resolved, (Event.RESOLVED,))


def _over(before: AlertState | None, state: AlertState, evaluation: Evaluation, *, is_inhibited: bool) -> Change:
    """It has happened and is over: reported unless it was, and resolved."""
    now, policy = evaluation.now, evaluation.policy
    over = replace(state, state=State.RESOLVED, is_active=False, evaluations=0, changed_at=now, snoozed_until=None)
    if before is not None and before.basis != state.basis:
        # What is over was evaluated by what applied then; a new budget does not change it.
        return Change(noted(over), () if before.is_resolved else (Event.RESOLVED,))
    if before is None or (before.notified_level is None and not before.is_resolved):
        if is_inhibited:
            opened = replace(state, state=State.OPEN, changed_at=now)
            return Change(opened, (Event.OPENED,) if before is None else ())
        events = (Event.OPENED, Event.RESOLVED) if before is None else (Event.RESOLVED,)
        return Change(noted(over), events) if evaluation.is_first else Change(over, events, Event.OPENED)
    if not before.is_resolved:
        ended = _resolved(replace(state, is_active=False), evaluation)
        # It stays over, so what was reported of it remains known.
        return replace(ended, state=noted(ended.state))
    if _is_more_severe(state) or _has_grown(state, policy):
        return Change(over, (Event.REOPENED, Event.RESOLVED), Event.ESCALATED)
    return Change(replace(state, is_active=False, evaluations=0))


def noted(state: AlertState) -> AlertState:
    """As if it had been reported, so that only more of it will be."""
    return replace(state, notified_level=state.level, notified_severity=state.severity)


def _active(before: AlertState | None, state: AlertState, evaluation: Evaluation, *, is_inhibited: bool) -> Change:
    """Its condition applies."""
    now, policy = evaluation.now, evaluation.policy
    # A person resolved it while it applied: it stays so until there is more of it.
    resolved_by_person = before is not None and before.is_resolved and before.is_active
    if resolved_by_person and not (_is_more_severe(state) or _has_grown(state, policy)):
        return Change(state)
    events: tuple[Event, ...] = ()
    if state.state in {State.PENDING, State.RESOLVED}:
        is_new = state.state is State.PENDING
        if state.evaluations < policy.after_evaluations:
            return Change(replace(state, state=State.PENDING))
        events = (Event.OPENED if is_new and state.messages == 0 else Event.REOPENED,)
        state = replace(state, state=State.OPEN, opened_at=now, changed_at=now)
    if state.state is State.SNOOZED and state.snoozed_until is not None and state.snoozed_until <= now:
        state, events = replace(state, state=State.OPEN, snoozed_until=None, changed_at=now), (*events, Event.WOKEN)
    if is_inhibited:
        return Change(state, events)
    return _reported(state, events, evaluation)


def _reported(state: AlertState, events: tuple[Event, ...], evaluation: Evaluation) -> Change:
    """The change of an open alert, with a message if there is something new to report."""
    now, policy = evaluation.now, evaluation.policy
    opening = next((event for event in events if event in {Event.OPENED, Event.REOPENED}), None)
    if _is_more_severe(state) or (not state.is_silent and _has_grown(state, policy)):
        louder = replace(state, state=State.OPEN, snoozed_until=None, changed_at=now)
        if state.notified_level is None:
            return Change(louder, events or (Event.REPORTED,), opening or Event.OPENED)
        return Change(louder, (*events, Event.ESCALATED), Event.ESCALATED)
    if state.is_silent or policy.repeat_after is None or state.notified_at is None:
        return Change(state, events)
    if now - state.notified_at < policy.repeat_after:
        return Change(state, events)
    return Change(state, events or (Event.REPEATED,), opening or Event.REPEATED)


def _is_more_severe(state: AlertState) -> bool:
    return state.notified_severity is None or RANKS[state.severity] > RANKS[state.notified_severity]


def _has_grown(state: AlertState, policy: Policy) -> bool:
    if state.notified_level is None:
        return True
    return state.level > state.notified_level and state.level >= state.notified_level * policy.growth


def notified(change: Change, channels: tuple[str, ...], now: datetime) -> AlertState:
    """The alert after a message about it went to `channels`, which were not all before."""
    state = change.state
    known = tuple(dict.fromkeys((*state.notified_channels, *channels)))
    state = replace(state, messages=state.messages + 1, notified_channels=known)
    if change.message in {None, Event.RESOLVED, Event.FORWARDED}:
        return state
    severity = state.severity
    if state.notified_severity is not None and RANKS[state.notified_severity] > RANKS[severity]:
        severity = state.notified_severity
    return replace(
        state, notified_at=now, notified_level=max(state.level, state.notified_level or 0), notified_severity=severity
    )
