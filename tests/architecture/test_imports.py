"""Who may import whom. Each law says where a thing belongs, so a failure here says where to move it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("pipelines", "notifications", "dashboards")


ABOVE_CONFIG = tuple(
    f"pipelines.{path.stem}"
    for path in sorted((ROOT / "pipelines").iterdir())
    if path.stem not in {"config", "domain", "errors", "presentation", "reading"}
)
"""Every room that the configuration does not know."""

ALL_BUT_PRESENTATION = tuple(
    f"pipelines.{path.stem}"
    for path in sorted((ROOT / "pipelines").iterdir())
    if path.stem not in {"__init__", "presentation"}
)
"""What alerts and the report do not know: they share how things are written for people, and nothing else."""

OPENED_BY_USE_CASES = tuple(
    f"pipelines.{path.stem}"
    for path in sorted((ROOT / "pipelines").iterdir())
    if path.stem not in {"__init__", "config", "sample"}
)
"""What a home does not hand out."""


@dataclass(frozen=True)
class Law:
    """`names` may be used below `only_in` alone; with `below`, the law binds only the files there."""

    names: tuple[str, ...]
    only_in: tuple[str, ...]
    advice: str
    below: tuple[str, ...] = PACKAGES

    def binds(self, path: str) -> bool:
        return _is_below(path, self.below) and not _is_below(path, self.only_in)


LAWS = [
    Law(
        names=("dagster", "dagster_dbt", "dagster_webserver", "dagster_shared", "dagster_graphql"),
        only_in=(
            "pipelines/defs",
            "pipelines/definitions.py",
            "pipelines/cli/run.py",
            "pipelines/cli/progress.py",
            "pipelines/front_door/ui.py",
        ),
        advice="move what needs Dagster to pipelines/defs and keep the rest a plain function that it calls",
    ),
    Law(
        names=("prophet", "cmdstanpy"),
        only_in=("pipelines/analytics",),
        advice="move the forecast to pipelines/analytics",
    ),
    Law(names=("apprise",), only_in=("notifications",), advice="move the delivery to notifications"),
    Law(
        names=("duckdb.connect",),
        only_in=("pipelines/warehouse/files.py", "pipelines/warehouse/opening.py"),
        advice="ask pipelines/warehouse/opening.py for a connection, or take an open one as an argument",
    ),
    Law(
        names=("os.environ", "os.environb", "os.getenv", "os.getenvb"),
        only_in=("pipelines/config",),
        advice="read it in pipelines/config and take the value as an argument",
    ),
    Law(
        names=(*ALL_BUT_PRESENTATION, "dashboards"),
        only_in=(),
        below=("notifications",),
        advice="take plain dataclasses or an open connection; pipelines/app/alerting.py joins the two rooms",
    ),
    Law(
        names=(*ALL_BUT_PRESENTATION, "notifications"),
        only_in=(),
        below=("dashboards",),
        advice="take plain dataclasses or an open connection as arguments; pipelines/defs hands them in",
    ),
    Law(
        names=("pipelines.defs", "pipelines.definitions"),
        only_in=("pipelines/defs", "pipelines/definitions.py", "pipelines/cli"),
        advice="a room does not know the assets over it: move what both need out of pipelines/defs",
    ),
    Law(
        names=("pipelines.cli",),
        only_in=("pipelines/cli",),
        advice="move what a command and another room both need out of pipelines/cli",
    ),
    Law(
        names=ABOVE_CONFIG,
        only_in=(),
        below=("pipelines/config",),
        advice="a setting knows no room over it: pipelines/app/known_names.py hands in what those rooms know",
    ),
    Law(
        names=OPENED_BY_USE_CASES,
        only_in=(),
        below=("pipelines/app/home.py",),
        advice="a home says where things are: open the room where it is needed, on the home's folders",
    ),
    Law(
        names=("duckdb", "pandas", "httpx", "sqlite3", "sqlalchemy", "jinja2"),
        only_in=(),
        below=("pipelines/domain",),
        advice="pipelines/domain is pure: move what reads, writes or computes tables to the room that does so",
    ),
]


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)


def _is_part_of(used: str, name: str) -> bool:
    return used == name or used.startswith(f"{name}.")


def uses(path: str, source: str) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything `source` imports or reaches through an import, however it is named there."""
    tree = ast.parse(source)
    known = dict(_bindings(path, tree))
    # Handing a variable to a child (`os.environ[name] = …`) is not a reading of it.
    written = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, target) for target in _imported(path, node))
        elif isinstance(node, ast.Attribute) and id(node) not in written:
            target = _dotted(node, known)
            if target:
                yield node.lineno, target
        elif isinstance(node, ast.Call) and _dotted(node.func, known) in {"importlib.import_module", "__import__"}:
            match node.args:
                case [ast.Constant(value=str(target)), *_]:
                    yield node.lineno, target


