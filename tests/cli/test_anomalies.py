"""Anomalies on the command line: what a person says of one is learned by the next run, and survives a rebuild."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.e2e

DAYS = 100
HEADER = "date,provider,account,amount,currency,model,project\n"


def entries(home: Path, spikes: dict[int, str]) -> None:
    """Entries of groq on each of the last days, 10 a day, with other amounts so many days ago."""
    today = datetime.now(UTC).date()
    lines = [
        f"{today - timedelta(days=back)},groq,acme,{spikes.get(back, '10')},USD,llama,search\n"
        for back in range(DAYS, 0, -1)
    ]
    (home / "manual").mkdir(parents=True, exist_ok=True)
    (home / "manual" / "groq.csv").write_text(HEADER + "".join(lines), encoding="utf-8")


def test_what_is_said_of_an_anomaly_is_learned_and_kept(ai_costs: Command, tmp_path: Path):
    home = tmp_path / "data"
    entries(home, {20: "90"})
    assert ai_costs("run", "--no-network").code == 0
    (event,) = ai_costs("anomalies", "list", "--json").json
    assert (event["kind"], event["series_kind"], event["series"], event["verdict"]) == (
        "spike",
        "project",
        "search",
        None,
    )

    shown = ai_costs("anomalies", "show", event["event_id"]).out
    assert "$90.00, where $10.00 was expected; $80.00 more (9.0\N{MULTIPLICATION SIGN})." in shown
    assert ai_costs("anomalies", "dismiss", "00000000").code == 2
    dismissed = ai_costs("anomalies", "dismiss", event["event_id"], "--note", "a test of ours")
    assert dismissed.code == 0
    assert "The next `ai-costs run` takes it into account." in dismissed.out
    assert (home / "feedback" / "anomalies.csv").read_text(encoding="utf-8").count("\n") == 2

    # One like it is not a news; what was reported is in the report, and its precision in a mart.
    entries(home, {20: "90", 5: "95"})
    assert ai_costs("run", "--no-network").code == 0
    assert ai_costs("rebuild").code == 0
    (learned,) = ai_costs("anomalies", "list", "--json").json
    assert (learned["event_id"], learned["verdict"], learned["note"]) == (
        event["event_id"],
        "dismissed",
        "a test of ours",
    )
    report = (home / "reports" / "ai-costs.html").read_text(encoding="utf-8")
    assert "a test of ours" in report
    assert "Judged by people: 1 anomaly, 0% of them right." in report
