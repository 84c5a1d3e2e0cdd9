"""How fresh each source is: how far its data reaches, how many rows, how its last sync went; trouble first."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats, wording

STATES = {
    "current": ("ok", "check", "Current"),
    "incomplete": ("warn", "caution", "Incomplete"),
    "late": ("warn", "caution", "Late"),
    "failed": ("bad", "cross", "Failed"),
    "refused": ("bad", "cross", "Refused"),
}
"""The tone, icon and word of each status."""


SHOWN_AT_FIRST = 5
"""Every feed with trouble is shown, and the healthy ones up to this many in all."""


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """A line per feed and a finding over all of them."""
    lines = [_line(row, context) for row in rows]
    current = sum(row["status"] == "current" for row in rows)
    shown = max(len(rows) - current, SHOWN_AT_FIRST)
    return PanelView({"lines": lines, "finding": _finding(current, len(rows)), "shown": shown})


def _finding(current: int, known: int) -> str:
    if not known:
        return "No sources yet"
    if current == known:
        return "The source is up to date" if known == 1 else f"All {known} sources are up to date"
    return f"{current} of {known} sources complete and up to date"


def _line(row: dict[str, Any], context: ReportContext) -> dict[str, Any]:
    tone, icon, word = STATES[row["status"]]
    synced = row["last_success_at"]
    note = "\n".join([*row["findings"], *([row["message"]] if row["message"] else [])])
    return {
        "source": row["source"],
        "feed": row["feed"] if row["feed"] != row["source"] else None,
        "source_kind": row["source_kind"],
        "tone": tone,
        "icon": icon,
        "word": word,
        "through": formats.full_day(row["last_day"]) if row["last_day"] else formats.EN_DASH,
        "age": _age(row, context),
        "days": wording.counted(row["days_with_data"] or 0, "day"),
        "rows": wording.counted(row["row_count"] or 0, "row"),
        "synced": f"read {formats.moment(synced.astimezone(UTC))}" if synced else "never read",
        "note": note or None,
        "note_start": wording.shortened(note, wording.LONGEST_REMARK),
    }


def _age(row: dict[str, Any], context: ReportContext) -> str:
    if row["last_day"] is None:
        return "no data"
    behind = (context.today - row["last_day"]).days
    if behind <= 0:
        return "today" if behind == 0 else "ahead of today"
    return "yesterday" if behind == 1 else f"{wording.counted(behind, 'day')} ago"


PANEL = Panel(id="freshness", area="grid", order=55, columns=6, prepare=prepare)
