"""The panel that docs/development/panel.md adds, in a copy of the room of reports."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from tests.e2e.contributed import steps

ROOT = Path(__file__).resolve().parents[2]

PAGE = ROOT / "docs" / "development" / "panel.md"
FILES = {Path(path).name: content for path, content in steps(PAGE.read_text(encoding="utf-8"))}
"""The files of the panel `spans`, by name."""

_BUILD = """
import sys
from pathlib import Path

import duckdb

from dashboards import panels
from dashboards.report import build_report

with duckdb.connect(sys.argv[1], read_only=True) as connection:
    build_report(connection, Path(sys.argv[2]))
print(panels.__file__)
"""


def checkout(folder: Path, **changed: str) -> Path:
    """A copy of the room of reports, with the new panel; `changed` has other text for a file, by its ending."""
    copy = folder / "checkout"
    made_by_tools = shutil.ignore_patterns("node_modules", "__pycache__")
    shutil.copytree(ROOT / "dashboards", copy / "dashboards", ignore=made_by_tools)
    for name, text in (FILES | {f"spans.{ending}": text for ending, text in changed.items()}).items():
        (copy / "dashboards" / "panels" / name).write_text(text, encoding="utf-8")
    return copy


def build(copy: Path, database: Path) -> Path:
    """The report that the copy makes of `database`."""
    report = copy / "report.html"
    done = subprocess.run(
        [sys.executable, "-c", _BUILD, str(database), str(report)],
        cwd=copy,
        env={"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().startswith(str(copy))
    return report
