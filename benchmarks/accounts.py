"""Fetching 18 months of the sample company's accounts at three providers over real HTTP, and then once more."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure, show

FETCH = """
import sys
from pipelines.config import current_environment
from pipelines.app.refresh import extract_api_accounts
from pipelines.app.opening import open_home
outcomes = extract_api_accounts(open_home(current_environment()), lambda _: None)
sys.exit(not outcomes or any(outcome.status != "ok" for outcome in outcomes))
"""


def main() -> None:
    """Measure sources and provider together: the provider runs in the same process."""
    with tempfile.TemporaryDirectory() as folder:
        landing = Path(folder) / "data" / "sample" / "landing"
        environment = {**os.environ, "HOME": folder, "AI_COSTS_HOME": str(Path(folder) / "data")}
        environment.pop("CLAUDE_CONFIG_DIR", None)
        command = [sys.executable, "-c", FETCH]
        measure("the sample company's files", command, repeats=1, environment=environment)
        first = measure(
            "18 months, six sources",
            command,
            environment=environment,
            before=lambda: shutil.rmtree(landing, ignore_errors=True),
        )
        again = measure("the last days again", command, environment=environment)
    show("Accounts at three providers", [first, again])


if __name__ == "__main__":
    main()
