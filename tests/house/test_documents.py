"""The documents match the code: each name in them is looked up in the thing it names."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path

import pytest

from pipelines import errors
from pipelines.app.known_names import known_names
from pipelines.cli import COMMANDS
from pipelines.config.settings import VARIABLES
from pipelines.config.starter import every_setting, example_config
from pipelines.config.yaml_file import read_configuration
from pipelines.sources.manual.csv_entries import parse_entries
from pipelines.sources.manual.csv_file import COLUMNS
from tests.house import readme_tables

ROOT = Path(__file__).resolve().parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, title: str) -> str:
    return page(name).partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def block(language: str, within: str) -> str:
    return within.partition(f"```{language}\n")[2].partition("```")[0]


def test_readme_lists_exactly_the_commands() -> None:
    assert (
        set(re.findall(r"^\| `ai-costs ([\w-]+)` \|", section("README.md", "Commands"), flags=re.MULTILINE))
        == COMMANDS.keys()
    )


def test_contributing_lists_exactly_the_targets_of_make() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):.*## ", MAKEFILE, flags=re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, flags=re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == targets
    assert set(re.findall(r"`make ([a-z0-9]+)`", section("CONTRIBUTING.md", "Targets of make"))) == targets


def test_every_table_is_listed() -> None:
    models = ROOT / "dbt_project/models"
    marts = {path.stem for layer in ("marts", "reports") for path in (models / layer).glob("*.sql")}
    assert set(re.findall(r"^\| `((?:rpt|fct|dim)_\w+)` \|", page("docs/tables.md"), flags=re.MULTILINE)) == marts


def test_every_exit_code_is_listed() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    raised = {kind.exit_code for kind in kinds if issubclass(kind, errors.CostTrackerError)}
    listed = {
        int(code)
        for code in re.findall(r"^\| (\d+) \| ", section("docs/operations.md", "Exit codes"), flags=re.MULTILINE)
    }
    assert listed == raised | {0, 130}, "130 is Ctrl-C, which is nobody's error"


def test_each_column_of_an_entry_file_is_listed() -> None:
    table = [line for line in section("docs/sources.md", "Manual entries").splitlines() if line.startswith("| `")]
    named = {name for line in table for name in re.findall(r"`(\w+)`", line.split(" | ")[0])}
    assert named == set(COLUMNS)


@pytest.mark.parametrize("name", readme_tables.TABLES)
def test_a_table_of_the_documents_says_what_the_registry_holds(name: str) -> None:
    pages = [page.read_text(encoding="utf-8") for page in readme_tables.PAGES]
    found = [table for page in pages for table in readme_tables.MARKED.finditer(page) if table["name"] == name]
    wanted = readme_tables.TABLES[name]()
    assert len(found) == (2 if name == "marts" else 1), "docs/tables.md has marts, and so has the dbt documentation"
    for table in found:
        assert table["table"] == wanted, f"`make readme` writes the table {name!r} as it should be:\n{wanted}"


def test_every_setting_is_described_and_in_the_starter() -> None:
    starter = example_config()
    assert [path for path, field in every_setting() if not field.description] == []
    assert [path for path, _ in every_setting() if f"{path.split('.')[-1]}:" not in starter] == []


def test_the_tables_of_the_documents_name_each_variable_agent_and_key() -> None:
    known = known_names()
    named = {*VARIABLES, *known.variables, *known.keys, *known.agents, *known.export_formats, *known.providers}
    tables = page("docs/sources.md") + page("docs/configuration.md")
    assert {name for name in named if f"`{name}`" not in tables} == set()


def test_the_example_of_an_entry_file_is_taken_whole() -> None:
    example = block("csv", section("docs/sources.md", "Manual entries"))
    entries = parse_entries(example.encode(), "example.csv", date(2026, 5, 1))
    assert [str(entry.cost_amount) for entry in entries] == ["150.00", "12.40", "-25.00"]


@pytest.mark.parametrize("name", ["README.md", "docs/configuration.md"])
def test_the_example_of_a_configuration_loads(name: str, tmp_path: Path) -> None:
    (tmp_path / "ai-costs.yaml").write_text(block("yaml", page(name)), encoding="utf-8")
    configuration = read_configuration(tmp_path / "ai-costs.yaml")
    assert [budget.alert_at for budget in configuration.budgets] == [(70, 90, 100)]
    assert {agent.billing for agent in configuration.agents} <= {"subscription"}


@pytest.mark.parametrize(
    "name", [str(path.relative_to(ROOT)) for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"))]
)
def test_every_link_inside_the_repository_leads_somewhere(name: str) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page(name))
    targets = [target.partition("#")[0] for target in links if "://" not in target]
    assert [target for target in targets if not ((ROOT / name).parent / target).exists()] == []


def test_the_version_is_the_top_one_of_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## \[([^]]+)\]", changelog, flags=re.MULTILINE)[0] == PROJECT["version"]


def test_each_dependency_has_its_reason_in_decisions() -> None:
    decisions = (ROOT / "DECISIONS.md").read_text(encoding="utf-8").partition("\n## Dependencies\n")[2]
    explained = re.findall(r"^\| ([a-z][a-z0-9-]*) \| \S", decisions.partition("\n## ")[0], flags=re.MULTILINE)
    assert explained == [re.split(r"[<>=]", dependency)[0] for dependency in PROJECT["dependencies"]]
