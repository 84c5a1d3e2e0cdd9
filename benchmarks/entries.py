"""Landing a file of manual entries as a whole process: a million rows in manual/, a year of them.

python -m benchmarks.entries [--entries 1000000]
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from benchmarks.measure import measure, show

EXTRACT = """
import sys
from pipelines.config import current_environment
from pipelines.app.refresh import extract_manual_entries
from pipelines.app.opening import open_home
told = []
outcomes = extract_manual_entries(open_home(current_environment()), told.append)
sys.exit(len(told) < 20 or any(outcome.status != "ok" for outcome in outcomes))
"""


def write_entries(path: Path, count: int) -> None:
    """Write entries of 365 days, seven accounts, five models and forty projects, each with a separate note."""
    first = date(2025, 1, 1)
    with path.open("w", encoding="utf-8") as file:
        file.write("date,provider,account,amount,currency,model,project,note\n")
        for number in range(count):
            cents = number * 7919 % 10**6
            file.write(
                f"{first + timedelta(days=number % 365)},groq,team-{number % 7},{cents // 100}.{cents % 100:02},USD,"
                f"llama-{number % 5},project-{number % 40},invoice {number}\n"
            )


def main() -> None:
    """Measure and print. The process fails unless it says how far it is at least twenty times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    count = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        (home / "manual").mkdir(parents=True)
        file = home / "manual" / "entries.csv"
        write_entries(file, count)
        measured = measure(
            f"{count:,} entries, {file.stat().st_size / 2**20:.0f} MiB",
            [sys.executable, "-c", EXTRACT],
            repeats=1,
            environment={**os.environ, "HOME": folder, "AI_COSTS_HOME": str(home)},
            before=lambda: shutil.rmtree(home / "landing", ignore_errors=True),
            limit="500 MiB",
        )
    show("Manual entries", [measured])


if __name__ == "__main__":
    main()
