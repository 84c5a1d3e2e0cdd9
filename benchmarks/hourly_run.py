"""What of an hour's run grows with the history behind it: with nothing changed, and after one new reply.

    python -m benchmarks.hourly_run [--days 30 400 1200] [--repeats 3]

A home of one person: a Claude Code log each day, and a second machine's replies of the same days in landing. Measured
are the steps that read landing: taking in logs, choosing what counts, checking and loading the days, and valuing what
landed for the proof. Models, forecasts and outputs read the warehouse and are left out. Each run is a process of its
own under strace, which must be installed: it counts how often files of the landing folder are opened, and costs little,
because the kernel stops the process at nothing else. CPU time is the run's own, without the start of Python.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.extraction import extract

RUN = """
import time
from pipelines.warehouse import files as warehouse
from pipelines.config import configured_rows, current_environment
from pipelines.landing import LandingStore
from pipelines.app.effective_data import effective
from pipelines.app.opening import open_home
from pipelines.builds.store import warehouse_of
from pipelines.app.refresh import extract_agent_logs
from pipelines.warehouse.loading import load_landing
from pipelines.app.price_build import prices_of_build
from pipelines.audit.valuation import landed_by_source

began = time.process_time()
home = open_home(current_environment())
extract_agent_logs(home, lambda _: None)
read_logs = time.process_time()
landing = LandingStore(home.folders.landing)
with warehouse_of(home.folders).writing() as connection:
    load_landing(connection, landing, effective(home), now=home.clock())
    loaded = time.process_time()
    prices = prices_of_build(home, warehouse.monthly_uses(connection)).as_billed
    warehouse.load_table(connection, "unit_prices", [vars(price) for price in prices])
    warehouse.load_table(connection, "agent_billing", configured_rows(home.settings.configuration)["agent_billing"])
    priced = time.process_time()
    landed_by_source(landing, connection, again=False)
print(read_logs - began, loaded - read_logs, time.process_time() - priced)
"""
STEPS = ("logs taken in", "days loaded", "landed valued")
REPLIES_A_DAY = 20
OPENED = re.compile(r'open(?:at)?\(.*?"([^"]*)"[^=]*= \d')


@dataclass(frozen=True)
class Run:
    """What one run took: seconds of CPU time by step, and how many times it opened day files and others of landing."""

    cpu: tuple[float, ...]
    opened: Counter[str]


def write_day(logs: Path, host: str, day: datetime) -> Path:
    """The log of one day's session, with `REPLIES_A_DAY` replies."""
    path = logs / "projects" / "rocket" / f"{host}-{day:%Y-%m-%d}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(reply(host, day + timedelta(minutes=number)) for number in range(REPLIES_A_DAY)))
    return path


def reply(host: str, moment: datetime) -> str:
    """A line of Claude Code's log."""
    stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    usage = {"input_tokens": 10, "cache_read_input_tokens": 20, "output_tokens": 40}
    record = {
        "type": "assistant",
        "timestamp": stamp,
        "requestId": f"req_{host}_{stamp}",
        "sessionId": f"{host}-{moment:%Y-%m-%d}",
        "message": {"id": f"msg_{host}_{stamp}", "role": "assistant", "model": "claude-sonnet-4-5", "usage": usage},
    }
    return json.dumps(record, separators=(",", ":")) + "\n"


def measured(folder: Path, days: int, repeats: int) -> dict[str, list[Run]]:
    """The runs of each kind in a home with `days` days of history."""
    home, logs, other = folder / "data", folder / "logs", folder / "other"
    home.mkdir()
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    newest = logs
    for back in range(days - 1, -1, -1):
        newest = write_day(logs, "laptop", today - timedelta(days=back))
        write_day(other, "tower", today - timedelta(days=back))
    claude_code = next(agent for agent in local_agents() if agent.name == "claude_code")
    extract(claude_code, [other], "tower", LandingStore(home / "landing"), datetime.now(UTC))
    environment = {**os.environ, "HOME": str(folder), "AI_COSTS_HOME": str(home), "CLAUDE_CONFIG_DIR": str(logs)}
    runs: dict[str, list[Run]] = {"first run": [run(home / "landing", environment)]}
    runs["nothing changed"] = [run(home / "landing", environment) for _ in range(repeats)]
    runs["one new reply"] = []
    for number in range(repeats):
        with newest.open("a") as handle:
            handle.write(reply("laptop", today + timedelta(minutes=REPLIES_A_DAY, seconds=number)))
        runs["one new reply"].append(run(home / "landing", environment))
    return runs


def run(landing: Path, environment: dict[str, str]) -> Run:
    """Run everything once, and count."""
    with tempfile.NamedTemporaryFile() as trace:
        strace = ["strace", "-f", "--seccomp-bpf", "-e", "trace=open,openat", "-s", "500", "-o", trace.name]
        command = [*strace, sys.executable, "-c", RUN]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)  # noqa: S603 - this program
        lines = Path(trace.name).read_text(errors="replace").splitlines()
    paths = [Path(found[1]) for line in lines if (found := OPENED.search(line))]
    below = [path for path in paths if path.is_relative_to(landing)]
    opened = Counter("days" if path.suffix == ".parquet" else "others" for path in below if path != landing)
    return Run(tuple(map(float, done.stdout.split())), opened)


def main() -> None:
    """Measure each kind of run at each length of history."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, nargs="+", default=[30, 400, 1200])
    parser.add_argument("--repeats", type=int, default=3)
    chosen = parser.parse_args()
    table = Table(title="An hour's run", title_justify="left")
    for column in ("days of history", "run", *STEPS, "day files opened", "other files of landing"):
        table.add_column(column, justify="right")
    for days in chosen.days:
        with tempfile.TemporaryDirectory() as folder:
            for kind, runs in measured(Path(folder), days, chosen.repeats).items():
                opened = runs[-1].opened
                least = [f"{min(step):.2f} s" for step in zip(*(one.cpu for one in runs), strict=True)]
                table.add_row(str(days), kind, *least, f"{opened['days']:,}", f"{opened['others']:,}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
