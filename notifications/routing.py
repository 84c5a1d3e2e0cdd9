"""Which channels and recipients an alert goes to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from notifications.alerts import Alert, Severity

RANKS = {severity: rank for rank, severity in enumerate(Severity)}
"""Every severity, from the least to the greatest."""


@dataclass(frozen=True, kw_only=True)
class Route:
    """Which alerts a channel is for: those of `rules` (empty: of all), from `severity` on.

    `scope` leaves only alerts that are about these values and no others, so that a team sees its own money alone.
    """

    rules: tuple[str, ...] = ()
    severity: Severity = Severity.INFO
    scope: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def takes(self, alert: Alert) -> bool:
        """Whether `alert` goes this way."""
        if (self.rules and alert.rule not in self.rules) or RANKS[alert.severity] < RANKS[self.severity]:
            return False
        return all(
            (found := alert.scope.get(dimension, ())) and set(found) <= set(wanted)
            for dimension, wanted in self.scope.items()
        )


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """A channel as the outbox sees it: a row is written for each of its recipients.

    `recipients` are mail addresses, or one empty text where the channel's URL says it all. Without `routes` it receives
    every alert.
    """

    channel: str
    recipients: tuple[str, ...] = ("",)
    routes: tuple[Route, ...] = ()


def route(alert: Alert, channels: Sequence[str | Receiver]) -> list[Receiver]:
    """Those of `channels` that get `alert`; a name alone is a channel of one recipient, for every alert."""
    receivers = [Receiver(channel=channel) if isinstance(channel, str) else channel for channel in channels]
    return [
        receiver
        for receiver in receivers
        if (alert.channels is None or receiver.channel in alert.channels)
        and (not receiver.routes or any(route.takes(alert) for route in receiver.routes))
    ]
