"""The open alerts, with what was done about each and the command that answers it."""

from __future__ import annotations

from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats
from pipelines.presentation.wording import counted

SHOWN_AT_FIRST = 3

SEVERITIES = {
    "critical": ("bad", "caution", "Critical"),
    "warning": ("warn", "caution", "Warning"),
    "info": ("plain", "note", "Info"),
}
"""The tone, icon and word of each severity."""


def prepare(rows: Rows, context: ReportContext) -> PanelView | None:
    """A line per alert; None where nothing is open."""
    if not rows:
        return None
    lines = [_line(row, context) for row in rows]
    return PanelView({"lines": lines, "finding": _finding(rows), "shown": SHOWN_AT_FIRST})


def _finding(rows: Rows) -> str:
    unanswered = [row for row in rows if row["state"] == "open"]
    if not unanswered:
        return f"{counted(len(rows), 'alert')} answered, none waiting"
    critical = sum(row["severity"] == "critical" for row in unanswered)
    waiting = f"{counted(len(unanswered), 'alert')} {'waits' if len(unanswered) == 1 else 'wait'} for an answer"
    return f"{waiting}, {critical} of them critical" if critical and len(unanswered) > 1 else waiting


def _line(row: dict[str, Any], context: ReportContext) -> dict[str, Any]:
    tone, icon, word = SEVERITIES[row["severity"]]
    return {
        "tone": tone,
        "icon": icon,
        "word": word,
        "headline": row["headline"],
        "state": _state(row),
        "since": "since today" if row["opened_on"] == context.today else f"since {formats.full_day(row['opened_on'])}",
        "command": ["ai-costs", "alerts", "ack" if row["state"] == "open" else "resolve", row["alert_id"]],
        "is_open": row["state"] == "open",
    }


def _state(row: dict[str, Any]) -> str | None:
    if row["state"] == "snoozed" and row["snoozed_until"] is not None:
        return f"Snoozed until {formats.full_day(row['snoozed_until'])}"
    return {"acknowledged": "Acknowledged", "snoozed": "Snoozed"}.get(row["state"])


PANEL = Panel(id="alerts", area="grid", order=5, prepare=prepare)
