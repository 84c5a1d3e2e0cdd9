"""When a message may go out: limits by hour and day, and quiet hours.

Belongs here: arithmetic on moments. Does not: what was sent, which the outbox knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class QuietHours:
    """From one time of day in a time zone up to another one, across midnight if the first is the later."""

    begin: time
    end: time
    timezone: str

    def until(self, now: datetime) -> datetime | None:
        """When the quiet hours that `now` is in end, in UTC; None outside of them.

        A time that clocks skip is taken as what they would have shown without the change; of a time that they show
        twice, the first counts.
        """
        zone = ZoneInfo(self.timezone)
        today = now.astimezone(zone).date()
        for day in (today - DAY, today):
            begin = datetime.combine(day, self.begin, zone).astimezone(UTC)
            last = day if self.begin < self.end else day + DAY
            end = datetime.combine(last, self.end, zone).astimezone(UTC)
            if begin <= now < end:
                return end
        return None


@dataclass(frozen=True, kw_only=True)
class Pace:
    """The most messages that a recipient of a channel gets in an hour and in a day, and when it gets none."""

    hourly: int
    daily: int
    quiet: QuietHours | None = None

    def room(self, sent: Sequence[datetime], now: datetime) -> int:
        """How many more may go out now, after those of `sent`."""
        in_hour = sum(now - moment < HOUR for moment in sent)
        in_day = sum(now - moment < DAY for moment in sent)
        return max(0, min(self.hourly - in_hour, self.daily - in_day))

    def opens_at(self, sent: Sequence[datetime], now: datetime) -> datetime:
        """When there is room again, if there is none now."""
        newest = sorted(sent, reverse=True)
        moments = [
            newest[most - 1] + window
            for most, window in ((self.hourly, HOUR), (self.daily, DAY))
            if len(newest) >= most and now - newest[most - 1] < window
        ]
        return max(moments, default=now)


MAIL = Pace(hourly=10, daily=50)
CHAT = Pace(hourly=20, daily=100)
