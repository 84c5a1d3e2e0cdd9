"""Fictional families of Codex sessions: a session grows by steps, and is forked with its history written again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sources.local.agent_logs import CANARY
from tests.sources.local.session_logs import write_log

BEGAN = datetime(2026, 10, 1, 10, tzinfo=UTC)
MODEL = "gpt-5.5"

Spacing = Callable[[int], timedelta]
Step = tuple[int, int, int]
"""Uncached input, cached input, output."""


@dataclass
class Session:
    """One session: what its log holds, and the steps it took itself. `turns`: the log names the turn of each step."""

    id: str
    turns: bool = False
    parent: Session | None = None
    began: datetime = BEGAN
    history: list[tuple[str | None, dict[str, int], dict[str, int]]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    now: datetime = BEGAN
    project: str = "rocket"
    model: str = MODEL

    def __post_init__(self) -> None:
        reported = {"forked_from_id": self.parent.id} if self.parent else {}
        self.lines.append(
            line(self.began, "session_meta", id=self.id, cwd=f"/home/{CANARY}/{self.project}", **reported)
        )
        self.now = self.began

    def take(self, step: Step, *, after: timedelta = timedelta(seconds=40)) -> Session:
        """One more step, some time after what the log holds last."""
        self.now += after
        uncached, cached, output = step
        last = usage(uncached + cached, cached, output)
        before = self.history[-1][2] if self.history else usage(0, 0, 0)
        turn = f"{len(self.history):08x}-0000-4000-8000-{abs(hash(self.id)) % 10**12:012d}" if self.turns else None
        self._write(turn, last, {name: before[name] + value for name, value in last.items()})
        return self

    def fork(
        self, name: str, spacing: Spacing = lambda _: timedelta(milliseconds=10), *, embedded: bool = True
    ) -> Session:
        """A session that begins with this one's history, copied at `spacing`, and maybe with its first record."""
        child = Session(name, self.turns, self, self.now + timedelta(hours=1), project=self.project, model=self.model)
        if embedded:
            child.lines.append(line(child.began, "session_meta", id=self.id, cwd=f"/home/{CANARY}/{self.project}"))
        for number, copied in enumerate(self.history):
            child.now += spacing(number)
            child._write(*copied)
        return child

    def write(self, root: Path) -> Path:
        """Its log below `root`."""
        return write_log(root / "sessions" / "2026" / "10" / "01" / f"rollout-{self.id}.jsonl", *self.lines)

    def _write(self, turn: str | None, last: dict[str, int], total: dict[str, int]) -> None:
        reported = {} if turn is None else {"turn_id": turn}
        self.history.append((turn, last, total))
        self.lines.append(
            line(self.now, "turn_context", model=self.model, cwd=f"/home/{CANARY}/{self.project}", **reported)
        )
        info = {"last_token_usage": last, "total_token_usage": total}
        self.lines.append(line(self.now, "event_msg", type="token_count", info=info))


def line(moment: datetime, kind: str, /, **payload: Any) -> dict[str, Any]:
    """A record of a log."""
    written = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"timestamp": written, "type": kind, "payload": payload}


def usage(whole: int, cached: int, output: int) -> dict[str, int]:
    """The counts of a step or of a session, as Codex states them."""
    counts = {"input_tokens": whole, "cached_input_tokens": cached, "output_tokens": output}
    return {**counts, "reasoning_output_tokens": 0, "total_tokens": whole + output}
