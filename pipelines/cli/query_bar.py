"""A bar of how far DuckDB is with a long query, such as writing a file of a million rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import duckdb
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

LOOKED_AT_EVERY_SECONDS = 0.1


@contextmanager
def query_bar(connection: duckdb.DuckDBPyConnection, doing: str, console: Console) -> Iterator[None]:
    """Show, on a terminal, how far the queries of `connection` are while the block runs; elsewhere nothing."""
    connection.execute("set enable_progress_bar = true")
    # Told, not printed: the console draws it.
    connection.execute("set enable_progress_bar_print = false")
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task, is_over = progress.add_task(doing, total=100), Event()

        def follow() -> None:
            while not is_over.wait(LOOKED_AT_EVERY_SECONDS):
                if (percent := connection.query_progress()) >= 0:
                    progress.update(task, completed=percent)

        follower = Thread(target=follow)
        follower.start()
        try:
            yield
        finally:
            is_over.set()
            follower.join()
