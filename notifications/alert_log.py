"""The alerts in the database: their states, their history, and what people do to them.

Belongs here: applying what rules found, in one transaction with the messages about it. Does not: what a transition is
(lifecycle.py), or how messages travel (outbox.py, delivery.py).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from notifications.alerts import Alert, Severity
from notifications.conditions import Condition
from notifications.lifecycle import AlertState, Change, Evaluation, Event, Policy, State, advance, noted, notified
from notifications.notices import Notice, headed
from notifications.outbox import Outbox
from notifications.routing import RANKS, Receiver, route
from notifications.schema import alert_events, alert_states, evaluated_rules
from notifications.storms import with_digests

AUTOMATIC = "ai-costs"
"""By whom an event is that no person caused."""
_MOMENTS = ("opened_at", "changed_at", "absent_since", "snoozed_until", "notified_at")


class UnknownAlertError(LookupError):
    """No alert, or more than one, has an id that begins so."""


@dataclass(frozen=True, kw_only=True)
class AlertEvent:
    """One event of an alert's history; `detail` is what was reported, or what a person wrote."""

    number: int
    happened_at: datetime
    event: Event
    actor: str
    detail: str


@dataclass(frozen=True)
class Act:
    """Who did something, when, and what there is to say about it."""

    actor: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What one evaluation found.

    `rules` were evaluated, each with its policy; an alert of another rule is left as it is. `inhibited` are the ids of
    alerts that another one includes.
    """

    conditions: Sequence[Condition]
    rules: Mapping[str, Policy]
    inhibited: Collection[str] = ()
    is_sample: bool = False


class AlertLog:
    """The alerts of one database."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    def apply(self, findings: Findings, receivers: Sequence[Receiver], now: datetime) -> list[Alert]:
        """Bring the alerts up to date and add the messages about it to the outbox, all or nothing; give those."""
        found = {condition.alert_id: condition for condition in findings.conditions}
        with self._outbox.transaction() as connection:
            known = _states(connection, alert_states.c.rule.in_(findings.rules))
            first = _begin(connection, findings.rules, now)
            notices: list[Notice] = []
            for before, change in _changes(known, findings, first, now):
                condition = found.get(change.state.alert_id)
                notice = _notice(change, condition, receivers, is_sample=findings.is_sample)
                after = change.state if notice is None else notified(notice.change, notice.channels, now)
                _store(connection, before, after)
                events = change.events if notice is None else notice.change.events
                _record(connection, after, events, Act(AUTOMATIC, now, after.headline))
                notices += [] if notice is None else [notice]
            # What a channel takes was asked of each notice: a digest, or an end, has no scope by which to ask.
            chosen = [Receiver(channel=each.channel, recipients=each.recipients) for each in receivers]
            return self._outbox.add(connection, with_digests(notices), chosen, now)

    def outlook(self, findings: Findings, now: datetime) -> list[AlertState]:
        """The alerts that `apply` would leave unresolved, the most severe and newest first; nothing is written."""
        with self._outbox.transaction() as connection:
            known = _states(connection, sa.true())
            first = set(findings.rules) - _evaluated(connection)
        evaluated = {alert_id: state for alert_id, state in known.items() if state.rule in findings.rules}
        after = {change.state.alert_id: change.state for _, change in _changes(evaluated, findings, first, now)}
        return _worst_first(
            state for state in (known | after).values() if state.state not in {State.PENDING, State.RESOLVED}
        )

    def evaluated_since(self, name: str, now: datetime) -> datetime:
        """When something was first looked for: `now` if it never was."""
        with self._outbox.transaction() as connection:
            _begin(connection, [name], now)
            query = sa.select(evaluated_rules.c.first_at).where(evaluated_rules.c.rule == name)
            first: datetime = connection.execute(query).scalar_one()
            return first.replace(tzinfo=UTC)

    def acknowledge(self, alert_id: str, act: Act) -> AlertState:
        """Silence an open alert until its severity rises or it is resolved.

        Raises:
            UnknownAlertError: no alert has this id.
            ValueError: it is resolved.
        """

        def acknowledged(state: AlertState) -> AlertState:
            return replace(_unresolved(state), state=State.ACKNOWLEDGED, snoozed_until=None)

        return self._change(alert_id, acknowledged, Event.ACKNOWLEDGED, act)

    def snooze(self, alert_id: str, until: datetime, act: Act) -> AlertState:
        """Silence an open alert until a moment, unless its severity rises.

        Raises:
            UnknownAlertError: no alert has this id.
            ValueError: it is resolved, or the moment has passed.
        """
        if until <= act.at:
            raise ValueError(f"{until:%Y-%m-%d %H:%M} UTC has passed: choose a later time")

        def snoozed(state: AlertState) -> AlertState:
            return replace(_unresolved(state), state=State.SNOOZED, snoozed_until=until)

        detail = f"until {until:%Y-%m-%d %H:%M} UTC{f': {act.detail}' if act.detail else ''}"
        return self._change(alert_id, snoozed, Event.SNOOZED, replace(act, detail=detail))

    def resolve(self, alert_id: str, act: Act) -> AlertState:
        """Close an alert; while its condition still applies it opens again only if there is more of it.

        Raises:
            UnknownAlertError: no alert has this id.
            ValueError: it is resolved already.
        """

        def resolved(state: AlertState) -> AlertState:
            known = noted(state) if state.notified_level is None else state
            return replace(_unresolved(known), state=State.RESOLVED, snoozed_until=None, absent_since=None)

        return self._change(alert_id, resolved, Event.RESOLVED, act)

    def alerts(self, *, with_resolved: bool = False) -> list[AlertState]:
        """The alerts that are not resolved, the most severe and newest first; or all of them."""
        wanted = sa.true() if with_resolved else alert_states.c.state != State.RESOLVED
        with self._outbox.transaction() as connection:
            return _worst_first(_states(connection, wanted & (alert_states.c.state != State.PENDING)).values())

    def alert(self, alert_id: str) -> AlertState:
        """The alert whose id begins with `alert_id`.

        Raises:
            UnknownAlertError: there is none, or more than one.
        """
        with self._outbox.transaction() as connection:
            return _state(connection, alert_id)

    def history(self, alert_id: str) -> list[AlertEvent]:
        """What happened to an alert, the oldest first.

        Raises:
            UnknownAlertError: no alert has this id.
        """
        with self._outbox.transaction() as connection:
            state = _state(connection, alert_id)
            query = sa.select(alert_events).where(alert_events.c.alert_id == state.alert_id)
            return [
                AlertEvent(
                    number=row.number,
                    happened_at=row.happened_at.replace(tzinfo=UTC),
                    event=Event(row.event),
                    actor=row.actor,
                    detail=row.detail,
                )
                for row in connection.execute(query.order_by(alert_events.c.number))
            ]

    def _change(self, alert_id: str, changed: Callable[[AlertState], AlertState], event: Event, act: Act) -> AlertState:
        with self._outbox.transaction() as connection:
            before = _state(connection, alert_id)
            after = replace(changed(before), changed_at=act.at)
            _store(connection, before, after)
            _record(connection, after, (event,), act)
            return after


