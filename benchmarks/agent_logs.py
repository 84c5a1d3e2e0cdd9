"""Reading a folder of Claude Code logs, cold, unchanged and with one file changed, alongside a peer on the same folder.

    python -m benchmarks.agent_logs --logs FOLDER [--expected FILE] [--peer "npx --yes ccusage@20.0.24 daily --json"]

FOLDER is what CLAUDE_CONFIG_DIR would name. The folder itself is left alone: the changed file is a copy's. FILE holds
{"days": {"2026-05-01": [input, output, cache write, cache read tokens]}}, which must be landed to the token.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import measure, show

EXTRACT = """
import sys
from pathlib import Path
from pipelines.config import current_environment
from pipelines.app.refresh import {extract}
from pipelines.app.opening import open_home
outcomes = {extract}(open_home(current_environment()), {arguments})
sys.exit(any(outcome.status != "ok" for outcome in outcomes))
"""

SUMS = """
import json
from pipelines.config import current_environment
from pipelines.app.opening import open_home
from pipelines.landing import LandingStore
landing = LandingStore(open_home(current_environment()).folders.landing)
names = "input_uncached_tokens output_tokens cache_write_5m_tokens cache_write_1h_tokens cache_read_tokens".split()
days = {}
for feed in landing.feeds():
    for day in landing.manifest(feed).days:
        table = landing.read(feed, [day], names)
        found = [sum(table.column(name).drop_null().to_pylist()) for name in names]
        days[str(day)] = [found[0], found[1], found[2] + found[3], found[4]]
print(json.dumps(days))
"""


def main() -> None:
    """Measure the source alone, in a separate process each time, and the peer."""
    chosen = _chosen()
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
        if chosen.expected:
            landed = subprocess.run(  # noqa: S603 - this program in a separate process
                [sys.executable, "-c", SUMS], env=environment, capture_output=True, text=True, check=True
            )
            is_exact = json.loads(landed.stdout) == json.loads(chosen.expected.read_text())["days"]
            sys.stdout.write(f"landed to the token: {'yes' if is_exact else 'NO'}\n")
        unchanged = measure("unchanged", command, repeats=chosen.repeats, environment=environment, limit="1 s")
        touched = measure(
            "one file changed",
            command,
            repeats=chosen.repeats,
            environment=environment,
            before=lambda: os.utime(newest),
        )
        started = measure(
            "starting Python", [sys.executable, "-c", "import pipelines.app.home"], repeats=chosen.repeats
        )
        measured = [cold, unchanged, touched, started]
        if chosen.peer:
            measured.append(
                measure(chosen.peer, shlex.split(chosen.peer), repeats=chosen.repeats, environment=environment)
            )
        size = sum(path.stat().st_size for path in logs.rglob("*.jsonl"))
    show(f"Claude Code logs, {size / 2**20:,.0f} MiB", measured)


def _chosen() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--logs", type=Path, required=True)
    parser.add_argument("--peer", help="a command that reads the same folder through CLAUDE_CONFIG_DIR")
    parser.add_argument("--expected", type=Path, help="a JSON file with the tokens of each day")
    parser.add_argument("--repeats", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
