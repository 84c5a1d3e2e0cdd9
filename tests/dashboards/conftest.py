"""Published files and the reports made of them, each made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboards.context import read_context
from dashboards.panels import discover
from dashboards.report import ReportFacts, _rows, build_report
from tests.dashboards import published, scenarios


@pytest.fixture(scope="session")
def published_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folder = tmp_path_factory.mktemp("published")

    def made(scenario: str) -> Path:
        path = folder / f"{scenario}.duckdb"
        return path if path.exists() else published.write(path, scenarios.SCENARIOS[scenario]())

    return made


@pytest.fixture(scope="session")
def report(
    published_file: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], ReportFacts]:
    folder = tmp_path_factory.mktemp("reports")
    known: dict[str, ReportFacts] = {}

    def made(scenario: str) -> ReportFacts:
        if scenario not in known:
            with duckdb.connect(str(published_file(scenario)), read_only=True) as connection:
                known[scenario] = build_report(connection, folder / f"{scenario}.html")
        return known[scenario]

    return made


@pytest.fixture
def values(tmp_path: Path) -> Callable[[str, published.Published], dict[str, Any] | None]:
    """What a panel hands its template for a given build; None where it is left out."""

    def prepared(panel_id: str, content: published.Published) -> dict[str, Any] | None:
        database = published.write(tmp_path / f"{len(list(tmp_path.iterdir()))}.duckdb", content)
        panel = next(panel for panel in discover() if panel.id == panel_id)
        with duckdb.connect(str(database), read_only=True) as connection:
            view = panel.prepare(_rows(connection, panel.query), read_context(connection))
        return None if view is None else dict(view.values)

    return prepared
