"""How long a person waits for `make run` after set-up: the sample company, from nothing and with nothing changed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure, show

COMMAND = str(Path(sys.executable).with_name("ai-costs"))


def main() -> None:
    """Measure the first run, an unchanged one, a rebuild, and what a command costs that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        environment = {**os.environ, "HOME": folder, "AI_COSTS_HOME": str(home)}
        environment.pop("CLAUDE_CONFIG_DIR", None)
        run = [COMMAND, "run"]
        first = measure(
            "first run",
            run,
            environment=environment,
            before=lambda: shutil.rmtree(home, ignore_errors=True),
            limit="60 s",
        )
        unchanged = measure("nothing changed", run, environment=environment, limit="20 s")
        rebuild = measure("rebuild from landing", [COMMAND, "rebuild"], environment=environment)
        definitions = [sys.executable, "-c", "import pipelines.definitions"]
        loaded = measure("definitions loaded", definitions, environment=environment, limit="4 s")
        spoken = measure("--help", [COMMAND, "--help"], environment=environment)
    show("The sample company", [first, unchanged, rebuild, loaded, spoken])


if __name__ == "__main__":
    main()
