"""Homes below a made-up person's folder, and one whose build, report and exports are all there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pipelines.app import outputs
from pipelines.app.build_inputs import build_id
from pipelines.app.home import Home
from pipelines.builds.store import Builds, warehouse_of
from pipelines.config import ensure_home, load_settings
from pipelines.exports import standing_formats
from pipelines.warehouse.files import load_table
from tests.exports.published_costs import cost, published

NOW = datetime(2026, 3, 20, 12, 30, tzinfo=UTC)
ENTRIES = "date,provider,account,amount,currency\n2026-03-02,groq,default,12.40,USD\n"


def home_at(person: Path, configuration: str | None = None, *, now: datetime = NOW, **variables: str) -> Home:
    """The home below `person`, its clock stopped."""
    (person / "data").mkdir(parents=True, exist_ok=True)
    if configuration is not None:
        (person / "data" / "ai-costs.yaml").write_text(configuration)
    environ = {"HOME": str(person), "AI_COSTS_HOST": "laptop", **variables}
    settings = load_settings(home=person / "data", config=None, environ=environ, cwd=person)
    ensure_home(settings.paths)
    return Home(settings, clock=lambda: now)


def publish(home: Home) -> str:
    """Show a build of one cost, with its exports and something like a report; give its name."""
    name, paths = build_id(home, home.clock()), home.settings.paths
    warehouse_of(home.folders).discard_working()
    with published(cost(1), database=paths.working, build_id=name, as_of=home.clock()) as connection:
        load_table(connection, "build", [{"build_id": name, "as_of": home.clock()}])
    outputs.prepare(home, "run")
    for format_name in standing_formats():
        outputs.write_standing(home, format_name, "run")
    with Builds(home.folders.home).writing("run") as folder:
        (folder / "reports").mkdir()
        (folder / "reports" / home.report.name).write_text("<!doctype html>")
    outputs.show(home, "run")
    return name
