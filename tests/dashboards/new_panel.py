"""A panel that a contributor adds, by the steps of CONTRIBUTING.md: its own files and nothing else, in a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FILES = {
    "weekdays.py": '''"""Cost by weekday."""

from dashboards.context import ReportContext
from dashboards.panels import Panel, PanelView, Rows


def prepare(rows: Rows, context: ReportContext) -> PanelView:
    """The number of days with costs, in words; for the script, that number."""
    return PanelView({"days": len(rows)}, data=len(rows))


PANEL = Panel(id="weekdays", area="grid", order=15, columns=6, prepare=prepare)
''',
    "weekdays.sql": "select distinct cost_date from rpt_daily_costs\n",
    "weekdays.html.j2": """{% import "templates/marks.html.j2" as marks %}
{% call marks.head("weekdays", "Weekdays") %}
<div class="segments small scripted" role="group" aria-label="Week" id="week">
  <button type="button" data-value="work" aria-pressed="true">Work days</button>
  <button type="button" data-value="end" aria-pressed="false">Weekends</button>
</div>
{% endcall %}
<p>{{ days }} days with costs</p>
<div class="chart scripted"></div>
""",
    "weekdays.css": "#weekdays-panel .chart { min-height: 20px; }\n",
    "weekdays.js": """// Cost by weekday.

import { make, part, setTitle } from "../static/js/elements.js";
import { sumUnits } from "../static/js/facts.js";
import { counted, money } from "../static/js/formats.js";
import { panel } from "../static/js/panels.js";

panel(
  "weekdays",
  ({ report, state, rows }) => {
    const isWeekend = state.options.week === "end";
    const chosen = rows.filter(({ day }) => [2, 3].includes(day % 7) === isWeekend);
    setTitle("weekdays", isWeekend ? "Weekends" : "Work days", counted(Number(report.panels.weekdays), "day"));
    part("weekdays", ".chart").replaceChildren(make("p", {}, money(sumUnits(chosen))));
  },
  { options: { week: { values: ["work", "end"], usual: "work" } } },
);
""",
}

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
    shutil.copytree(
        ROOT / "dashboards", copy / "dashboards", ignore=shutil.ignore_patterns("node_modules", "__pycache__")
    )
    for name, text in FILES.items():
        ending = name.rpartition(".")[2]
        (copy / "dashboards" / "panels" / name).write_text(changed.get(ending, text), encoding="utf-8")
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
