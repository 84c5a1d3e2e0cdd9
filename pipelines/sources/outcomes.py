"""How each feed's last extraction ended: the part of freshness that landed rows cannot tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

import orjson

from pipelines.domain.records import SourceKind
from pipelines.landing import Feed
from pipelines.landing.files import write_atomically


class Status(StrEnum):
    """How an extraction ended."""

    OK = "ok"
    REFUSED = "refused"
    """a file was refused whole; its last good version stays in force"""
    FAILED = "failed"
    """the source could not be read; its last good data stays in force"""
    MISSING = "missing"
    """the place the source reads from is not there; what was landed stays in force"""


@dataclass(frozen=True)
class Outcome:
    """One feed's last attempt. `rejected_lines` were counted and left out; `message` says why, in one sentence."""

    feed: Feed
    status: Status
    last_attempt_at: datetime
    message: str | None = None
    rejected_lines: int = 0
    expected_every_hours: int | None = None
    last_success_at: datetime | None = None


class OutcomeLog:
    """The outcomes of one home, kept in one JSON file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[Outcome]:
        """The last outcome of every feed, in order of feed."""
        if not self.path.exists():
            return []
        return [_from_json(value) for value in orjson.loads(self.path.read_bytes())]

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Put these in the place of earlier outcomes of the same feeds; a failure keeps the last success's time."""
        known = {outcome.feed: outcome for outcome in self.all()}
        for outcome in outcomes:
            earlier = known.get(outcome.feed)
            succeeded = outcome.last_attempt_at if outcome.status is Status.OK else None
            success = succeeded or (earlier.last_success_at if earlier else None)
            known[outcome.feed] = replace(outcome, last_success_at=success)
        self._write(known.values())

    def forget(self, feeds: Iterable[Feed]) -> None:
        """Drop the outcomes of feeds that are no longer there."""
        gone = set(feeds)
        self._write(outcome for outcome in self.all() if outcome.feed not in gone)

    def _write(self, outcomes: Iterable[Outcome]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        rows = [asdict(outcome) for outcome in sorted(outcomes, key=lambda outcome: outcome.feed)]
        write_atomically(self.path, orjson.dumps(rows, option=orjson.OPT_INDENT_2))


def _from_json(value: dict[str, object]) -> Outcome:
    feed = value.pop("feed")
    moments = {
        name: None if value[name] is None else datetime.fromisoformat(str(value[name]))
        for name in ("last_attempt_at", "last_success_at")
    }
    assert isinstance(feed, dict)  # noqa: S101 - the shape this class wrote
    return Outcome(
        **{
            **value,
            **moments,
            "feed": Feed(SourceKind(feed["source_kind"]), feed["source"], feed["name"]),
            "status": Status(str(value["status"])),
        }  # type: ignore[arg-type]
    )
