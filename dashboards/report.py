"""The report as a file: read the open build, draw the page, put it in place in one step."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from dashboards.context import ReportContext, read_context
from dashboards.facts import read_embedded_totals, read_facts
from dashboards.page import Freshness, render_page
from dashboards.panels import Panel, PanelView, Rows, discover
from pipelines.presentation import formats, wording

if TYPE_CHECKING:
    import duckdb

__all__ = ["ReportFacts", "build_report", "read_embedded_totals"]


@dataclass(frozen=True)
class ReportFacts:
    """What a report holds: its file, its daily rows, their exact sum by cost kind and currency, and its headline."""

    path: Path
    rows: int
    totals: Mapping[tuple[str, str], Decimal]
    bytes: int
    headline: str
    """what it says at the top, in two paragraphs"""


def build_report(
    connection: duckdb.DuckDBPyConnection, destination: Path, *, generated_at: datetime | None = None
) -> ReportFacts:
    """Write the report of the open build to `destination`, whole or not at all.

    The time shown is the build's `as_of` unless `generated_at` is given, so that the same build gives the same
    bytes.

    Raises:
        ReportError: the database does not hold exactly one build, or a panel is incomplete.
        OSError: the file cannot be written.
    """
    context = read_context(connection)
    facts = read_facts(connection)
    rows = {panel: _rows(connection, panel.query) for panel in _available(connection)}
    prepared = [(panel, panel.prepare(found, context)) for panel, found in rows.items()]
    views: list[tuple[Panel, PanelView]] = [(panel, view) for panel, view in prepared if view is not None]
    freshness = next((found for panel, found in rows.items() if panel.id == "freshness"), [])
    page = render_page(
        context,
        facts,
        views,
        _freshness(freshness, context),
        generated_at=generated_at.astimezone(UTC) if generated_at else context.as_of,
    )
    content = page.encode("utf-8")
    _replace(destination, content)
    return ReportFacts(
        path=destination, rows=len(facts.rows), totals=facts.totals, bytes=len(content), headline=_headline(views)
    )


def _headline(views: list[tuple[Panel, PanelView]]) -> str:
    """The finding, and what it is made of; of spend, if anything is."""
    sentences: list[dict[str, str]] = next(
        (view.values["sentences"] for panel, view in views if panel.id == "headline"), []
    )
    return f"{sentences[0]['finding']}.\n\n{sentences[0]['lede']}" if sentences else ""


def _available(connection: duckdb.DuckDBPyConnection) -> list[Panel]:
    """The panels whose marts the file holds: one published before a mart was thought of lacks its panel, no more."""
    marts = {name for (name,) in connection.execute("select table_name from information_schema.tables").fetchall()}
    return [panel for panel in discover() if connection.get_table_names(panel.query) <= marts]


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> Rows:
    cursor = connection.execute(query)
    columns = [column[0] for column in cursor.description]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _freshness(rows: Rows, context: ReportContext) -> Freshness:
    updated = f"Updated {formats.moment(context.as_of)}"
    failed = sum(row["status"] in {"failed", "refused"} for row in rows)
    late = sum(row["status"] == "late" for row in rows)
    incomplete = sum(row["status"] == "incomplete" for row in rows)
    troubles = []
    if failed:
        troubles.append(f"{wording.counted(failed, 'source')} failing")
    if late:
        troubles.append(f"{wording.counted(late, 'source')} late")
    if incomplete:
        troubles.append(f"{wording.counted(incomplete, 'source')} incomplete")
    tone, icon = ("bad", "cross") if failed else ("warn", "caution") if troubles else ("ok", "check")
    return Freshness(tone, icon, " · ".join([updated, *troubles]))


def _replace(destination: Path, content: bytes) -> None:
    """Put `content` where `destination` is, so that a reader finds the old file or the new one, never a part.

    Raises:
        OSError: it cannot be written; `filename` is where.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    temporary = destination.with_name(f".{destination.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(destination)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(destination)) from error  # a full disk names no file
    finally:
        temporary.unlink(missing_ok=True)
