"""Run the twenty acceptance checks and print what was observed under each: `make acceptance`.

What is observed is what the tests noted while they ran, and how many of them passed; nothing is written here manually.
"""

from __future__ import annotations

import sys
from collections import defaultdict

import pytest
from rich import box
from rich.console import Console
from rich.table import Table

from tests.acceptance.checks import CHECKS, Check

WORKERS = "2"


class Observations:
    """A pytest plugin that keeps the outcome of each test."""

    def __init__(self) -> None:
        self.failed: dict[str, set[str]] = defaultdict(set)
        self.skipped: set[str] = set()
        self.ended: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed[report.nodeid].add(report.when or "")
        elif report.skipped:
            self.skipped.add(report.nodeid)
        if report.when == "teardown":
            self.ended.add(report.nodeid)

    def of(self, check: Check) -> tuple[str, bool]:
        """What was observed under a check, and whether it holds."""
        ran = {nodeid for nodeid in self.ended if any(_is_in(nodeid, test) for test in check.tests)}
        failed = sorted(ran & self.failed.keys())
        passed = len(ran) - len(failed) - len(ran & self.skipped)
        observed = [f"{passed} tests passed"]
        if ran & self.skipped:
            observed.append(f"{len(ran & self.skipped)} not run here")
        observed += [f"failed: {nodeid.partition('::')[2]}" for nodeid in failed]
        if check.lacking:
            observed.append(f"lacking: {check.lacking}")
        return "\n".join(observed), passed > 0 and not failed and not check.lacking

    def table(self) -> Table:
        table = Table("No.", "Check", "Observed", "Pass", box=box.SIMPLE_HEAD)
        for check in CHECKS:
            observed, holds = self.of(check)
            table.add_row(str(check.number), check.claim, observed, "yes" if holds else "NO")
        return table


def _is_in(nodeid: str, test: str) -> bool:
    return nodeid == test or nodeid.startswith((f"{test}::", f"{test}/", f"{test}["))


def main() -> int:
    """Run them all; 1 where a test failed. What is lacking is shown and is not a failure of what there is."""
    observations = Observations()
    tests = sorted({test for check in CHECKS for test in check.tests})
    ended = pytest.main(
        [*tests, "--quiet", "--no-header", "--disable-warnings", "-n", WORKERS, "--dist", "loadfile"], [observations]
    )
    console = Console(width=None if sys.stdout.isatty() else 160, markup=False, highlight=False)
    console.print(observations.table())
    return int(ended)


if __name__ == "__main__":
    sys.exit(main())
