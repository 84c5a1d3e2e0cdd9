"""ai-costs.yaml: what is accepted, and the exact place and words of every complaint."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.app.known_names import known_names
from pipelines.config import Settings, example_config, load_settings, schema
from pipelines.config.model import Configuration
from pipelines.errors import ConfigError
from pipelines.exports import formats
from pipelines.presentation.messages import NO_SUCH_SETTING, NOT_A_CURRENCY, SUCH_AS_CURRENCIES
from pipelines.sources.local import local_agents

SECRET = "sk-admin-canary-0f6e1d2c"  # noqa: S105 - looked for where it must not be
ACCOUNT = "accounts:\n  - {name: acme, provider: openai, key: OPENAI_ADMIN_KEY}\n"


def load(folder: Path, text: str | bytes = "", **environ: str) -> Settings:
    file = folder / "ai-costs.yaml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_settings(home=folder, config=None, environ=environ, cwd=folder)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("budgets:\n\t- name: x\n", ":2:1: a tab indents this line; YAML needs spaces"),
        ("currency: USD\ncurrency: EUR\n", ":2:1: currency appears here and on line 1: keep one"),
        ("budgts: []\n", f":1:1: budgts: {NO_SUCH_SETTING}; did you mean budgets?"),
        ("budgets:\n  - name: x\n    amount: lots\n", ":3:5: budgets[0].amount: this should be a valid decimal"),
        ("budgets:\n  - {name: x, amount: -3}\n", ":2:15: budgets[0].amount: this should be greater than 0"),
        ("budgets:\n  - {amount: 3}\n", ":2:5: budgets[0].name is missing: add it"),
        (
            "timezone: Europe/Berln\n",
            ":1:1: timezone: 'Europe/Berln' is not the IANA name of a time zone: did you mean Europe/Berlin?",
        ),
        ("timezone: '?'\n", ":1:1: timezone: '?' is not the IANA name of a time zone, such as Europe/Berlin or UTC"),
        ("currency: usd\n", f":1:1: currency: 'usd' {NOT_A_CURRENCY}{SUCH_AS_CURRENCIES}"),
        (ACCOUNT.replace("}", ", since: 2026-02-30}"), ":2:66: 2026-02-30 is not a day of the calendar"),
        (
            "channels:\n  - {name: a, url: A}\n  - {name: a, url: B}\n",
            ":3:5: channels[1]: the name 'a' appears twice, in channels[0] too; names must be unique",
        ),
        (
            "budgets:\n  - {name: a, amount: 3, channels: [x]}\n",
            ":2:26: budgets[0].channels: 'x' is not one of the channels: add it there",
        ),
        ("- a\n", ":1:1: the file must contain settings, such as `currency: USD`"),
        ("a: &a [x]\nb: *a\n", ":2: *a is an alias; write the value out"),
        ("budgets:\n  - ? [a, b]\n    : 1\n", ":2:7: the name of a setting is a word, not a list or a mapping"),
        (
            "budgets:\n" + "".join(f"{' ' * depth}-\n" for depth in range(1, 1200)),
            ":21: this is nested more than 20 levels deep",
        ),
        ("budgets:\n  - amount: .inf\n", ":2:13: .inf is not a number: write it with digits and a decimal point"),
        ("organisation: a: b\n", ":1:16: mapping values are not allowed here"),
        (b"organisation: caf\xe9\n", " is not UTF-8 (byte 18): save it as UTF-8"),
        (b"x" * 1_000_001, ": it cannot be read (it is larger than 1,000,000 bytes): divide it into smaller ones"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_mending(tmp_path: Path, text: str | bytes, problem: str):
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, text)
    assert str(refused.value) == f"{tmp_path / 'ai-costs.yaml'}{problem}"
    assert refused.value.exit_code == 2


def test_yaml_cannot_make_objects(tmp_path: Path):
    with pytest.raises(ConfigError, match=r":1:15: could not determine a constructor for the tag"):
        load(tmp_path, "organisation: !!python/object/apply:os.getcwd []\n")


def test_a_secret_in_the_file_is_refused_and_not_said_again(tmp_path: Path):
    with pytest.raises(ConfigError) as refused:
        load(tmp_path, ACCOUNT.replace("OPENAI_ADMIN_KEY", SECRET))
    assert str(refused.value).endswith(
        "accounts[0].key: give the name of an environment variable here, such as OPENAI_ADMIN_KEY, never the secret"
    )
    assert SECRET not in str(refused.value)


def test_a_secret_is_found_in_the_environment_before_the_env_file_and_never_shown(tmp_path: Path):
    (tmp_path / ".env").write_text(f"OPENAI_ADMIN_KEY={SECRET}-of-the-file\nOTHER={SECRET}\n")
    settings = load(tmp_path, ACCOUNT, OPENAI_ADMIN_KEY=SECRET)
    assert settings.secret("OPENAI_ADMIN_KEY") == SECRET
    assert settings.secret("OTHER") == SECRET
    assert SECRET not in repr(settings)
    assert settings.redact(f"refused: {SECRET}!") == "refused: ***OPENAI_ADMIN_KEY***!"
    with pytest.raises(ConfigError, match=r"^the environment variable FINANCE_URL is not set: put `"):
        settings.secret("FINANCE_URL")


def test_the_folder_one_is_in_comes_before_the_data_folder_and_a_named_file_before_both(tmp_path: Path):
    here, home, named = tmp_path / "here", tmp_path / "home", tmp_path / "named.yaml"
    for place, name in ((here / "ai-costs.yaml", "here"), (home / "ai-costs.yaml", "home"), (named, "named")):
        place.parent.mkdir(exist_ok=True)
        place.write_text(f"organisation: {name}\n")

    def organisation(cwd: Path, config: Path | None = None) -> str:
        return load_settings(home=home, config=config, environ={}, cwd=cwd).configuration.organisation

    assert organisation(here) == "here"
    assert organisation(tmp_path) == "home"
    assert organisation(here, named) == "named"
    with pytest.raises(ConfigError, match=r"missing.yaml does not exist: run `ai-costs init` to write one"):
        organisation(here, tmp_path / "missing.yaml")


def test_amounts_are_exact_and_nothing_is_needed(tmp_path: Path):
    assert load(tmp_path).configuration == Configuration()
    (budget,) = load(tmp_path, "budgets:\n  - {name: x, amount: 0.1}\n").configuration.budgets
    assert str(budget.amount) == "0.1"
    assert budget.alert_at == (70, 90, 100)


def test_the_starter_file_loads_and_the_schema_knows_every_setting(tmp_path: Path):
    settings = load(tmp_path, example_config())
    assert settings.configuration.organisation == "Acme Robotics"
    shape = json.loads(schema(known_names()))
    assert shape["properties"].keys() == Configuration.model_fields.keys()
    assert shape["additionalProperties"] is False
    agents, exports = (shape["$defs"][section]["properties"] for section in ("Agent", "ScheduledExport"))
    assert agents["agent"]["enum"] == [agent.name for agent in local_agents()]
    assert exports["format"]["enum"] == sorted(formats())
