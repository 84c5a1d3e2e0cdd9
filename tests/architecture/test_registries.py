"""One file per panel, rule, export format, source and command: dropping a file in is all that adding one takes."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

import pytest

from dashboards import panels
from notifications import rules
from pipelines import exports
from pipelines.cli import COMMANDS, app
from pipelines.sources.catalogue import known_sources

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Registry:
    """Every module of `folder` that `pattern` names states `constant` once, and nothing beside it does."""

    folder: str
    constant: str
    pattern: str = "*.py"

    def complaints(self, path: str, source: str) -> list[str]:
        member = Path(path).match(self.pattern)
        stated = sum(
            isinstance(target, ast.Name) and target.id == self.constant
            for node in ast.parse(source).body
            for target in _targets(node)
        )
        if stated == int(member):
            return []
        if not member:
            return [f"{path}: states {self.constant}, but only {self.pattern} is looked at: rename the file"]
        if stated:
            return [f"{path}: states {self.constant} {stated} times: one file each"]
        return [f"{path}: no {self.constant}: only what states one stands in {self.folder}; move the rest up a room"]


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, ast.AnnAssign) else []


REGISTRIES = [
    Registry("dashboards/panels", "PANEL"),
    Registry("notifications/rules", "RULE"),
    Registry("pipelines/exports", "FORMAT", "as_*.py"),
]


@pytest.mark.parametrize("registry", REGISTRIES, ids=lambda registry: registry.folder)
def test_each_file_of_a_registry_states_one_thing(registry: Registry) -> None:
    modules = [path for path in sorted((ROOT / registry.folder).glob("*.py")) if path.name != "__init__.py"]
    broken = [
        complaint
        for path in modules
        for complaint in registry.complaints(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]
    assert modules
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("registry", "path", "source", "complaint"),
    [
        (
            REGISTRIES[0],
            "dashboards/panels/a.py",
            "x = 1",
            "no PANEL: only what states one stands in dashboards/panels",
        ),
        (REGISTRIES[1], "notifications/rules/a.py", "RULE = 1\nRULE: int = 2", "states RULE 2 times: one file each"),
        (REGISTRIES[2], "pipelines/exports/focus.py", "FORMAT = 1", "only as_*.py is looked at: rename the file"),
    ],
)
def test_a_file_against_its_registry_is_named(registry: Registry, path: str, source: str, complaint: str) -> None:
    assert [complaint in found for found in registry.complaints(path, source)] == [True]


def names_below(folder: str, pattern: str) -> set[str]:
    return {path.stem for path in (ROOT / folder).glob(pattern)} - {"__init__"}


def test_every_panel_file_is_found_under_its_own_name() -> None:
    assert {panel.id for panel in panels.discover()} == names_below("dashboards/panels", "*.py")


def test_every_rule_file_is_found_under_its_own_name() -> None:
    assert {rule.name for rule in rules.rules()} == names_below("notifications/rules", "*.py")


def test_every_format_file_is_found_under_its_own_name() -> None:
    files = {stem.removeprefix("as_").replace("_", "-") for stem in names_below("pipelines/exports", "as_*.py")}
    assert set(exports.formats()) == files


def test_every_source_is_found_under_the_name_of_its_file() -> None:
    files = {
        path.stem
        for room, constant in (("api", "SOURCE"), ("imports", "FORMAT"), ("local", "AGENT"))
        for path in (ROOT / "pipelines/sources" / room).glob("*.py")
        if any(
            isinstance(target, ast.Name) and target.id == constant
            for node in ast.parse(path.read_text(encoding="utf-8")).body
            for target in _targets(node)
        )
    }
    of_no_file = {"manual", "recurring", "mapped_csv"}
    assert {known.source for known in known_sources()} - of_no_file == files


def test_every_command_has_a_file_of_its_name() -> None:
    commands = {command.name for command in app.registered_commands} | {group.name for group in app.registered_groups}
    assert commands == {module.rstrip("_") for module in COMMANDS}
    assert set(COMMANDS) <= names_below("pipelines/cli", "*.py")