def _imported(path: str, node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    start = list(Path(path).parent.parts)[: -(node.level - 1) or None] if node.level else []
    module = ".".join([*start, *([node.module] if node.module else [])])
    return [f"{module}.{alias.name}" for alias in node.names]


def _bindings(path: str, tree: ast.AST) -> Iterator[tuple[str, str]]:
    yield "__import__", "__import__"
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias, target in zip(node.names, _imported(path, node), strict=True):
                plain = isinstance(node, ast.Import) and alias.asname is None
                root = target.partition(".")[0]
                yield (root, root) if plain else (alias.asname or alias.name, target)


def _dotted(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return known.get(node.id)
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, known)
        return f"{base}.{node.attr}" if base else None
    return None


def broken_laws(path: str, source: str) -> list[str]:
    """What `source`, standing at `path`, does against the laws, with what to do instead."""
    bound = [law for law in LAWS if law.binds(path)]
    found: dict[str, tuple[int, str]] = {}
    for line, used in sorted(uses(path, source)):
        for law in bound:
            for name in law.names:
                if _is_part_of(used, name):
                    found.setdefault(name, (line, law.advice))
    return [f"{path}:{line}: {name} is not used here: {advice}" for name, (line, advice) in found.items()]


def test_every_module_keeps_the_import_laws() -> None:
    modules = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    modules = [path for path in modules if "node_modules" not in path.parts]
    broken = [
        line
        for path in modules
        for line in broken_laws(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("pipelines/app/refresh.py", "import dagster as dg", "1: dagster is not used here: move what needs Dagster"),
        ("pipelines/cli/add.py", "from dagster import asset", "1: dagster is not used here"),
        ("pipelines/landing/store.py", "def f():\n    import dagster_dbt", "2: dagster_dbt is not used here"),
        ("dashboards/report.py", "from dagster._core import x", "1: dagster is not used here"),
        ("pipelines/defs/forecasting.py", "import prophet", "move the forecast to pipelines/analytics"),
        ("pipelines/app/alerting.py", "import apprise", "move the delivery to notifications"),
        ("pipelines/exports/as_csv.py", "import duckdb\nduckdb.connect()", "2: duckdb.connect is not used here"),
        ("pipelines/exports/as_csv.py", "import duckdb as d\nd.connect()", "2: duckdb.connect is not used here"),
        ("dashboards/report.py", "from duckdb import connect", "1: duckdb.connect is not used here"),
        ("tests/x.py", "import dagster", None),
        ("pipelines/app/home.py", "import os\nos.environ.get('A')", "2: os.environ is not used here"),
        ("pipelines/app/home.py", "from os import environ as e", "1: os.environ is not used here"),
        ("pipelines/app/home.py", "import os\nx = os.environ['A']", "2: os.environ is not used here"),
        ("pipelines/app/home.py", "import os\nos.getenv('A')", "2: os.getenv is not used here"),
        ("notifications/outbox.py", "from pipelines.errors import X", "pipelines/app/alerting.py joins the two rooms"),
        ("notifications/outbox.py", "import dashboards.page", "1: dashboards is not used here"),
        (
            "dashboards/page.py",
            "import importlib\nimportlib.import_module('pipelines.app.home')",
            "2: pipelines.app is not",
        ),
        ("dashboards/panels/a.py", "__import__('notifications')", "1: notifications is not used here"),
        ("dashboards/panels/a.py", "from notifications import outbox", "1: notifications is not used here"),
        ("pipelines/app/refresh.py", "from pipelines.defs import build", "move what both need out of pipelines/defs"),
        ("pipelines/landing/files.py", "from ..defs import build", "1: pipelines.defs is not used here"),
        ("pipelines/app/home.py", "from .. import cli", "1: pipelines.cli is not used here"),
        ("pipelines/config/exports.py", "from pipelines.exports import formats", "known_names.py hands in"),
        ("pipelines/domain/money.py", "import pandas", "pipelines/domain is pure"),
    ],
)
def test_a_module_against_a_law_is_named_with_its_line(path: str, source: str, complaint: str | None) -> None:
    broken = broken_laws(path, source)
    if complaint is None:
        assert broken == []
    else:
        assert len(broken) == 1
        assert broken[0].startswith(f"{path}:")
        assert complaint in broken[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("pipelines/defs/build.py", "import dagster as dg"),
        ("pipelines/cli/run.py", "import dagster as dg"),
        ("pipelines/analytics/forecast.py", "from prophet import Prophet"),
        ("notifications/delivery.py", "import apprise"),
        ("pipelines/warehouse/files.py", "import duckdb\nduckdb.connect('x')"),
        ("dashboards/page.py", "from pipelines.presentation import formats"),
        ("pipelines/exports/as_csv.py", "import duckdb\nduckdb.DuckDBPyConnection"),
        ("pipelines/config/environment.py", "import os\ndict(os.environ)"),
        ("pipelines/warehouse/transform.py", "import os\nos.environ['A'] = 'b'\ndel os.environ['A']"),
        ("pipelines/app/home.py", "from notifications.outbox import Outbox\nimport dashboards"),
        ("pipelines/app/home.py", "connect = 1\nconnect.connect"),
    ],
)
def test_a_thing_in_its_own_room_is_no_offence(path: str, source: str) -> None:
    assert broken_laws(path, source) == []
