"""Builds of a few bytes: a number that is in every output, so that a mix of two shows."""

from __future__ import annotations

from pathlib import Path

from pipelines.builds.manifest import MANIFEST
from pipelines.builds.store import Builds

RUN = "run"
DUE = ("exports/costs.csv", "exports/costs.csv.manifest.json", "reports/ai-costs.html", "warehouse/published.duckdb")
"""What each build has; one of an even number has an export of that number besides."""


def paths_of(number: int) -> list[str]:
    return sorted([*DUE, *([f"exports/bills-{number}.csv"] if number % 2 == 0 else [])])


def write(folder: Path, number: int) -> None:
    """Write the outputs of build `number` below `folder`."""
    for path in paths_of(number):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(f"{number} in {path}")


def show(home: Path | str, number: int | str) -> None:
    """Prepare build `number` and show it."""
    builds = Builds(Path(home))
    write(builds.prepare(RUN), int(number))
    builds.show(RUN, f"build{number}", DUE)


def revise(home: Path | str, number: int | str) -> None:
    """Write the report of the build that is shown again, with another number."""
    with Builds(Path(home)).writing() as folder:
        (folder / "reports" / "ai-costs.html").unlink(missing_ok=True)
        (folder / "reports" / "ai-costs.html").write_text(f"{number} in reports/ai-costs.html")


def seen(home: Path) -> int | None:
    """The number of the build that people see by its files; None if they see none. A mix is a failure."""
    found = {path: (home / path).read_text() if (home / path).exists() else None for path in DUE}
    numbers = {text and int(text.removesuffix(f" in {path}")) for path, text in found.items()}
    assert len(numbers) == 1, found
    return numbers.pop() if numbers else None


def whole(home: Path, number: int) -> bool:
    """Whether build `number` is shown with all of its outputs."""
    builds = Builds(home)
    current = builds.current()
    assert current is not None
    inside = {path.relative_to(current).as_posix() for path in current.rglob("*") if path.is_file()}
    return builds.is_whole(f"build{number}") and inside == {MANIFEST, *paths_of(number)}
