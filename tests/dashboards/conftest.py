"""Published files and the reports made of them, each made once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from dashboards.report import ReportFacts, build_report
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
