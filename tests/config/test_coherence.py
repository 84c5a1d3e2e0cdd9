"""Entries of ai-costs.yaml that are there twice, or name what nothing knows: refused, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.app.known_names import known_names
from pipelines.app.opening import open_home
from pipelines.config import load_settings
from pipelines.config.model import Configuration
from pipelines.errors import ConfigError
from pipelines.sources.local import local_agents
from pipelines.sources.local.framework.agent import LocalAgent

ACCOUNT = "{name: acme-openai, provider: openai, key: OPENAI_ADMIN_KEY}"

TWICE = {
    "accounts": (ACCOUNT, "{name: acme-openai, provider: openai, key: OTHER_KEY}"),
    "agents": ("{agent: claude_code, billing: metered}", "{agent: claude_code, billing: subscription}"),
    "budgets": ("{name: all, amount: 1}", "{name: all, amount: 2}"),
    "channels": ("{name: mail, url: MAIL}", "{name: mail, url: OTHER}"),
    "price_overrides": (
        "{provider: anthropic, model: m, since: 2026-01-01, input: 1}",
        "{provider: anthropic, model: m, since: 2026-01-01, input: 9}",
    ),
    "cost_centers": ("{to: research, match: {project: atlas}}", "{to: product, match: {project: atlas}}"),
    "prepaid": ("{provider: openrouter}", "{provider: OpenRouter}"),
    "recurring": (
        "{name: seats, provider: cursor, amount: 1, every: month, start: 2026-01-01}",
        "{name: seats, provider: cursor, amount: 2, every: month, start: 2026-01-01}",
    ),
    "expected": ("{provider: groq, by: 5}", "{provider: groq, by: 9}"),
    "events": (
        "{name: launch, kind: launch, start: 2026-01-01}",
        "{name: launch, kind: outage, start: 2026-02-01}",
    ),
    "exports": ("{name: finance}", "{name: finance, format: json}"),
}
"""Two entries of each list, of which one would have been left out or counted twice without a word."""


def load(folder: Path, text: str) -> Configuration:
    (folder / "ai-costs.yaml").write_text(text)
    environ: dict[str, str] = {}
    settings = load_settings(home=folder, config=None, environ=environ, cwd=folder, known=known_names())
    return settings.configuration


def refused(folder: Path, text: str) -> list[str]:
    """The problems of a configuration, each without the path of its file."""
    with pytest.raises(ConfigError) as problem:
        load(folder, text)
    assert problem.value.exit_code == 2
    return [line.removeprefix(f"{folder / 'ai-costs.yaml'}:") for line in str(problem.value).splitlines()]


def test_every_list_of_the_configuration_is_in_the_table():
    lists = {name for name, field in Configuration.model_fields.items() if field.default == ()}
    assert TWICE.keys() == lists


@pytest.mark.parametrize("section", TWICE)
def test_an_entry_listed_twice_is_refused_at_the_second_one(tmp_path: Path, section: str):
    first, second = TWICE[section]
    problems = refused(tmp_path, f"{section}:\n  - {first}\n  - {second}\n")
    assert len(problems) == 1
    assert problems[0].startswith(f"3:5: {section}[1]: ")
    load(tmp_path, f"{section}:\n  - {first}\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("imports: {files: [{file: a.csv, account: x}, {file: A.csv, account: y}]}", "1:46: imports.files[1]: "),
        ("imports: {services: [Bedrock, Bedrock]}", "1:31: imports.services[1]: 'Bedrock' appears twice"),
        ("budgets:\n  - {name: a, amount: 1, alert_at: [70, 70]}", "2:41: budgets[0].alert_at[1]: 70 appears twice"),
        (
            "exports:\n  - {name: a, columns: [cost_date, cost_date]}",
            "2:36: exports[0].columns[1]: 'cost_date' appears",
        ),
    ],
)
def test_a_value_that_stands_twice_in_a_list_is_refused(tmp_path: Path, text: str, problem: str):
    (found,) = refused(tmp_path, text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("provider", "problem"),
    [
        ("opnai", "'opnai': did you mean openai?"),
        ("OpenAI", "'OpenAI': did you mean openai?"),
        ("acme", "'acme': there are anthropic, "),
    ],
)
def test_a_provider_that_no_source_reads_is_refused(tmp_path: Path, provider: str, problem: str):
    (found,) = refused(tmp_path, f"accounts:\n  - {ACCOUNT}\n  - {{name: a, provider: {provider}, key: B}}\n")
    assert found.startswith(f"3:15: accounts[1].provider: no source reads {problem}")


@pytest.mark.parametrize(
    ("agent", "meant"),
    [
        ("claude-code", "did you mean claude_code?"),
        ("Codex", "did you mean codex?"),
        ("cline", "there are amp, claude_code, "),
    ],
)
def test_an_agent_whose_logs_nobody_reads_is_refused(tmp_path: Path, agent: str, meant: str):
    (found,) = refused(tmp_path, f"agents:\n  - {{agent: {agent}, billing: metered}}\n")
    assert found.startswith(f"2:6: agents[0].agent: {agent!r} is not a coding agent whose logs are read: {meant}")


@pytest.mark.parametrize("agent", local_agents(), ids=lambda agent: agent.name)
def test_every_agent_whose_logs_are_read_may_be_named(tmp_path: Path, agent: LocalAgent):
    (named,) = load(tmp_path, f"agents:\n  - {{agent: {agent.name}, billing: metered}}\n").agents
    assert named.agent == agent.name


@pytest.mark.parametrize(
    ("entry", "place"),
    [
        ("prepaid:\n  - {provider: opnerouter}", "4:6: prepaid[0].provider"),
        ("prepaid:\n  - {provider: openai, account: acme-opnai}", "4:24: prepaid[0].account"),
        ("expected:\n  - {provider: perplexty}", "4:6: expected[0].provider"),
        (
            "price_overrides:\n  - {provider: antropic, model: m, since: 2026-01-01, input: 1}",
            "4:6: price_overrides[0].pr",
        ),
        ("imports: {files: [{file: a.csv, account: acme-opnai}]}", "3:33: imports.files[0].account"),
        ("budgets:\n  - {name: a, amount: 1, scope: {account: Acme-OpenAI}}", "4:34: budgets[0].scope.account"),
        ("budgets:\n  - {name: a, amount: 1, scope: {provider: [opnai]}}", "4:34: budgets[0].scope.provider"),
        ("cost_centers:\n  - {to: x, match: {account: acme-opnai}}", "4:21: cost_centers[0].match.account"),
        ("exports:\n  - {name: a, match: {account: acme-opnai}}", "4:23: exports[0].match.account"),
    ],
)
def test_a_name_that_is_a_slip_of_a_known_one_is_refused_with_what_was_meant(tmp_path: Path, entry: str, place: str):
    (found,) = refused(tmp_path, f"accounts:\n  - {ACCOUNT}\n{entry}\n")
    assert found.startswith(place)
    assert ": did you mean " in found


@pytest.mark.parametrize(
    "entry",
    [
        "prepaid:\n  - {provider: together-eu}",
        "budgets:\n  - {name: a, amount: 1, scope: {account: [acme-openai-2, team-a, team-b]}}",
        "expected:\n  - {provider: nimbus}",
        "price_overrides:\n  - {provider: x-ai, model: m, since: 2026-01-01, input: 1}",
    ],
)
def test_a_name_of_ones_own_is_taken(tmp_path: Path, entry: str):
    assert load(tmp_path, f"accounts:\n  - {ACCOUNT}\n{entry}\n").accounts


def test_a_name_that_was_entered_is_no_slip(tmp_path: Path):
    text = f"accounts:\n  - {ACCOUNT}\nbudgets:\n  - {{name: a, amount: 1, scope: {{account: acme-openia}}}}\n"
    assert refused(tmp_path, text)
    (tmp_path / "manual").mkdir()
    (tmp_path / "manual" / "bills.csv").write_text("2026-03-02,openai,acme-openia,1,USD\n")
    assert load(tmp_path, text).budgets


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "budgets:\n  - {name: a, amount: 1, scope: {cost_center: x}}",
            "2:34: budgets[0].scope.cost_center: 'x' is not one",
        ),
        (
            "budgets:\n  - {name: a, amount: 1, scope: {source_kind: apis}}",
            "2:34: budgets[0].scope.source_kind: 'apis'",
        ),
    ],
)
def test_what_only_the_configuration_can_name_has_to_be_there(tmp_path: Path, text: str, problem: str):
    (found,) = refused(tmp_path, text)
    assert found.startswith(problem)


def test_earlier_names_are_of_one_account_and_are_not_used_any_more(tmp_path: Path):
    accounts = (
        "accounts:\n  - {name: acme, provider: openai, key: A, was: oa}\n"
        "  - {name: labs, provider: openai, key: B, was: [oa, acme]}\n"
    )
    assert refused(tmp_path, accounts) == [
        "3:44: accounts[1].was: 'acme' is the name of an account here, so not an earlier one",
        "3:44: accounts[1].was: 'oa' is an earlier name of 'acme' too: keep it on one",
    ]
    renamed = accounts.partition("  - {name: labs")[0] + "prepaid:\n  - {provider: openai, account: oa}\n"
    assert refused(tmp_path, renamed) == ["4:24: prepaid[0].account: 'oa' is called 'acme' now: write that name"]


def test_one_key_is_one_account_unless_it_reads_another_organization(tmp_path: Path):
    one = "  - {name: a, provider: github, key: KEY, organization: acme}\n"
    other = "  - {name: b, provider: github, key: KEY, organization: %s}\n"
    assert load(tmp_path, f"accounts:\n{one}{other % 'labs'}").accounts
    assert refused(tmp_path, f"accounts:\n{one}{other % 'acme'}") == [
        "3:5: accounts[1]: 'b' and 'a' use the same key: keep one, and write the other's name as its `was:`"
    ]


def test_every_command_that_opens_a_home_refuses_it(tmp_path: Path):
    (tmp_path / "ai-costs.yaml").write_text(f"accounts:\n  - {ACCOUNT.replace('openai,', 'opnai,')}\n")
    with pytest.raises(ConfigError, match=r"ai-costs.yaml:2:2\d: accounts\[0\].provider: no source reads 'opnai'"):
        open_home({"HOME": str(tmp_path)}, home=tmp_path, cwd=tmp_path)


def test_a_key_is_needed_unless_the_account_is_closed(tmp_path: Path):
    assert load(tmp_path, "accounts:\n  - {name: a, provider: openai, closed: true}\n").accounts[0].closed
    assert refused(tmp_path, "accounts:\n  - {name: a, provider: openai}\n") == [
        "2:5: accounts[0]: key is missing: add the name of its variable, or `closed: true`"
    ]
