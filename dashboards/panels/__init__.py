"""The panels of the report: a module each, with its query, its template and its script next to it under the same name.

A module here defines `PANEL`; the registry below finds it, and no list names it. A panel that is drawn has a script,
which registers what it draws: `panel("daily", render)`. Styles that no other part needs are in its `.css`.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from dashboards.context import ReportContext
from dashboards.errors import ReportError

FOLDER = Path(__file__).parent

Rows = list[dict[str, Any]]
"""What a panel's query answers: one mapping of column to value a row."""


@dataclass(frozen=True)
class PanelView:
    """What a panel shows: `values` for its template, `data` as plain JSON for the page's scripts."""

    values: Mapping[str, Any] = field(default_factory=dict)
    data: Any = None


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One part of the page. `order` is its place within `area`, `columns` its width out of twelve."""

    id: str
    area: Literal["headline", "figures", "grid"]
    order: int
    prepare: Callable[[Rows, ReportContext], PanelView | None]
    """what the panel shows of its rows; None leaves it out of a page that it has nothing to tell"""
    columns: int = 12

    @property
    def query(self) -> str:
        """The SQL alongside the panel's module."""
        return (FOLDER / f"{self.id}.sql").read_text(encoding="utf-8")

    @property
    def template(self) -> str:
        """The name of the template alongside the panel's module."""
        return f"panels/{self.id}.html.j2"

    @property
    def script(self) -> Path | None:
        """The ES module alongside the panel's module, where the panel is drawn by one."""
        return self._file(".js")

    @property
    def style(self) -> Path | None:
        """What only this panel needs of CSS, on screen and on paper; alongside its module."""
        return self._file(".css")

    def _file(self, ending: str) -> Path | None:
        path = FOLDER / f"{self.id}{ending}"
        return path if path.is_file() else None


def discover() -> tuple[Panel, ...]:
    """Every panel of this folder, in the order the page shows them.

    Raises:
        ReportError: as `register`.
    """
    modules = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return register([importlib.import_module(f"{__name__}.{name}").PANEL for name in modules])


def register(panels: list[Panel]) -> tuple[Panel, ...]:
    """`panels` in the order the page shows them, once they are known to be intact.

    Raises:
        ReportError: two panels share an id or a place, or a panel's query, its template or what its script has to
            register is missing.
    """
    known: set[str] = set()
    places: dict[tuple[str, int], str] = {}
    for panel in panels:
        if panel.id in known:
            raise ReportError(f"two panels are called {panel.id!r}: every panel needs a unique id")
        known.add(panel.id)
        first = places.setdefault((panel.area, panel.order), panel.id)
        if first != panel.id:
            raise ReportError(f"the panels {first!r} and {panel.id!r} have the same order: change one")
        _check_files(panel)
    return tuple(sorted(panels, key=lambda panel: (panel.area, panel.order, panel.id)))


def _check_files(panel: Panel) -> None:
    for ending in (".sql", ".html.j2"):
        if not (FOLDER / f"{panel.id}{ending}").is_file():
            raise ReportError(f"the panel {panel.id!r} has no {panel.id}{ending} next to it")
    if panel.script is None:
        return
    registers = re.compile(rf'^panel\(\s*"{re.escape(panel.id)}",', flags=re.MULTILINE)
    if not registers.search(panel.script.read_text(encoding="utf-8")):
        raise ReportError(f'{panel.script.name} does not register its panel: call panel("{panel.id}", render) in it')


def by_kind(rows: Rows) -> dict[str, dict[str, Any]]:
    """One row a cost kind, under that kind."""
    return {row["cost_kind"]: row for row in rows}
