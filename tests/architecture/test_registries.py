"""One contract for every registry: a file defines one member, is found by it, and no two members have one name."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer

from dashboards import panels
from notifications import rules
from pipelines import cli, exports
from pipelines.cli.lazy import imported, module_of
from pipelines.sources import api, balances, imports, local
from pipelines.sources.catalogue import known_sources

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Registry:
    """A room whose files define `constant`, and `found`: its members by name, looked for again at each call.

    `file_of` gives the name of a member's file. In a room that `is_pure`, a file without `constant` has no place.
    """

    room: ModuleType
    constant: str
    found: Callable[[], Mapping[str, Any]]
    file_of: Callable[[str], str] = str
    pattern: str = "*.py"
    is_pure: bool = False

    @property
    def folder(self) -> Path:
        return Path(self.room.__path__[0])

    def files(self) -> list[Path]:
        return [path for path in sorted(self.folder.glob("*.py")) if path.name != "__init__.py"]

    def complaints(self, path: Path, source: str) -> Iterator[str]:
        """What is wrong with a file of the room."""
        defined = list(definitions(source)).count(self.constant)
        looked_at = path.match(self.pattern)
        if defined > 1:
            yield f"{path.name}: defines {self.constant} {defined} times: one file each"
        if defined and not looked_at:
            yield f"{path.name}: defines {self.constant}, but only {self.pattern} is looked at: rename the file"
        if not defined and looked_at and self.is_pure:
            yield f"{path.name}: no {self.constant}: move what members share to the room's other files"


def definitions(source: str) -> Iterator[str]:
    """The names that a module defines at its top level."""
    for node in ast.parse(source).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
        yield from (target.id for target in targets if isinstance(target, ast.Name))


def by_name(found: Any, name: str = "name") -> dict[str, Any]:
    return {getattr(member, name): member for member in found}


REGISTRIES = {
    "API sources": Registry(api, "SOURCE", lambda: by_name(api.api_sources.__wrapped__())),
    "names of accounts": Registry(
        api, "NAMES", lambda: by_name(api.name_sources.__wrapped__(), "provider"), lambda name: f"{name}_names"
    ),
    "balances": Registry(balances, "SOURCE", balances.balance_sources.__wrapped__),
    "import formats": Registry(imports, "FORMAT", lambda: by_name(imports.import_formats.__wrapped__())),
    "agents": Registry(local, "AGENT", lambda: by_name(local.local_agents.__wrapped__())),
    "export formats": Registry(
        exports,
        "FORMAT",
        exports.formats.__wrapped__,
        lambda name: f"as_{name.replace('-', '_')}",
        "as_*.py",
        is_pure=True,
    ),
    "rules": Registry(rules, "RULE", lambda: by_name(rules.rules.__wrapped__()), is_pure=True),
    "panels": Registry(panels, "PANEL", lambda: by_name(panels.discover(), "id"), is_pure=True),
}
EACH = pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)


def definers(registry: Registry) -> set[str]:
    """The files that define a member, as their text says."""
    return {
        path.stem for path in registry.files() if registry.constant in definitions(path.read_text(encoding="utf-8"))
    }


@EACH
def test_each_file_of_a_registry_defines_one_member(registry: Registry) -> None:
    broken = [
        complaint
        for path in registry.files()
        for complaint in registry.complaints(path, path.read_text(encoding="utf-8"))
    ]
    assert not broken, "\n".join(broken)


@EACH
def test_every_member_is_found_under_the_name_of_its_file(registry: Registry) -> None:
    assert definers(registry)
    assert {registry.file_of(name) for name in registry.found()} == definers(registry)


@EACH
def test_two_members_of_one_name_are_refused(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    name = min(registry.found())
    module, copy = registry.file_of(name), f"{registry.pattern.removesuffix('*.py')}zz_copy_of_{tmp_path.name}"
    (tmp_path / f"{copy}.py").write_text(f"from {registry.room.__name__}.{module} import {registry.constant}\n")
    monkeypatch.setattr(registry.room, "__path__", [*registry.room.__path__, str(tmp_path)])
    with pytest.raises(Exception, match=re.escape(repr(name))) as refused:
        registry.found()
    assert type(refused.value).__name__ in {"ValueError", "ReportError"}


@EACH
def test_what_is_not_a_member_is_refused(registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = f"{registry.pattern.removesuffix('*.py')}zz_none_of_{tmp_path.name}"
    (tmp_path / f"{copy}.py").write_text(f'{registry.constant} = "text"\n')
    monkeypatch.setattr(registry.room, "__path__", [*registry.room.__path__, str(tmp_path)])
    with pytest.raises((TypeError, AttributeError)):
        registry.found()


@pytest.mark.parametrize(
    ("registry", "file", "source", "complaint"),
    [
        ("panels", "a.py", "x = 1", "a.py: no PANEL: move what members share"),
        ("rules", "a.py", "RULE = 1\nRULE: int = 2", "a.py: defines RULE 2 times: one file each"),
        ("export formats", "focus.py", "FORMAT = 1", "only as_*.py is looked at: rename the file"),
        ("API sources", "a.py", "SOURCE = 1\nSOURCE = 2", "a.py: defines SOURCE 2 times"),
    ],
)
def test_a_file_against_its_registry_is_named(registry: str, file: str, source: str, complaint: str) -> None:
    assert [complaint in found for found in REGISTRIES[registry].complaints(Path(file), source)] == [True]


def test_every_source_of_a_registry_is_in_the_catalogue() -> None:
    registered = {name for kind in ("API sources", "import formats", "agents") for name in REGISTRIES[kind].found()}
    assert {known.source for known in known_sources()} - registered == {"manual", "recurring", "mapped_csv"}


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_is_in_the_module_of_its_name_and_says_first_what_the_help_says_of_it(name: str) -> None:
    explained = " ".join((imported(name).help or "").split())
    assert explained.startswith(cli.COMMANDS[name])


def test_every_module_with_a_command_is_in_the_help() -> None:
    modules = (path for path in (ROOT / "pipelines/cli").glob("*.py") if "\ndef register(" in path.read_text())
    assert {path.stem for path in modules} == {module_of(name) for name in cli.COMMANDS}


def test_a_module_without_the_command_of_its_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def register(to: typer.Typer) -> None:
        to.command(name="other")(lambda: None)

    monkeypatch.setattr(importlib.import_module("pipelines.cli.verify"), "register", register)
    with pytest.raises(LookupError, match=r"^pipelines/cli/verify.py registers other, not verify$"):
        imported("verify")
