"""How each feed's last extraction ended: the part of freshness that landed rows cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from pipelines.domain.source_kinds import SourceKind
from pipelines.landing import Feed
from pipelines.sources.row_file import RowFile
from pipelines.state import set_aside


class Status(StrEnum):
    """How an extraction ended."""

    OK = "ok"
    REFUSED = "refused"
    """a file was rejected; its last good version stays in effect"""
    FAILED = "failed"
    """the source could not be read; its last good data stays in effect"""
    MISSING = "missing"
    """the place the source reads from, or an entry that is expected, is not there; landed data stays in effect"""


POSITION_LOST = "the record of how far this was read was damaged or removed, so everything was read again"
"""A note; what was read again replaces what landed, so no figure depends on it."""


@dataclass(frozen=True)
class Outcome:
    """One feed's last attempt.

    `message`: why it failed, or a note that changes no figure. `findings`: what the figures may lack although the
    source was read, a sentence each. `rejected_lines`: lines or rows that could not be used.
    """

    feed: Feed
    status: Status
    last_attempt_at: datetime
    message: str | None = None
    rejected_lines: int = 0
    expected_every_hours: int | None = None
    last_success_at: datetime | None = None
    findings: tuple[str, ...] = ()


class OutcomeLog:
    """The outcomes of one home, in one JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = RowFile(
            path=path,
            rows="outcomes",
            from_json=_from_json,
            to_json=asdict,
            when_damaged=_set_aside,
        )

    def all(self) -> list[Outcome]:
        """The last outcome of every feed, in order of feed.

        A damaged file is set aside: it contains no figures, only how each source was last read.
        """
        return self._file.all()

    def record(self, outcomes: Iterable[Outcome], *, replacing: Callable[[Feed], bool] = lambda _: False) -> None:
        """Put these in the place of earlier outcomes of the same feeds; a failure retains the last success's time.

        Args:
            outcomes: one for each feed that was tried.
            replacing: says of a feed whether these are all outcomes of its source. An earlier failure of such a feed is
                forgotten where none of these is of it: the file or account that failed is gone.
        """

        def changed(recorded: list[Outcome]) -> list[Outcome]:
            earlier = {outcome.feed: outcome for outcome in recorded}
            new = {outcome.feed: _with_success(outcome, earlier.get(outcome.feed)) for outcome in outcomes}
            retained = {
                feed: outcome for feed, outcome in earlier.items() if outcome.status is Status.OK or not replacing(feed)
            }
            return sorted({**retained, **new}.values(), key=lambda outcome: outcome.feed)

        self._file.change(changed)


def _set_aside(path: Path, error: Exception) -> None:
    effect = "When each source was last read is known again after the next run; no figure depends on it."
    with suppress(OSError):  # a copy that may not be written
        set_aside(path, f"is damaged ({type(error).__name__})", effect)


def _with_success(outcome: Outcome, earlier: Outcome | None) -> Outcome:
    if outcome.status is Status.OK:
        return replace(outcome, last_success_at=outcome.last_attempt_at)
    return replace(outcome, last_success_at=earlier.last_success_at if earlier else None)


def _from_json(value: dict[str, Any]) -> Outcome:
    feed = value.pop("feed")
    # A file written before there were findings has none.
    findings = value.pop("findings", [])
    moments = {
        name: None if value[name] is None else datetime.fromisoformat(value[name])
        for name in ("last_attempt_at", "last_success_at")
    }
    return Outcome(
        **{
            **value,
            **moments,
            "findings": tuple(findings),
            "feed": Feed(SourceKind(feed["source_kind"]), feed["source"], feed["name"]),
            "status": Status(value["status"]),
        }
    )
