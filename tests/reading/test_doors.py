"""Only files are files: what is none is refused in words at each place where people or programs put files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.app.diagnosis import examine
from pipelines.app.home import Home
from pipelines.app.inputs import log_roots
from pipelines.app.known_names import is_seen
from pipelines.app.refresh import (
    extract_agent_logs,
    extract_exchange_rates,
    extract_imported_files,
    extract_manual_entries,
)
from pipelines.config import load_settings
from pipelines.domain.source_kinds import SourceKind
from pipelines.errors import ConfigError
from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.outcomes import Outcome, OutcomeLog, Status
from tests.extraction.test_extraction import home_at
from tests.reading.hostile import FOLDER, KINDS, Kind, at_once
from tests.sources.local.specimens import SPECIMENS, Specimen

RATES = "exchange_rates:\n  file: rates.csv\n  currency: USD\n"
EVERY_KIND = pytest.mark.parametrize("kind", [*KINDS, FOLDER], ids=lambda kind: kind.id)


def manual(home: Home) -> list[Outcome]:
    return extract_manual_entries(home)


Door = tuple[str, Callable[[Home], list[Outcome]]]
DOORS: dict[str, Door] = {
    "manual": ("data/manual/bill.csv", manual),
    "inbox": ("data/inbox/bill.csv", extract_imported_files),
    "rates": ("data/rates.csv", extract_exchange_rates),
}


@EVERY_KIND
@pytest.mark.parametrize("door", DOORS)
def test_what_is_not_a_file_is_refused_by_the_source_and_by_doctor(tmp_path: Path, kind: Kind, door: str):
    name, read = DOORS[door]
    home = home_at(tmp_path, RATES if door == "rates" else "")
    path = tmp_path / name
    kind.make(path)
    if kind is FOLDER:
        (path / "inside.csv").touch()
    with at_once():
        (outcome,) = read(home)
        found = {finding.subject: finding.found for finding in examine(home)}
    assert outcome.status is Status.REFUSED
    assert kind.words in (outcome.message or "")
    assert len(outcome.message or "") < 400
    if door != "rates":
        assert kind.words in found[f"{door} file {path.name}"]


@EVERY_KIND
@pytest.mark.parametrize("name", ["ai-costs.yaml", ".env"])
def test_what_is_not_a_file_is_no_configuration(tmp_path: Path, kind: Kind, name: str):
    kind.make(tmp_path / name)
    with at_once(), pytest.raises(ConfigError) as refused:
        load_settings(home=tmp_path, config=None, environ={}, cwd=tmp_path / "elsewhere")
    assert str(refused.value).startswith(f"{tmp_path / name}: it cannot be read ({kind.words}")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not kind.is_file], ids=lambda kind: kind.id)
@pytest.mark.parametrize("specimen", SPECIMENS, ids=lambda specimen: f"{specimen.agent} {specimen.log}")
def test_what_is_not_a_log_is_passed_over_and_told(tmp_path: Path, kind: Kind, specimen: Specimen):
    (agent,) = [agent for agent in local_agents() if agent.name == specimen.agent]
    home = home_at(tmp_path, **{next(iter(agent.variables)): str(tmp_path / "logs")})
    root = log_roots(home, agent)[0][1]
    specimen.write(root, "a", 1)
    log = next(path for path in sorted(root.rglob("*")) if path.match(specimen.log.format(tag="*").rpartition("/")[2]))
    log.unlink()
    kind.make(log)
    with at_once():
        outcomes = [
            outcome for outcome in extract_agent_logs(home, lambda _: None) if outcome.feed.source == agent.name
        ]
    told = [text for outcome in outcomes for text in (*outcome.findings, outcome.message or "")]
    assert LandingStore(home.folders.landing).read(agent.feed("laptop")).num_rows == 0
    if "nothing" not in kind.id:
        assert any(kind.words in text for text in told), told


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_the_settings_of_codex_are_not_waited_for(tmp_path: Path, kind: Kind):
    (agent,) = [agent for agent in local_agents() if agent.name == "codex"]
    home = home_at(tmp_path, CODEX_HOME=str(tmp_path / "codex"))
    (specimen,) = [specimen for specimen in SPECIMENS if specimen.agent == "codex"]
    specimen.write(tmp_path / "codex", "a", 1)
    kind.make(tmp_path / "codex" / "config.toml")
    with at_once():
        extract_agent_logs(home, lambda _: None)
    assert LandingStore(home.folders.landing).read(agent.feed("laptop")).num_rows == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.id)
def test_a_name_is_looked_for_in_entry_files_that_can_be_read(tmp_path: Path, kind: Kind):
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual" / "good.csv").write_text("provider\nnimbus\n")
    kind.make(tmp_path / "manual" / "bad.csv")
    with at_once():
        assert is_seen(tmp_path, "nimbus")
        assert not is_seen(tmp_path, "cirrus")


@pytest.mark.parametrize(
    ("name", "shown"),
    [(b"caf\xe9.csv", "caf\\xe9.csv"), (b"two\nlines.csv", "two\\nlines.csv")],
    ids=["bytes", "lines"],
)
@pytest.mark.parametrize("door", ["manual", "inbox"])
def test_a_name_that_cannot_be_shown_is_refused_and_shown_as_escapes(
    tmp_path: Path, door: str, name: bytes, shown: str
):
    home = home_at(tmp_path)
    folder, read = DOORS[door]
    path = (tmp_path / folder).parent / name.decode("utf-8", "surrogateescape")
    path.write_text("date,provider,account,amount,currency\n2026-03-02,groq,default,12.40,USD\n")
    (outcome,) = read(home)
    assert (outcome.feed.name, outcome.status) == (shown, Status.REFUSED)
    refusal = f"{shown}:1:1: it cannot be read (its name contains characters that cannot be displayed): rename it"
    assert refusal in (outcome.message or "")
    found = {finding.subject: finding.found for finding in examine(home)}
    assert refusal.removeprefix(shown) in found[f"{door} file {shown}"]
    assert [stored.feed.source_kind for stored in OutcomeLog(home.folders.outcomes).all()] == [
        SourceKind.MANUAL if door == "manual" else SourceKind.IMPORT
    ]
