"""Which channels an alert goes to."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.alerts import Alert


def route(alert: Alert, channels: Sequence[str]) -> list[str]:
    """The configured `channels` that get `alert`: the ones it names, or all of them."""
    if alert.channels is None:
        return list(channels)
    return [channel for channel in channels if channel in alert.channels]
