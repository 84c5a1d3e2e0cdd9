"""The open alerts that a report shows, as they are handed to it by who knows them.

Belongs here: the shape of an open alert, and the table in which the panel's query finds it. Does not: what is worth an
alert, or where alerts are stored. They are not a mart: people acknowledge and snooze them while a build stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, kw_only=True)
class OpenAlert:
    """An alert that is not resolved. The fields are the columns of the table."""

    alert_id: str
    headline: str
    severity: str
    """info, warning or critical"""
    state: str
    """open, acknowledged or snoozed"""
    opened_on: date
    """the UTC day since when it is open"""
    snoozed_until: date | None = None


TABLE = """
create temporary table open_alerts (
    alert_id varchar, headline varchar, severity varchar, state varchar, opened_on date, snoozed_until date
)
"""


def hand_over(connection: duckdb.DuckDBPyConnection, alerts: Iterable[OpenAlert]) -> None:
    """Let panels read `alerts` as the table `open_alerts` while the connection is open; its file is not changed.

    Raises:
        duckdb.CatalogException: alerts were handed over before.
    """
    connection.execute(TABLE)
    for alert in alerts:
        places = ", ".join("?" for _ in fields(alert))
        connection.execute(f"insert into open_alerts values ({places})", astuple(alert))  # noqa: S608 - marks alone
