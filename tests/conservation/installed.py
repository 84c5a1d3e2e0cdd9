"""An installation that was run once, in this process and at a moment of the test's own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from pipelines.app.home import Home
from pipelines.cli.progress import step_logger
from pipelines.config import ensure_home, load_settings
from pipelines.defs.execution import raise_for, run_job
from tests.sources.local.session_logs import reply, usage, write_log

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ENTRIES = """\
period_start,period_end,date,provider,account,amount,currency,category,tokens,entry_id,note
,,2026-03-02,groq,default,12.40,USD,usage,1000,bill,invoice 7
,,2026-03-04,groq,default,-2.15,USD,credit,,credit,goodwill
,,2026-03-03,cursor,team,40.00,EUR,seat,,seat,
2026-03-01,2026-03-31,,openai,labs,100.00,USD,subscription,,plan,spread over 31 days
"""
FIGURES = {
    ("list_price_value", "USD"): "15.0001485",
    ("spend", "EUR"): "40",
    ("spend", "USD"): "110.25",
    ("tokens", ""): "1001160",
}
"""A reply of a million tokens at 15 USD and one of a hundred, the entries, and a model that nobody prices."""


def home_at(person: Path) -> Home:
    """The home below a person's folder, its clock stopped."""
    environ = {"HOME": str(person), "AI_COSTS_HOST": "laptop"}
    settings = load_settings(home=person / "data", config=None, environ=environ, cwd=person)
    ensure_home(settings.paths)
    return Home(settings, clock=lambda: NOW)


def install(person: Path) -> Home:
    """Logs, entries, and one run of everything."""
    home = home_at(person)
    write_log(
        person / ".claude" / "projects" / "-work-rocket" / "session-a.jsonl",
        reply("msg_1", "req_1", timestamp="2026-03-01T10:00:00.000Z", usage=usage(output_tokens=1_000_000)),
        reply("msg_2", "req_2", timestamp="2026-03-02T10:00:00.000Z", model="mystery-9"),
    )
    (home.settings.paths.manual / "bills.csv").write_text(ENTRIES)
    raise_for(run_job(home, step_logger(Console(quiet=True).status(""))))
    return home
