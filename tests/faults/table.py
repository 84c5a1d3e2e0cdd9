"""Run the tests of faults and print what was observed under each: `make faults`.

Every text of the table comes from the run: the fault from the name of its test, the behaviour from what the test
noted while it met it.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from rich import box
from rich.console import Console
from rich.table import Table

FAULT = re.compile(r"::test_(\d\d)_(\w+)(.*)")
"""The number, the claim and the case in the name of a test."""


class Observations:
    """A pytest plugin that keeps what each test noted, and whether it held."""

    def __init__(self) -> None:
        self.rows: dict[str, tuple[str, list[str]]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        observed = [str(value) for name, value in report.user_properties if name == "observed"]
        if FAULT.search(report.nodeid) and (report.when == "call" or not report.passed):
            self.rows[report.nodeid] = "yes" if report.passed else "NO", observed or [report.longreprtext[-300:]]

    def table(self) -> Table:
        table = Table("No.", "Fault", "Observed", "As promised", box=box.SIMPLE_HEAD)
        for nodeid, (held, observed) in sorted(self.rows.items(), key=lambda row: row[0].rpartition("::")[2]):
            number, claim, case = FAULT.findall(nodeid)[0]
            table.add_row(number, f"{claim} {case}".replace("_", " "), "\n".join(observed), held)
        return table


def main() -> int:
    observations = Observations()
    folder = str(Path(__file__).parent)
    ended = pytest.main(
        [folder, "--quiet", "--no-header", "--disable-warnings", "-p", "no:cacheprovider"], [observations]
    )
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)
    console.print(observations.table())
    return int(ended)


if __name__ == "__main__":
    sys.exit(main())