def _changes(
    known: Mapping[str, AlertState], findings: Findings, first: Collection[str], now: datetime
) -> Iterator[tuple[AlertState | None, Change]]:
    """Each alert of the rules that were evaluated as it was, None where it is new, and what becomes of it."""
    found = {condition.alert_id: condition for condition in findings.conditions}
    for alert_id in dict.fromkeys((*known, *found)):
        before, condition = known.get(alert_id), found.get(alert_id)
        rule = condition.rule if condition else known[alert_id].rule
        evaluation = Evaluation(now=now, policy=findings.rules[rule], is_first=rule in first)
        change = advance(before, condition, evaluation, is_inhibited=alert_id in findings.inhibited)
        if change is not None:
            yield before, change


def _worst_first(states: Iterable[AlertState]) -> list[AlertState]:
    newest = sorted(states, key=lambda state: (state.opened_at, state.alert_id), reverse=True)
    return sorted(newest, key=lambda state: (state.is_resolved, -RANKS[state.severity]))


def _unresolved(state: AlertState) -> AlertState:
    if state.is_resolved:
        raise ValueError(f"alert {state.alert_id} is resolved already")
    return state


def _notice(
    change: Change, condition: Condition | None, receivers: Sequence[Receiver], *, is_sample: bool
) -> Notice | None:
    """The message about a change and its channels; without a change, for channels that were not notified yet."""
    state, event = change.state, change.message
    if event is None:
        if condition is None or state.is_resolved or state.notified_at is None:
            return None
        event = Event.FORWARDED
    alert = headed(state, condition, event, is_sample=is_sample)
    to = tuple(receiver.channel for receiver in route(alert, receivers))
    if event is Event.FORWARDED:
        to = tuple(name for name in to if name not in state.notified_channels)
        if not to:
            return None
        change = Change(state, (*change.events, Event.FORWARDED), Event.FORWARDED)
    if event is Event.RESOLVED:
        to = tuple(each.channel for each in receivers if each.channel in state.notified_channels)
    return Notice(
        alert=replace(alert, channels=to),
        change=change,
        event=event,
        channels=to,
        condition=condition,
        is_sample=is_sample,
    )


