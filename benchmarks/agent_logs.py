"""Reading a folder of Claude Code logs, cold, unchanged and with one file changed, beside a peer on the same folder.

    python -m benchmarks.agent_logs --logs FOLDER [--peer "npx --yes ccusage@20.0.24 daily --json --offline"]

FOLDER is what CLAUDE_CONFIG_DIR would name. The folder itself is left alone: the changed file is a copy's.
"""

from __future__ import annotations

import argparse
import os
import shlex
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure, show

EXTRACT = """
import sys
from pathlib import Path
from pipelines.config import current_environment
from pipelines.extraction import {extract}
from pipelines.home import open_home
outcomes = {extract}(open_home(current_environment()), {arguments})
sys.exit(any(outcome.status != "ok" for outcome in outcomes))
"""


def main() -> None:
    """Measure the source alone, in a process of its own each time, and the peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--peer", help="a command that reads the same folder through CLAUDE_CONFIG_DIR")
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        logs, home = Path(folder) / "logs", Path(folder) / "data"
        shutil.copytree(chosen.logs, logs)
        newest = max(logs.rglob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
        environment = {**os.environ, "HOME": folder, "AI_COSTS_HOME": str(home), "CLAUDE_CONFIG_DIR": str(logs)}
        program = EXTRACT.format(extract="extract_agent_logs", arguments="lambda _: None")
        command = [sys.executable, "-c", program]
        cold = measure(
            "cold",
            command,
            repeats=chosen.repeats,
            environment=environment,
            before=lambda: shutil.rmtree(home, ignore_errors=True),
            limit="2x the peer",
        )
        unchanged = measure("unchanged", command, repeats=chosen.repeats, environment=environment, limit="1 s")
        touched = measure(
            "one file changed",
            command,
            repeats=chosen.repeats,
            environment=environment,
            before=lambda: os.utime(newest),
        )
        started = measure("starting Python", [sys.executable, "-c", "import pipelines.home"], repeats=chosen.repeats)
        measured = [cold, unchanged, touched, started]
        if chosen.peer:
            measured.append(
                measure(chosen.peer, shlex.split(chosen.peer), repeats=chosen.repeats, environment=environment)
            )
        size = sum(path.stat().st_size for path in logs.rglob("*.jsonl"))
    show(f"Claude Code logs, {size / 2**20:,.0f} MiB", measured)


if __name__ == "__main__":
    main()
