"""Long work on the terminal says how far it is; what is not a terminal stays quiet."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from pipelines.cli.query_bar import query_bar
from pipelines.warehouse import scratch

LONG = "copy (select n, md5(n::varchar) as text from range(3000000) as rows (n)) to '{}'"


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_long_query_says_how_far_it_is_on_a_terminal_alone(tmp_path: Path, *, is_terminal: bool):
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=is_terminal, width=80)
    with scratch() as connection, query_bar(connection, "exporting", console):
        connection.execute(LONG.format(tmp_path / "rows.csv"))
    percents = {int(text) for text in re.findall(r"(\d+)%", shown.getvalue())}
    assert bool(percents & set(range(1, 100))) is is_terminal
    assert ("exporting" in shown.getvalue()) is is_terminal


def test_what_goes_wrong_in_it_is_raised():
    with pytest.raises(ZeroDivisionError), scratch() as connection, query_bar(connection, "dividing", Console()):
        raise ZeroDivisionError
