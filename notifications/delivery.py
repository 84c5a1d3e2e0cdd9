"""Sending what is due: a thread for each channel, so that a slow one holds no other back.

Belongs here: one round of sending, and what becomes of each message. Does not: how a channel is reached (channels.py),
and what is next (claims.py).
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from notifications.alert_log import AlertLog, Findings
from notifications.alerts import Alert
from notifications.channels import Channel
from notifications.messages import Message, StoredAlert
from notifications.outbox import Outbox, retry_at
from notifications.outbox_reports import given_up
from notifications.outcomes import Outcome, Verdict
from notifications.pacing import CHAT
from notifications.routing import route
from notifications.rules import RuleOptions
from notifications.rules.undelivered import RULE as UNDELIVERED
from notifications.rules.undelivered import UnreachedRecipient

CHANNELS_AT_ONCE = 8
LONGEST_SEND = timedelta(minutes=2)
MOST_UNREACHABLE = 2
"""Messages in a row that a round tries on a channel which does not answer; the others stay due."""


@dataclass(frozen=True)
class DeliveryReport:
    """What one round of sending came to, in messages; `dead` are those that will not be tried again.

    `problems` has a sentence for each that did not arrive.
    """

    sent: int = 0
    failed: int = 0
    dead: int = 0
    problems: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.failed} failed" + (f", {self.dead} given up" if self.dead else "")

    def __add__(self, other: DeliveryReport) -> DeliveryReport:
        return DeliveryReport(
            self.sent + other.sent,
            self.failed + other.failed,
            self.dead + other.dead,
            self.problems + other.problems,
        )


def deliver_due(
    outbox: Outbox,
    channels: Sequence[Channel],
    now: Callable[[], datetime],
    wanted: RuleOptions | None = None,
    longest_send: timedelta = LONGEST_SEND,
) -> DeliveryReport:
    """Send what is due. Channels are independent: a failure of one does not delay another.

    Whom messages do not reach is an alert of the other channels, as `wanted`, until a message arrives there again.
    """
    round_ = _Round(outbox, channels, now, longest_send)
    report = round_.deliver_all()
    new = _report_undelivered(outbox, channels, wanted or RuleOptions(), now())
    return report + round_.deliver_all() if new else report


def _report_undelivered(
    outbox: Outbox, channels: Sequence[Channel], wanted: RuleOptions, now: datetime
) -> Sequence[Alert]:
    """Bring the alerts about recipients up to date whom messages do not reach; give the messages about it."""
    names = [channel.name for channel in channels]
    rows = tuple(
        UnreachedRecipient(
            channel=each.channel,
            recipient=each.recipient,
            dead=each.count,
            reason=each.reason,
            first_subject=" ".join(each.subject.split()),
            since=f"{each.since:%Y-%m-%d %H:%M} UTC",
            others=tuple(name for name in names if name != each.channel),
        )
        for each in given_up(outbox, UNDELIVERED.name)
        if each.channel in names
    )
    found = UNDELIVERED.conditions(rows, wanted)
    findings = Findings(conditions=found, rules={UNDELIVERED.name: UNDELIVERED.policy_of(wanted)})
    return AlertLog(outbox).apply(findings, [channel.receiver for channel in channels], now)


@dataclass(frozen=True)
class TestResult:
    """Whether a test message arrived at one recipient, and if not, why and what to do."""

    __test__ = False  # of pytest

    place: str
    arrived: bool
    reason: str = ""
    next_step: str = ""

    @property
    def sentence(self) -> str:
        """All of it."""
        if self.arrived:
            return f"{self.place}: the test message was accepted"
        step = f". Next step: {self.next_step}" if self.next_step else ""
        return f"{self.place}: {self.reason}{step}"


def send_test(channel: Channel, alert: Alert) -> list[TestResult]:
    """Send `alert` to each recipient of a channel at once, without an outbox."""
    results = []
    for recipient in channel.receiver.recipients:
        message = unstored(alert, channel.name, recipient)
        outcome = channel.send(message)
        arrived = outcome.verdict is Verdict.SENT
        results.append(TestResult(message.place, arrived, outcome.reason, outcome.next_step))
    return results


def send_without_outbox(alerts: Sequence[Alert], channels: Sequence[Channel]) -> DeliveryReport:
    """Send alerts once, for when no outbox can be written: what does not arrive is not sent again."""
    total = DeliveryReport()
    for channel in channels:
        receiver = channel.receiver
        for alert in alerts:
            for recipient in receiver.recipients if route(alert, [receiver]) else ():
                message = unstored(alert, channel.name, recipient)
                total += _counted(message, channel.send(message), dead=False)
    return total


def unstored(alert: Alert, channel: str, recipient: str) -> Message:
    """A message that no outbox has."""
    now = datetime.now(UTC)
    stored = StoredAlert(
        alert_id=uuid.uuid4().hex,
        rule=alert.rule,
        severity=alert.severity,
        subject=alert.subject,
        body_text=alert.body_text,
        body_html=alert.body_html,
        created_at=now,
        picture=alert.picture,
    )
    return Message(
        message_id=uuid.uuid4().hex,
        channel=channel,
        recipient=recipient,
        attempts=1,
        first_tried_at=now,
        lease_id="",
        alerts=(stored,),
    )


@dataclass
class _Round:
    """One round of sending: the outbox, and the channels it may send to."""

    outbox: Outbox
    channels: Sequence[Channel]
    now: Callable[[], datetime]
    longest_send: timedelta

    def deliver_all(self) -> DeliveryReport:
        """Send what is due on every channel."""
        names = self.outbox.channels_due(self.now())
        if not names:
            return DeliveryReport()
        contexts = [copy_context() for _ in names]  # how messages are written is known by the context of the thread
        with ThreadPoolExecutor(CHANNELS_AT_ONCE, "deliver") as pool:
            reports = pool.map(lambda name, context: context.run(self.deliver, name), names, contexts)
            return sum(reports, DeliveryReport())

    def deliver(self, name: str) -> DeliveryReport:
        """Send what is due on the channel `name`."""
        channel = next((channel for channel in self.channels if channel.name == name), None)
        pace = CHAT if channel is None else channel.pace
        total, unreachable = DeliveryReport(), 0
        while unreachable < MOST_UNREACHABLE and (message := self.outbox.claim(name, self.now(), pace)) is not None:
            if channel is not None and not message.recipient and (recipients := channel.receiver.recipients) != ("",):
                self.outbox.split(message, recipients, self.now())
                continue
            outcome = self._sent(channel, message)
            unreachable = unreachable + 1 if outcome.unreachable else 0
            total += self._settled(message, outcome)
        return total

    def _sent(self, channel: Channel | None, message: Message) -> Outcome:
        """Send in a thread, and renew the lease for as long as it takes."""
        if channel is None:
            return Outcome(Verdict.LATER, "the channel is no longer configured")
        outcomes: list[Outcome] = []
        context = copy_context()
        thread = threading.Thread(
            target=lambda: outcomes.append(context.run(_attempted, channel, message)), daemon=True
        )
        thread.start()
        every = self.outbox.lease / 3
        waited = timedelta(0)
        while waited < self.longest_send:
            step = min(every, self.longest_send - waited)
            thread.join(step.total_seconds())
            if not thread.is_alive():
                break
            waited += step
            self.outbox.renew(message, self.now())
        if outcomes:
            return outcomes[0]
        step_to_take = "check that the service is up; it is sent again later"
        return Outcome(Verdict.LATER, "the service did not answer in time", step_to_take, unreachable=True)

    def _settled(self, message: Message, outcome: Outcome) -> DeliveryReport:
        """Write down how sending ended."""
        if outcome.verdict is Verdict.SENT:
            self.outbox.mark_sent(message, self.now())
            return DeliveryReport(sent=1)
        due_at = None if outcome.verdict is Verdict.REFUSED else retry_at(message, self.now(), outcome.wait)
        if due_at is not None:
            self.outbox.mark_failed(message, outcome.reason, due_at)
            return _counted(message, outcome, dead=False)
        self.outbox.mark_dead(message, outcome.reason)
        return _counted(message, outcome, dead=True)


def _attempted(channel: Channel, message: Message) -> Outcome:
    try:
        return channel.send(message)
    except Exception as error:  # noqa: BLE001 - what a plugin does not foresee must not stop the other messages
        return Outcome(Verdict.LATER, f"the service's plugin failed ({type(error).__name__})")


def _counted(message: Message, outcome: Outcome, *, dead: bool) -> DeliveryReport:
    if outcome.verdict is Verdict.SENT:
        return DeliveryReport(sent=1)
    ending = "; it is not tried again" if dead else ""
    problem = f"{message.place}: {outcome.reason}{ending}"
    return DeliveryReport(failed=0 if dead else 1, dead=1 if dead else 0, problems=(problem,))
