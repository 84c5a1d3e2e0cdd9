"""What `docs/development` says to write, written into a copy of the project; and one build there, of its toys alone.

    python -m tests.e2e.contributed FOLDER     in the copy: builds a home in FOLDER and prints what is in it, as JSON

Belongs here: reading the pages and using what they make. Does not: what the toys are, which the pages say.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console

from notifications.outbox import Outbox
from pipelines.app.home import Home
from pipelines.builds.store import warehouse_of
from pipelines.cli.progress import step_logger
from pipelines.config import ensure_home, load_settings
from pipelines.defs.execution import raise_for, run_job
from tests.sources.api.canned import Asked, provider
from tests.sources.api.specimen import specimen_of
from tests.sources.imports.specimens import SPECIMENS as FILES

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
STEP = re.compile(r"^## \d+\. `(?P<path>[^`]+)`\n.*?^```\w+\n(?P<content>.*?)^```$", flags=re.MULTILINE | re.DOTALL)
"""A step of a page: a numbered heading with the path of a file, and the first block below it, the file's content."""

SETTINGS = """\
accounts:
  - {{name: acme-quarry, provider: quarry, key: QUARRY_ADMIN_KEY, base_url: "{url}", since: 2026-11-20}}
  - {{name: without-key, provider: quarry, key: QUARRY_OTHER_KEY, base_url: "{url}", since: 2026-11-20}}
imports:
  files:
    - {{file: bill.csv, account: acme-quarry}}
    - {{file: filed.csv, account: filed-quarry}}
exports:
  - {{name: ledger, format: tsv}}
"""
FIGURES = {
    "spend": "select account_name, source, sum(cost_amount)::varchar from main.fct_costs where provider = 'quarry' "
    "and cost_kind = 'spend' and cost_amount is not null group by all order by all",
    "candidates": "select account_name, source, is_chosen, sum(cost_amount)::varchar from main.fct_cost_candidates "
    "where provider = 'quarry' group by all order by all",
    "tokens": "select source, sum(total_tokens)::bigint from main.fct_usage where source = 'mason' group by all",
    "projects": "select project, cost_kind, currency from main.rpt_project_costs "
    "where cost_kind = 'spend' order by all",
    "ranks": "select source, provider, precedence from landing.sources where source in "
    "('quarry_costs', 'quarry_csv', 'mason') order by all",
}


def steps(page: str) -> Iterator[tuple[str, str]]:
    """(path, content) of each file that a page says to write."""
    return ((found["path"], found["content"]) for found in STEP.finditer(page))


def main(folder: Path) -> dict[str, Any]:
    """A run of everything in a home of the toys' own, and what came of it."""
    with provider(_answer) as served:
        home = _home(folder, served.url)
        raise_for(run_job(home, step_logger(Console(quiet=True).status(""))))
    with warehouse_of(home.folders).reading() as connection:
        found: dict[str, Any] = {name: connection.execute(query).fetchall() for name, query in FIGURES.items()}
    paths = home.settings.paths
    found["report"] = "Costs from Mar 1, 2026 to Nov 22, 2026." in (paths.reports / "ai-costs.html").read_text(
        encoding="utf-8"
    )
    found["export"] = (paths.exports / "ledger.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")[:2]
    found["alerts"] = sorted(listed.subject for listed in Outbox(home.folders.outbox).list_alerts())
    return found


def _home(person: Path, url: str) -> Home:
    (person / "data" / "inbox").mkdir(parents=True)
    (person / "data" / "ai-costs.yaml").write_text(SETTINGS.format(url=url))
    bill = next(made.content for made in FILES if made.format == "quarry_csv")
    (person / "data" / "inbox" / "bill.csv").write_text(bill)
    (person / "data" / "inbox" / "filed.csv").write_text(bill.replace("5.50", "1.25"))
    logs = importlib.import_module("tests.sources.local.specimens.mason")
    logs.SPECIMEN.write(person / ".mason", "a", 3)
    environ = {"HOME": str(person), "AI_COSTS_HOST": "laptop", "QUARRY_ADMIN_KEY": "qk-invented-for-this-test"}
    settings = load_settings(home=person / "data", config=None, environ=environ, cwd=person)
    ensure_home(settings.paths)
    return Home(settings, clock=lambda: NOW)


def _answer(asked: Asked) -> Any:
    """The specimen's rows of the days that were asked for."""
    (whole,) = specimen_of("quarry_costs").values
    return {"costs": [row for row in whole["costs"] if asked.query["from"] <= row["day"] <= asked.query["to"]]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]).absolute())))
