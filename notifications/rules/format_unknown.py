"""A file was refused, or much of a log could not be understood: its format may have changed."""

from __future__ import annotations

from decimal import Decimal

from notifications.conditions import Condition
from notifications.feeds import UNKNOWN_PAST, UNTIL_FIXED, Feed, condition_of, example, named, query_of
from notifications.rules import Rule, Threshold
from pipelines.presentation.wording import counted

NAME = "format_unknown"


def condition(feed: Feed, threshold: Decimal) -> Condition | None:
    """One for each feed that was refused, or of which more than `threshold` percent of the lines were."""
    lines = feed.rejected_lines + feed.row_count
    if feed.status != "refused" and feed.rejected_lines * 100 <= threshold * lines:
        return None
    is_refused = feed.status == "refused"
    rejected = counted(feed.rejected_lines, "line")
    return condition_of(
        feed,
        NAME,
        f"{named(feed)} was refused" if is_refused else f"{rejected} of {named(feed)} could not be used",
        level=feed.rejected_lines,
        figures=(("Lines that could not be used", f"{feed.rejected_lines:,} of {lines:,}"),),
        is_refused=is_refused,
    )


RULE = Rule(
    name=NAME,
    title="A file was refused, or much of a log could not be understood",
    row=Feed,
    query=query_of("status = 'refused' or rejected_lines > 0"),
    condition=condition,
    example=example(source="manual", feed="<bills>.csv", source_kind="manual", status="refused", rejected_lines=2),
    threshold=Threshold(Decimal(5), "percent of the lines of a log that could not be used"),
    policy=UNTIL_FIXED,
    past=UNKNOWN_PAST,
)
