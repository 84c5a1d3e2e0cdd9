"""At which hours of the week AI is used, in the reporting zone; of sources that tell hours."""

from __future__ import annotations

from bisect import bisect_left

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows
from pipelines.presentation import formats, wording

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS = range(24)
LEVELS = 5
"""Shades of hours with use, each for as many of them; no use has none."""


def prepare(rows: Rows, _context: ReportContext) -> PanelView | None:
    """A row per weekday with a cell per hour; None where no source tells hours, or nothing was used."""
    used = {(row["weekday"], row["hour"]): row["total_tokens"] for row in rows if row["total_tokens"]}
    if not used:
        return None
    sources = sorted({source for row in rows for source in row["sources"]})
    first_day = min(row["first_day"] for row in rows)
    lines = [
        {"name": name, "tokens": [formats.tokens(used.get((number, hour), 0)) for hour in HOURS]}
        for number, name in enumerate(WEEKDAYS, start=1)
    ]
    subtitle = (
        f"Tokens by hour since {formats.full_day(first_day)}, in {rows[0]['timezone']}, of {wording.listed(sources)}; "
        "others report days. The filters do not apply"
    )
    return PanelView(
        {
            "finding": _finding(used),
            "subtitle": subtitle,
            "hours": [f"{hour:02}" for hour in HOURS],
            "lines": lines,
            "paths": squares(used),
        },
        data=lines,
    )


def squares(used: dict[tuple[int, int], int]) -> list[str]:
    """For each shade, from none to most, the path of its hours on a field of 24 by 7: a thick line for each of them."""
    steps = sorted(used.values())
    paths = [""] * (LEVELS + 1)
    for number, _ in enumerate(WEEKDAYS, start=1):
        for hour in HOURS:
            tokens = used.get((number, hour))
            level = 0 if tokens is None else 1 + bisect_left(steps, tokens) * LEVELS // len(steps)
            paths[level] += f"M{hour}.03 {number - 1}.5h.94"
    return paths


def _finding(used: dict[tuple[int, int], int]) -> str:
    """The weekday and the hour with most use: "Wednesdays are busiest; the peak is Wednesday at 10:00"."""
    by_day = {day: sum(tokens for (mine, _), tokens in used.items() if mine == day) for day, _ in used}
    busiest = max(by_day, key=lambda day: (by_day[day], -day))
    (day, hour), _ = max(used.items(), key=lambda cell: (cell[1], cell[0]))
    if len(used) == 1:
        return f"All use is on {WEEKDAYS[day - 1]}s at {hour:02}:00"
    return f"{WEEKDAYS[busiest - 1]}s are busiest; the peak is {WEEKDAYS[day - 1]} at {hour:02}:00"


PANEL = Panel(id="hours", area="grid", order=63, columns=6, prepare=prepare)
