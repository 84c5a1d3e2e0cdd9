"""A bar of how far an export is: while rows are chosen it only moves, while they are written it never goes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

import duckdb
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

LOOKED_AT_EVERY_SECONDS = 0.1
WHOLE = 100


class _Bar:
    """Draws the share that is written: what the writer reports, else what DuckDB knows of the query that writes."""

    def __init__(self, progress: Progress, doing: str) -> None:
        self._progress = progress
        self._task = progress.add_task(doing, total=None)
        self._percent = -1.0
        self._is_reported = False
        self._lock = Lock()

    def report(self, share: float) -> None:
        """Take note that this share of the rows is written; 0 is the beginning of writing."""
        with self._lock:
            self._is_reported = self._is_reported or share > 0
            self._show(share * WHOLE)

    def look(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Ask DuckDB, once writing has begun and unless the writer itself reports."""
        with self._lock:
            if self._percent >= 0 and not self._is_reported:
                self._show(connection.query_progress())

    def _show(self, percent: float) -> None:
        self._percent = max(self._percent, percent)
        self._progress.update(self._task, total=WHOLE, completed=self._percent)


@contextmanager
def export_bar(connection: duckdb.DuckDBPyConnection, doing: str, console: Console) -> Iterator[_Bar]:
    """Show, on a terminal, how far an export over `connection` is while the block runs; elsewhere nothing."""
    connection.execute("set enable_progress_bar = true")
    # Told, not printed: the console draws it.
    connection.execute("set enable_progress_bar_print = false")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar, is_over = _Bar(progress, doing), Event()

        def follow() -> None:
            while not is_over.wait(LOOKED_AT_EVERY_SECONDS):
                bar.look(connection)

        follower = Thread(target=follow)
        follower.start()
        try:
            yield bar
        finally:
            is_over.set()
            follower.join()
