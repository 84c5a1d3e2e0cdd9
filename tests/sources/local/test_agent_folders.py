"""Where agents keep their logs: their variables, profiles, and the folders of each platform."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.landing import LandingStore
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.agent import Machine
from pipelines.sources.local.framework.extraction import extract
from tests.sources.local import agent_logs as logs

NOW = datetime(2026, 3, 20, tzinfo=UTC)
AGENTS = {agent.name: agent for agent in local_agents()}


@pytest.mark.parametrize("name", ["opencode", "kilo"])
@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, ".local/share"),
        ({"XDG_DATA_HOME": "{home}/elsewhere"}, "elsewhere"),
        ({}, "Library/Application Support"),
        ({"APPDATA": "{home}/AppData/Roaming"}, "AppData/Roaming"),
        ({"LOCALAPPDATA": "{home}/AppData/Local"}, "AppData/Local"),
    ],
)
def test_a_programs_data_is_found_where_its_platform_keeps_it(
    tmp_path: Path, name: str, variables: dict[str, str], folder: str
):
    logs.opencode(f"{name}.db")(tmp_path / folder / name, "a", 2)
    machine = Machine(tmp_path, {key: value.format(home=tmp_path) for key, value in variables.items()})
    landing = LandingStore(tmp_path / "landing")
    assert extract(AGENTS[name], AGENTS[name].roots(machine), "laptop", landing, NOW).messages_landed == 2


@pytest.mark.parametrize(
    ("name", "variables", "folders"),
    [
        ("pi", {}, [".pi/agent/sessions", ".omp/agent/sessions", ".omp/profiles/work/agent/sessions"]),
        ("pi", {"PI_CODING_AGENT_DIR": "{home}/mine"}, ["mine/sessions", ".omp/agent/sessions"]),
        ("pi", {"PI_AGENT_DIR": "{home}/mine"}, ["mine"]),
        ("openclaw", {}, [".openclaw", ".clawdbot", ".openclaw-dev"]),
        ("openclaw", {"OPENCLAW_STATE_DIR": "{home}/mine"}, ["mine"]),
        ("hermes", {}, [".hermes", ".hermes/profiles/coder", ".hermes/profiles/writer"]),
        ("hermes", {"HERMES_HOME": "{home}/mine"}, ["mine", "mine/profiles/coder"]),
        ("hermes", {"HERMES_HOME": "{home}/mine/profiles/a"}, ["mine", "mine/profiles/a", "mine/profiles/b"]),
        ("gemini_cli", {}, [".gemini/tmp"]),
        ("gemini_cli", {"GEMINI_CLI_HOME": "{home}/mine"}, ["mine/.gemini/tmp"]),
        ("gemini_cli", {"GEMINI_DATA_DIR": "{home}/mine"}, ["mine"]),
        ("qwen_code", {}, [".qwen"]),
        ("qwen_code", {"QWEN_HOME": "{home}/mine", "QWEN_RUNTIME_DIR": "{home}/run"}, ["mine", "run"]),
        ("qwen_code", {"QWEN_DATA_DIR": "{home}/mine"}, ["mine"]),
        ("kimi", {"KIMI_SHARE_DIR": "{home}/mine"}, ["mine", ".kimi-code"]),
        ("copilot_cli", {}, [".copilot"]),
        ("copilot_cli", {"COPILOT_HOME": "{home}/mine"}, ["mine"]),
        ("amp", {}, [".local/share/amp", "Library/Application Support/amp"]),
        ("amp", {"XDG_DATA_HOME": "{home}/data"}, ["data/amp"]),
        ("amp", {"AMP_DATA_DIR": "{home}/mine"}, ["mine"]),
        ("droid", {"DROID_SESSIONS_DIR": "{home}/mine"}, ["mine"]),
        ("codex", {"CODEX_HOME": "{home}/one,~/two"}, ["one", "two"]),
    ],
)
def test_every_folder_of_an_agent_is_read(tmp_path: Path, name: str, variables: dict[str, str], folders: list[str]):
    for number, folder in enumerate(folders):
        getattr(logs, name)(tmp_path / folder, "abc"[number], 1)
    machine = Machine(tmp_path, {key: value.format(home=tmp_path) for key, value in variables.items()})
    landing = LandingStore(tmp_path / "landing")
    result = extract(AGENTS[name], AGENTS[name].roots(machine), "laptop", landing, NOW)
    assert (result.files_read, result.messages_landed, result.findings) == (len(folders), len(folders), ())


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, ".local/share/goose"),
        ({}, ".local/share/Block/goose"),
        ({}, "Library/Application Support/goose"),
        ({"XDG_DATA_HOME": "{home}/data"}, "data/goose"),
        ({"APPDATA": "{home}/roaming"}, "roaming/Block/goose"),
        ({"APPDATA": "{home}/roaming"}, "roaming/Block/goose/data"),
        ({"GOOSE_PATH_ROOT": "{home}/mine"}, "mine/data"),
    ],
)
def test_gooses_sessions_are_found_where_each_platform_keeps_them(
    tmp_path: Path, variables: dict[str, str], folder: str
):
    logs.goose(tmp_path / folder, "a", 2)
    machine = Machine(tmp_path, {key: value.format(home=tmp_path) for key, value in variables.items()})
    landing = LandingStore(tmp_path / "landing")
    assert extract(AGENTS["goose"], AGENTS["goose"].roots(machine), "laptop", landing, NOW).messages_landed == 1
