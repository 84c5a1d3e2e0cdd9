"""Of the folder that somebody worked in, nothing but its last part leaves an agent's logs, whatever agent it is.

Agents name the folders of their logs after whole working paths, and state these paths in the logs too. All agents' logs
lie below a user's folder whose name must not be found again in anything that is written.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines.app.diagnosis import examine
from pipelines.app.home import Home
from pipelines.app.refresh import extract_agent_logs
from pipelines.builds.store import warehouse_of
from pipelines.config import ensure_home, load_settings
from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.agent import Machine
from pipelines.warehouse.loading import load_landing
from tests.home.homes import NOW
from tests.sources.local.specimens import SPECIMENS

USER = "kanarie"
FORMS = [
    f"-home-{USER}-deep-rocket",
    f"--home-{USER}-deep-rocket--",
    f"C--Users-{USER}-deep-rocket",
    f"%2Fhome%2F{USER}%2Fdeep%2Frocket",
]
"""What agents make of the path of a folder that is worked in, on Windows too."""


def write_logs(person: Path, form: str) -> None:
    """Logs of every agent in folders named after a working path, each with a broken line and a file of unknown form."""
    agents = {agent.name: agent for agent in local_agents()}
    for specimen in SPECIMENS:
        root = agents[specimen.agent].roots(Machine(person, {}))[0]
        written = specimen.write(root, "a", 3)
        parts = [form if "rocket" in part else part for part in written.relative_to(root).parts]
        path = root.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        written.rename(path)
        if path.suffix == ".jsonl":
            # The specimens state a path too, whose other folders are one canary.
            path.write_bytes(path.read_bytes().replace(b"/home/", b"/home/%s/" % USER.encode()) + b'{"usage": {"cut\n')
            (path.parent / "other.v9.jsonl").write_text('{"usage": {"total_tokens": 5}}\n')


def texts(data: Path) -> dict[str, str]:
    """What is in every file of a data folder, as text; of Parquet the rows."""
    found = {}
    for path in data.rglob("*"):
        if path.is_file():
            rows = f"{pq.read_table(path).to_pylist()}" if path.suffix == ".parquet" else ""
            found[path.relative_to(data).as_posix()] = rows + path.read_bytes().decode("utf-8", "replace")
    return found


@pytest.mark.parametrize("form", FORMS)
def test_no_agents_log_gives_more_of_a_path_than_its_last_folder(tmp_path: Path, form: str):
    person, data = tmp_path / USER, tmp_path / "data"
    write_logs(person, form)
    environ = {"HOME": str(person), "AI_COSTS_HOST": "laptop"}
    settings = load_settings(home=data, config=None, environ=environ, cwd=tmp_path)
    ensure_home(settings.paths)
    home = Home(settings, clock=lambda: NOW)
    outcomes = extract_agent_logs(home, lambda _: None)
    with warehouse_of(home.folders).writing() as connection:
        rows = load_landing(connection, LandingStore(home.folders.landing))
        shown = str(connection.table("landing.usage_records").fetchall())
        tables = str(connection.table("landing.partitions").fetchall())
        projects = connection.table("landing.usage_records").aggregate("source, max(project)").fetchall()
    assert {outcome.feed.source for outcome in outcomes} == {agent.name for agent in local_agents()}
    assert rows == sum(1 if specimen.totals else 3 for specimen in SPECIMENS)
    assert {"claude_code", "droid", "pi", "qwen_code"} <= {
        source for source, project in projects if project == "rocket"
    }
    written = {**texts(data), "table of records": shown, "table of partitions": tables, "outcomes": str(outcomes)}
    assert [place for place, text in written.items() if USER in text] == []
    assert [row for row in examine(home) if f"{USER}-deep" in row.found] == []