def _states(connection: sa.Connection, where: sa.ColumnElement[bool]) -> dict[str, AlertState]:
    rows = connection.execute(sa.select(alert_states).where(where).order_by(alert_states.c.alert_id)).mappings()
    return {row["alert_id"]: _from_row(row) for row in rows}


def _state(connection: sa.Connection, alert_id: str) -> AlertState:
    found = _states(connection, alert_states.c.alert_id.startswith(alert_id.lower(), autoescape=True))
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise UnknownAlertError(f"several alerts begin with {alert_id!r}: {', '.join(found)}")
    raise UnknownAlertError(f"there is no alert {alert_id!r}; `ai-costs alerts list --all` lists all")


def _evaluated(connection: sa.Connection) -> set[str]:
    return set(connection.scalars(sa.select(evaluated_rules.c.rule)))


def _begin(connection: sa.Connection, rules: Iterable[str], now: datetime) -> set[str]:
    """Note that the rules are evaluated; give those that never were."""
    known = _evaluated(connection)
    moment = _naive(now)
    for rule in rules:
        if rule in known:
            connection.execute(evaluated_rules.update().where(evaluated_rules.c.rule == rule).values(last_at=moment))
        else:
            connection.execute(evaluated_rules.insert().values(rule=rule, first_at=moment, last_at=moment))
    return set(rules) - known


def _store(connection: sa.Connection, before: AlertState | None, after: AlertState) -> None:
    if before is None:
        connection.execute(alert_states.insert().values(_to_row(after)))
    elif before != after:
        here = alert_states.c.alert_id == after.alert_id
        connection.execute(alert_states.update().where(here).values(_to_row(after)))


def _record(connection: sa.Connection, state: AlertState, events: Sequence[Event], act: Act) -> None:
    if not events:
        return
    of_it = sa.select(sa.func.max(alert_events.c.number)).where(alert_events.c.alert_id == state.alert_id)
    last = connection.execute(of_it).scalar_one() or 0
    for number, event in enumerate(events, last + 1):
        connection.execute(
            alert_events.insert().values(
                event_id=uuid.uuid4().hex,
                alert_id=state.alert_id,
                number=number,
                happened_at=_naive(act.at),
                event=event,
                actor=act.actor,
                detail=act.detail,
            )
        )


def _to_row(state: AlertState) -> dict[str, Any]:
    values = {field.name: getattr(state, field.name) for field in fields(AlertState)}
    for name in _MOMENTS:
        values[name] = None if values[name] is None else _naive(values[name])
    return values | {"notified_channels": json.dumps(values["notified_channels"])}


def _from_row(row: Mapping[Any, Any]) -> AlertState:
    values = dict(row)
    for name in _MOMENTS:
        values[name] = None if values[name] is None else values[name].replace(tzinfo=UTC)
    notified_severity = values["notified_severity"]
    return AlertState(
        **values
        | {
            "severity": Severity(values["severity"]),
            "state": State(values["state"]),
            "notified_severity": None if notified_severity is None else Severity(notified_severity),
            "notified_channels": tuple(json.loads(values["notified_channels"] or "[]")),
        }
    )


def _naive(moment: datetime) -> datetime:
    """UTC without its mark: SQLite stores no time zone."""
    return moment.astimezone(UTC).replace(tzinfo=None)
