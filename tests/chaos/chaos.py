"""Kill whole runs at random moments, for as long as one likes, and print what was seen after each: `make chaos`.

    python -m tests.chaos.chaos --kills 200            200 kills, each of a run with something new to read
    python -m tests.chaos.chaos --kills 50 --seed 7    the same moments again, as far as the machine is as fast

After every kill, what people open must be whole, of one build, and true for what had been entered at some time. After
every tenth a run is left alone: it must end well, with every entry counted once.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from pipelines.builds.store import Builds
from tests.e2e.installation import COMMAND, Installation, install
from tests.kills import killed_after

LEFT_ALONE = 10
"""After so many kills a run is let go to its end."""
FIRST_DAY = date(2026, 3, 4)
STEPS = 10
"""Parts of a run's time, to show where the kills fell."""


@dataclass
class Seen:
    """What was met after the kills: by part of the run, and each thing that was wrong, in words."""

    kills: Counter[int] = field(default_factory=Counter)
    finished: int = 0
    wrong: list[str] = field(default_factory=list)

    def table(self) -> Table:
        """Where in a run the kills fell."""
        table = Table("part of the run", "kills")
        for part in range(STEPS + 1):
            name = f"{100 * part // STEPS} to {100 * (part + 1) // STEPS} %" if part < STEPS else "it had ended"
            table.add_row(name, str(self.kills[part]))
        return table


def enter(installation: Installation, number: int) -> Decimal:
    """Enter an amount that no sum of others equals, in a file of its own."""
    amount = Decimal(2) ** (number % 40) / 100
    day = FIRST_DAY + timedelta(days=number % 200)
    (installation.data / "manual" / f"entry-{number}.csv").write_text(
        f"date,provider,account,amount,currency,category,note\n{day},groq,default,{amount},USD,usage,entry {number}\n"
    )
    return amount


def killed(installation: Installation, after: float) -> bool:
    """Start a run and kill it, and all that it started, after so many seconds; whether it was still at work."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(installation.person),
        "AI_COSTS_HOME": str(installation.data),
        "AI_COSTS_HOST": "laptop",
    }
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return killed_after(after, [COMMAND, "run"], cwd=installation.person, env=environment, **quiet)


def shown(installation: Installation) -> dict[str, Decimal]:
    """The spend in USD that each file states, opened as a person would open it."""
    data = installation.data
    with closing(duckdb.connect(data / "warehouse" / "published.duckdb", read_only=True)) as connection:
        ((facts,),) = connection.execute(
            "select sum(cost_amount) from fct_costs where cost_kind = 'spend' and currency = 'USD'"
        ).fetchall()
    with (data / "exports" / "costs.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = [(row["cost_kind"], row["currency"], row["cost_amount"]) for row in csv.DictReader(handle)]
    records = json.loads((data / "exports" / "costs.json").read_text())["records"]
    records = [(record["cost_kind"], record["currency"], record["cost_amount"]) for record in records]
    return {"published file": facts, "costs.csv": _spend(rows), "costs.json": _spend(records)}


def _spend(rows: list[tuple[str, str, str]]) -> Decimal:
    return sum((Decimal(amount) for kind, currency, amount in rows if (kind, currency) == ("spend", "USD")), Decimal(0))


def faults(installation: Installation, true: set[Decimal]) -> Iterator[str]:
    """What is wrong with the files that people open, when `true` are the sums of what had been entered at some time."""
    try:
        manifest = Builds(installation.data).manifest()
        spend = shown(installation)
    except Exception as error:  # noqa: BLE001 - whatever cannot be read is what is looked for
        yield f"a file cannot be read: {type(error).__name__}: {error}"
        return
    if manifest is None:
        yield "no build is shown"
        return
    for output in manifest.outputs:
        if problem := output.problem(installation.data / output.path):
            yield f"{output.path} is not of the build that is shown: {problem}"
    if len(set(spend.values())) > 1:
        yield f"sums differ: {spend}"
    if not set(spend.values()) <= true:
        yield f"a sum that never was: {spend}"


def finish(installation: Installation, expected: Decimal) -> Iterator[str]:
    """Let a run end; what is wrong after it."""
    done = installation.ai_costs("run")
    if done.returncode:
        yield f"the run left alone ended with {done.returncode}: {done.stderr.strip()[-300:]}"
    done = installation.ai_costs("verify")
    if done.returncode:
        yield f"verify ended with {done.returncode}: {(done.stdout + done.stderr).strip()[-300:]}"
    yield from faults(installation, {expected})


def chaos(installation: Installation, kills: int, seed: int, console: Console) -> Seen:
    """Kill so many runs of an installation, which is a new one."""
    chance, seen = random.Random(seed), Seen()  # noqa: S311 - moments, not secrets
    total = Decimal("12.40")
    seen.wrong += finish(installation, total)
    total += enter(installation, 0)
    begun = time.monotonic()
    seen.wrong += finish(installation, total)
    whole_run = time.monotonic() - begun
    sums = {total}
    for number in range(1, kills + 1):
        sums.add(total := total + enter(installation, number))
        after = chance.uniform(0, whole_run)
        at_work = killed(installation, after)
        seen.kills[int(STEPS * after / whole_run) if at_work else STEPS] += 1
        seen.wrong += [f"kill {number}, after {after:.2f} s: {fault}" for fault in faults(installation, sums)]
        if number % LEFT_ALONE == 0 or number == kills:
            seen.wrong += [f"after kill {number}: {fault}" for fault in finish(installation, total)]
            seen.finished += 1
            sums = {total}
            console.print(f"{number} kills, {len(seen.wrong)} faults")
    return seen


def main() -> int:
    """Kill as the command line says; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description="Kill whole runs at random moments.")
    parser.add_argument("--kills", type=int, default=200, help="how many")
    parser.add_argument("--seed", type=int, default=1, help="which moments")
    chosen = parser.parse_args()
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        seen = chaos(install(Path(folder) / "person"), chosen.kills, chosen.seed, console)
    console.print(seen.table())
    for wrong in seen.wrong:
        console.print(wrong, markup=False)
    console.print(
        f"{chosen.kills} kills and {seen.finished} runs left alone: "
        f"{'every file whole, of one build, nothing lost, nothing doubled' if not seen.wrong else 'FAULTS, see above'}"
    )
    return int(bool(seen.wrong))


if __name__ == "__main__":
    sys.exit(main())
