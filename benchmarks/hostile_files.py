"""How soon each door refuses what is not a file, or a file no person or program writes.

python -m benchmarks.hostile_files

Belongs here: making such things and timing the readers of the program itself, from the folder to the refusal in words.
Does not: what they say (tests/reading).
"""

from __future__ import annotations

import gzip
import os
import socket
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from rich.console import Console
from rich.table import Table

from pipelines.app.home import Home
from pipelines.app.refresh import extract_agent_logs, extract_imported_files, extract_manual_entries
from pipelines.config import ensure_home, load_settings
from pipelines.errors import ConfigError
from pipelines.sources.local import local_agents

HUGE = 17_000_000_000
JUST_ALLOWED = {"manual": 199_000_000, "inbox": 3_990_000_000, "ai-costs.yaml": 990_000, "agent log": 15_990_000_000}
"""Bytes of zeros, which take no room on the disk, just under what each door reads."""
ENTRIES = "date,provider,account,amount,currency\n"
WRONG_ROWS = 20_000


def _socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # a path longer than a socket's name may be is reached from its folder
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def _zeros(path: Path, size: int) -> None:
    with path.open("wb") as file:
        file.truncate(size)


def _packed_zeros(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(41_000_000)) * 100)


def _many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        for number in range(50_000):
            packed.writestr(f"{number}.csv", "")


KINDS: dict[str, Callable[[Path, str], object]] = {
    "a named pipe": lambda path, _: os.mkfifo(path),
    "a socket": lambda path, _: _socket(path),
    "a link to a device": lambda path, _: path.symlink_to("/dev/zero"),
    "a folder": lambda path, _: path.mkdir(),
    "a link to itself": lambda path, _: path.symlink_to(path.name),
    "a link to nothing": lambda path, _: path.symlink_to("nowhere"),
    "17 GB of zeros": lambda path, _: _zeros(path, HUGE),
    "zeros, just allowed": lambda path, door: _zeros(path, JUST_ALLOWED[door]),
    "1,000,000 columns": lambda path, _: path.write_text(",".join(f"c{number}" for number in range(1_000_000))),
    "a line of 8 MB": lambda path, _: path.write_text("x" * 8_000_000),
    "60,000 problems": lambda path, _: path.write_text(ENTRIES + "2026-13-41,groq,a,twelve,XXXX\n" * WRONG_ROWS),
    "4 GB of zeros in a gzip of 4 MB": lambda path, _: _packed_zeros(path),
    "a ZIP of 50,000 files": lambda path, _: _many_members(path),
}


def _home(person: Path) -> Home:
    environ = {"HOME": str(person), "AI_COSTS_HOST": "laptop", "CLAUDE_CONFIG_DIR": str(person / ".claude")}
    settings = load_settings(home=person / "data", config=None, environ=environ, cwd=person)
    ensure_home(settings.paths)
    return Home(settings)


def _refused_configuration(home: Home) -> str:
    with suppress(ConfigError):
        _home(home.settings.paths.home.parent)
        return ""
    return "refused"


DOORS: dict[str, tuple[str, Callable[[Home], object]]] = {
    "manual": ("data/manual/bill.csv", extract_manual_entries),
    "inbox": ("data/inbox/bill.csv", extract_imported_files),
    "ai-costs.yaml": ("data/ai-costs.yaml", _refused_configuration),
    "agent log": (".claude/projects/rocket/session.jsonl", lambda home: extract_agent_logs(home, lambda _: None)),
}


def measured(make: Callable[[Path, str], object], door: str) -> tuple[float, float]:
    """Seconds of wall-clock and CPU time that a door took to refuse what `make` made."""
    name, read = DOORS[door]
    with tempfile.TemporaryDirectory() as folder:
        home = _home(Path(folder))
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path, door)
        wall, cpu = time.perf_counter(), time.process_time()
        read(home)
        return time.perf_counter() - wall, time.process_time() - cpu


def rows() -> Iterator[list[str]]:
    """For each kind, its name and what each door took."""
    for kind, make in KINDS.items():
        found = [measured(make, door) for door in DOORS]
        yield [kind, *(f"{wall:.2f} s / {cpu:.2f} s" for wall, cpu in found)]


def main() -> None:
    """Measure and print, row by row."""
    assert local_agents()  # noqa: S101 - found and read once, before anything is timed
    table = Table("what lies there", *DOORS)
    for row in rows():
        table.add_row(*row)
        Console(width=140).print(" | ".join(row))
    Console(width=140).print(table)


if __name__ == "__main__":
    main()
